"""Whether a fan asks for a picture that is to be made for them, by its wording, in six languages."""

from __future__ import annotations

import re

_PICTURE = r"(?:pics?|pictures?|photos?|selfies?|images?|fotos?|bild(?:er)?|selfie|imagen(?:es)?|imagem|imagens|immagin[ei])"
_ASKING = (
    r"(?:^\W*|\b(?:please|pls|can|could|would|will|wanna|want|like|love)\b.{0,24})"
    r"\b(?:make|create|paint|draw|generate|take|shoot|snap)\b"
)
PATTERNS = (
    re.compile(rf"{_ASKING}.{{0,40}}\b{_PICTURE}\b(?!.{{0,14}}\b(?:yourself|your own|on your own)\b\W*$)", re.I),
    re.compile(
        rf"\b(?:make|create|paint|draw|generate|shoot|snap|take) (?:me|us)"
        rf" (?:an?|one|another|some|the)\b.{{0,40}}\b{_PICTURE}\b",
        re.I,
    ),
    re.compile(rf"\b(?:custom|customi[sz]ed|personali[sz]ed|tailor-?made)\b.{{0,24}}\b(?:{_PICTURE}|content|one)\b", re.I),
    re.compile(rf"\b(?:new|own|special)\b.{{0,12}}\b{_PICTURE}\b.{{0,16}}\b(?:just|only|made) for me\b", re.I),
    re.compile(
        rf"\b(?:mach(?:st|en|e)?|erstell\w*|mal(?:st|en|e)?|generier\w*|zeichne\w*|knips\w*)\b.{{0,40}}\b{_PICTURE}\b", re.I
    ),
    re.compile(
        rf"\b(?:k[aö]nn\w*|magst|mag|willst|w[üu]rde\w*|möcht\w*|bitte|lass)\b.{{0,40}}\b{_PICTURE}\b.{{0,60}}"
        r"\b(?:machen|malen|erstellen|zeichnen|generieren|knipsen|aufnehmen|schießen)\b",
        re.I,
    ),
    re.compile(
        r"\b(?:hazme|haz|hacer(?:me)?|haces|crea(?:r|me)?|píntame|pinta|genera(?:r|me)?|tómate|saca(?:r|te)?|sácate)\b"
        r".{0,40}\b(?:fotos?|imagen|selfie)\b",
        re.I,
    ),
    re.compile(
        r"\b(?:fais|faire|crées?|créer|peins|génères?|générer|prends|prendre)\b(?:-moi)?.{0,40}\b(?:photos?|images?|selfie)\b",
        re.I,
    ),
    re.compile(
        r"\b(?:fai|fammi|fare|farmi|crea(?:re|mi)?|dipingi|genera(?:re|mi)?|scatta(?:re|mi|ti)?)\b"
        r".{0,40}\b(?:foto|immagine|selfie)\b",
        re.I,
    ),
    re.compile(
        r"\b(?:faz|fazer|faça|cria|criar|crie|pinta|pinte|gera|gerar|gere|tira|tirar|tire)\b.{0,40}\b(?:fotos?|imagem|selfie)\b",
        re.I,
    ),
    re.compile(
        r"\b(?:fotos?|images?|imagen|imagem|immagine|photos?|bild(?:er)?)\b.{0,24}"
        r"\b(?:personalizad[ao]s?|personnalisée?s?|personalizzat[aoe]|sur mesure|su misura|sob medida|a medida|nur für mich)\b",
        re.I,
    ),
)
PAST = re.compile(r"\b(?:did|do) (?:you|u) (?:always |often |usually )?(?:make|take|paint|draw|shoot|create)\b", re.I)


def wants_new_picture(text: str) -> bool:
    """Say whether a text asks for a picture to be made; asking who takes the pictures is not that."""
    return not PAST.search(text) and any(pattern.search(text) for pattern in PATTERNS)
