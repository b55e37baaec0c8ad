"""C2PA: a signed manifest inside each picture that says a trained model made it, and what became of it since.

c2pa-python signs and reads; nothing is fetched from anywhere, save a time stamp where an address for it is set.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from msgspec import Struct

from core.errors import BadInput, Misconfigured, Unavailable
from core.pictures import Origin
from core.sniffing import Mime
from studio.metadata import AI_MADE, model_name
from studio.signing import Signing

PARENT = "parent"
MANIFEST_BYTES = 120_000
"""What a manifest of ours takes at most: thumbnails of 256 pixels, two certificates, a parent's manifest."""

SETTINGS = {
    "version": 1,
    "builder": {"thumbnail": {"enabled": True, "long_edge": 256, "quality": "medium", "format": "jpeg"}},
    "verify": {"verify_after_sign": False, "remote_manifest_fetch": False, "ocsp_fetch": False},
}


class Parent(Struct, frozen=True):
    """The picture that another was made from: encoded, with its own manifest if it has one."""

    data: bytes
    mime: Mime
    title: str


def created(origin: Origin, *, from_parent: bool = False) -> list[dict[str, object]]:
    """Return the actions of a picture that a model painted; `from_parent`: beginning with another picture (img2img)."""
    painted: dict[str, object] = {
        "action": "c2pa.edited" if from_parent else "c2pa.created",
        "digitalSourceType": AI_MADE,
        "when": origin.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "softwareAgent": {"name": model_name(origin.model)},
    }
    return [_opened(), painted] if from_parent else [painted]


def changed(steps: Sequence[str]) -> list[dict[str, object]]:
    """Return the actions of a picture made from its parent by some steps, as C2PA names them (`c2pa.resized`, …)."""
    done: list[dict[str, object]] = [{"action": step} for step in steps]
    return [_opened(), *done]


def sign(
    data: bytes, mime: Mime, title: str, software: str, actions: Sequence[Mapping[str, object]], signing: Signing,
    parent: Parent | None = None,
) -> bytes:  # fmt: skip
    """Return the picture with a signed manifest inside. Raises `Misconfigured`, `Unavailable` (time stamp), `BadInput`."""
    import c2pa

    manifest = {
        "claim_generator_info": [{"name": software}],
        "title": title,
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": list(actions)}}],
    }
    out = io.BytesIO()
    try:
        context = c2pa.Context(c2pa.Settings.from_dict(SETTINGS))
        with c2pa.Builder(manifest, context=context) as builder:
            if parent is not None:
                about = {"title": parent.title, "relationship": "parentOf", "instance_id": PARENT, "label": PARENT}
                builder.add_ingredient(json.dumps(about), parent.mime, io.BytesIO(parent.data))
            builder.sign(_signer(signing), mime, io.BytesIO(data), out)
    except c2pa.C2paError as error:
        raise _translate(error, signing) from None
    return out.getvalue()


def read_manifests(data: bytes, mime: Mime, anchors: str = "") -> dict[str, Any] | None:
    """Return what c2pa's reader says of a picture, as its JSON; none where there is no manifest. Raises `BadInput`.

    `anchors`: certificates in PEM whose signers are trusted.
    """
    import c2pa

    trust = {"trust": {"trust_anchors": anchors}} if anchors else {}
    verify = {**SETTINGS["verify"], "verify_trust": True}  # type: ignore[dict-item]  # a dict of three kinds of values
    try:
        context = c2pa.Context(c2pa.Settings.from_dict({"version": 1, "verify": verify, **trust}))
        with c2pa.Reader(mime, io.BytesIO(data), context=context) as reader:
            told: dict[str, Any] = json.loads(reader.json())
            return told
    except c2pa.C2paError.ManifestNotFound:
        return None
    except (c2pa.C2paError, ValueError) as error:
        raise BadInput(f"The picture's manifest cannot be read ({type(error).__name__.strip('_')}).") from None


def _opened() -> dict[str, object]:
    return {"action": "c2pa.opened", "parameters": {"ingredientIds": [PARENT]}}


def _signer(signing: Signing) -> Any:
    import c2pa

    stamp = signing.timestamp_url.encode() or None
    info = c2pa.C2paSignerInfo(signing.algorithm.encode(), signing.chain.encode(), signing.key.encode(), stamp)
    return c2pa.Signer.from_info(info)


def _translate(error: Exception, signing: Signing) -> Exception:
    import c2pa

    if isinstance(error, c2pa.C2paError.Signature | c2pa.C2paError.Verify):
        return Misconfigured(f"The certificate of {signing.subject!r} cannot sign pictures: C2PA does not take it.")
    if signing.timestamp_url and not isinstance(error, c2pa.C2paError.NotSupported | c2pa.C2paError.Decoding):
        return Unavailable("A picture could not be signed; the time-stamping authority may not answer.")
    return BadInput(f"The picture cannot be signed ({type(error).__name__.strip('_')}).")
