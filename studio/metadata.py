"""What a picture's own metadata says: that a trained model made it, with what, for which influencer. Nothing of any fan.

XMP carries IPTC's digital source type, which search engines and platforms read; EXIF carries the same in plain words.
"""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import PurePosixPath, PureWindowsPath
from xml.sax.saxutils import escape

from PIL import Image

from core.pictures import Origin
from studio.ai_marks import mark_in

AI_MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
SENTENCE = mark_in("en").line
SOURCE_TYPE = re.compile(rb"DigitalSourceType[^>]{0,20}[>=]\s*[\"']?(http[^\"'<\s]+)")
CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
TOOL = re.compile(rb"CreatorTool[^>]{0,20}[>=]\s*[\"']?([^\"'<]+)")
DESCRIPTION, SOFTWARE, WHEN, ARTIST = 0x010E, 0x0131, 0x0132, 0x013B

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
<Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>
<Iptc4xmpExt:AISystemUsed>{model}</Iptc4xmpExt:AISystemUsed>
<xmp:CreatorTool>{software}</xmp:CreatorTool>
<xmp:CreateDate>{when}</xmp:CreateDate>
<xmpMM:DocumentID>urn:uuid:{job}</xmpMM:DocumentID>
<dc:creator><rdf:Seq><rdf:li>{influencer}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{sentence}</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def model_name(model: str) -> str:
    """Return a model's name as it may be told: of a folder on this machine only the last part."""
    if re.fullmatch(r"(replicate:)?[\w.-]+(/[\w.-]+)?", model) and not model.startswith((".", "~")):
        return model
    return PurePosixPath(PureWindowsPath(model).as_posix()).name or "a model of one's own"


def xmp_of(origin: Origin) -> bytes:
    """Write the XMP packet of a picture."""
    when = origin.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {
        "source": AI_MADE,
        "model": model_name(origin.model),
        "software": origin.software,
        "when": when,
        "job": str(origin.job_id),
        "influencer": origin.influencer,
        "sentence": SENTENCE,
    }
    return XMP.format(**{name: escape(CONTROLS.sub(" ", value)) for name, value in told.items()}).encode("utf-8", "replace")


def exif_of(origin: Origin) -> bytes:
    """Write the EXIF block of a picture: orientation is upright, since the pixels are."""
    exif = Image.Exif()
    exif[DESCRIPTION] = SENTENCE
    exif[SOFTWARE] = origin.software
    exif[ARTIST] = origin.influencer.encode("ascii", "replace").decode()
    exif[WHEN] = origin.made_at.astimezone(UTC).strftime("%Y:%m:%d %H:%M:%S")
    return exif.tobytes()


def told_source(xmp: bytes) -> str | None:
    """Return the digital source type that an XMP packet names."""
    found = SOURCE_TYPE.search(xmp)
    return found[1].decode("ascii", "replace") if found else None


def told_software(xmp: bytes) -> str | None:
    """Return the program that an XMP packet names."""
    found = TOOL.search(xmp)
    return found[1].decode("utf-8", "replace").strip() if found else None
