"""What a picture tells of its making: its manifest checked, its metadata read. For whoever wants to know."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from PIL import Image

from core.sniffing import sniff_picture
from studio.metadata import AI_MADE, told_software, told_source
from studio.pictures import FORMATS, measure
from studio.provenance import read_manifests

State = Literal["none", "broken", "own", "untrusted", "trusted"]
WORDS: dict[State, str] = {
    "none": "no manifest: nothing is signed",
    "broken": "the manifest does not fit the picture: one of them was changed since",
    "own": "sound, signed by this house's own authority, which readers elsewhere show as untrusted",
    "untrusted": "sound, signed by somebody whom this reader does not know",
    "trusted": "sound, signed by somebody whom the given list of authorities vouches for",
}
AI_KINDS = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia")


class Provenance(Struct, frozen=True):
    """What a picture tells. `made_by_ai`: a sound manifest or its metadata says so; false: nothing says so.

    `problems` are C2PA's codes; `parents` the titles of the pictures that it was made from.
    """

    state: State
    says: str
    mime: str
    width: int
    height: int
    made_by_ai: bool
    signer: str = ""
    software: str = ""
    title: str = ""
    actions: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    metadata_source: str = ""
    metadata_software: str = ""


def read_provenance(data: bytes, own_root: str = "", anchors: str = "") -> Provenance:
    """Read what an encoded picture tells. Raises `BadInput` for what is no picture.

    `own_root`: this house's authority; `anchors`: authorities that are trusted, as PEM.
    """
    mime = sniff_picture(data)
    width, height = measure(data)
    told = read_manifests(data, mime, "\n".join(part for part in (own_root, anchors) if part))
    xmp = _xmp(data)
    source, software = told_source(xmp) or "", told_software(xmp) or ""
    if told is None:
        return Provenance(
            "none", WORDS["none"], mime, width, height, _is_ai(source), metadata_source=source, metadata_software=software
        )
    active: Mapping[str, Any] = told.get("manifests", {}).get(told.get("active_manifest"), {})
    problems = tuple(str(one.get("code")) for one in told.get("validation_status", []))
    state = _state(told, data, mime, own_root, anchors)
    acts = [act for manifest in _lineage(told, active) for act in _actions(manifest)]
    sound = state != "broken"
    return Provenance(
        state,
        WORDS[state],
        mime,
        width,
        height,
        _is_ai(source) or (sound and any(_is_ai(str(act.get("digitalSourceType", ""))) for act in acts)),
        str(active.get("signature_info", {}).get("common_name") or active.get("signature_info", {}).get("issuer") or ""),
        ", ".join(str(one.get("name")) for one in active.get("claim_generator_info", [])),
        str(active.get("title", "")),
        tuple(str(act.get("action")) for act in _actions(active)),
        tuple(dict.fromkeys(name for act in acts if (name := _agent(act)))),
        tuple(str(one.get("title", "")) for one in active.get("ingredients", []) if one.get("relationship") == "parentOf"),
        problems,
        source,
        software,
    )


def _state(told: Mapping[str, Any], data: bytes, mime: Any, own_root: str, anchors: str) -> State:
    if told.get("validation_state") == "Invalid":
        return "broken"
    if told.get("validation_state") != "Trusted":
        return "untrusted"
    if not own_root:
        return "trusted"
    if not anchors:
        return "own"
    again = read_manifests(data, mime, own_root) or {}
    return "own" if again.get("validation_state") == "Trusted" else "trusted"


def _lineage(told: Mapping[str, Any], active: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the active manifest and those of the pictures it was made from."""
    manifests: Mapping[str, Any] = told.get("manifests", {})
    line, waiting = [], [active]
    while waiting:
        manifest = waiting.pop()
        if manifest in line:
            continue
        line.append(manifest)
        waiting += [
            manifests[label]
            for one in manifest.get("ingredients", [])
            if one.get("relationship") == "parentOf" and (label := one.get("active_manifest")) in manifests
        ]
    return line


def _actions(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = [
        one["data"]["actions"] for one in manifest.get("assertions", []) if str(one.get("label")).startswith("c2pa.actions")
    ]
    return [act for acts in found for act in acts]


def _agent(act: Mapping[str, Any]) -> str:
    agent = act.get("softwareAgent")
    return str(agent.get("name", "")) if isinstance(agent, Mapping) else str(agent or "")


def _is_ai(source: str) -> bool:
    return source == AI_MADE or source.rpartition("/")[2] in AI_KINDS


def _xmp(data: bytes) -> bytes:
    picture = Image.open(io.BytesIO(data), formats=[FORMATS[sniff_picture(data)]])
    found = picture.info.get("xmp", b"")
    return found.encode() if isinstance(found, str) else bytes(found)
