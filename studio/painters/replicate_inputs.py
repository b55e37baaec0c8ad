"""What a model at Replicate is given: each takes other fields, and its own schema says which; nothing else is sent."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from typing import Any

from core.errors import BadInput
from core.pictures import PaintOrder, PictureRequest
from core.sniffing import sniff_picture
from studio.encoders import open_rgb

FIELDS: Mapping[str, tuple[str, ...]] = {
    "prompt": ("prompt",),
    "negative": ("negative_prompt",),
    "seed": ("seed",),
    "steps": ("num_inference_steps", "steps"),
    "guidance": ("guidance_scale", "guidance", "cfg"),
    "scheduler": ("scheduler",),
    "lora": ("lora_weights", "hf_lora", "extra_lora"),
    "lora_weight": ("lora_scale", "extra_lora_scale"),
    "face": ("face_image", "main_face_image", "ip_adapter_image", "subject"),
    "face_weight": ("ip_adapter_scale", "ip_adapter_weight"),
    "base": ("image", "init_image"),
    "mask": ("mask", "mask_image"),
    "strength": ("prompt_strength", "strength"),
    "pose": ("control_image", "pose_image"),
    "pose_weight": ("control_strength", "conditioning_scale", "controlnet_conditioning_scale"),
}
"""Our words for what a picture is asked for, and the names under which models take it; the first that a model has is used."""

NEEDED = {"lora": "LoRAs", "face": "a reference face", "base": "a picture to start from", "mask": "a mask", "pose": "a pose"}
FILES = frozenset(name for what in ("face", "base", "mask", "pose") for name in FIELDS[what])
SMALL_FILE = 250_000
LARGEST_SIDE = 1024


def describe_input(order: PaintOrder, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input of a prediction for one order.

    `schema` is the version's OpenAPI description. Raises `BadInput` where the model has no place for what the picture needs.
    """
    request = order.request
    takes = _properties(schema)
    found: dict[str, Any] = {}
    for what, value in _wanted(order):
        name = next((one for one in FIELDS[what] if one in takes), None)
        if name is not None:
            found[name] = _bounded(value, _resolve(takes[name], schema))
        elif what in NEEDED:
            raise BadInput(f"{request.model} has no place for {NEEDED[what]}; paint without, or by another model.")
    if "prompt" not in found:
        raise BadInput(f"{request.model} takes no prompt; it does not paint pictures from words.")
    return {**found, **_size(request, takes, schema), **_fixed(takes, schema)}


def same_order(one: Mapping[str, Any] | None, other: Mapping[str, Any]) -> bool:
    """Whether a prediction's input is the one that we send, files aside: Replicate may tell of these under other addresses."""
    return one is not None and all(one.get(name) == value for name, value in other.items() if name not in FILES)


def _wanted(order: PaintOrder) -> Iterator[tuple[str, Any]]:
    request, guides = order.request, order.guides
    yield "prompt", request.prompt
    yield "seed", request.seed % 2**31
    if request.negative:
        yield "negative", request.negative
    for what, value in (("steps", request.steps), ("guidance", request.guidance), ("scheduler", request.scheduler)):
        if value is not None:
            yield what, value
    if len(request.loras) > 1 or any(lora.source.startswith("/") for lora in request.loras):
        raise BadInput(
            f"{request.model} is outside: it takes one LoRA at most, by its repository, and none of this machine's files."
        )
    for lora in request.loras:
        yield "lora", lora.source
        yield "lora_weight", lora.weight
    for what, data, weight in (
        ("face", guides.face, ("face_weight", request.face_weight)),
        ("base", guides.base, ("strength", request.strength)),
        ("mask", guides.mask, None),
        ("pose", guides.pose, ("pose_weight", request.pose_weight)),
    ):
        if data is not None:
            yield what, _data_url(data)
            if weight is not None:
                yield weight


def _size(request: PictureRequest, takes: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    if "width" in takes and "height" in takes:
        return {
            "width": _bounded(request.width, _resolve(takes["width"], schema)),
            "height": _bounded(request.height, _resolve(takes["height"], schema)),
        }
    if "aspect_ratio" not in takes:
        return {}
    offered = [one for one in _resolve(takes["aspect_ratio"], schema).get("enum", []) if _ratio(one)]
    wanted = request.width / request.height
    return {"aspect_ratio": min(offered, key=lambda one: abs(_ratio(one) / wanted - 1))} if offered else {}


def _fixed(takes: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is always so: one picture, without loss where that is offered. No check of the model's is switched off."""
    found: dict[str, Any] = {"num_outputs": 1} if "num_outputs" in takes else {}
    if "png" in _resolve(takes.get("output_format", {}), schema).get("enum", []):
        found["output_format"] = "png"
    return found


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found = _dig(schema, "components", "schemas", "Input", "properties")
    return found or {"prompt": {}, "seed": {}}


def _resolve(field: Any, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a field with what it refers to."""
    if not isinstance(field, Mapping):
        return {}
    parts = field.get("allOf")
    reference = (
        parts[0].get("$ref") if isinstance(parts, list) and parts and isinstance(parts[0], Mapping) else field.get("$ref")
    )
    if not isinstance(reference, str):
        return field
    return {**field, **_dig(schema, *reference.removeprefix("#/").split("/"))}


def _dig(value: Any, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _bounded(value: Any, field: Mapping[str, Any]) -> Any:
    if not isinstance(value, int | float):
        return value
    low, high = field.get("minimum"), field.get("maximum")
    value = max(value, low) if isinstance(low, int | float) else value
    value = min(value, high) if isinstance(high, int | float) else value
    return int(value) if field.get("type") == "integer" else value


def _ratio(words: Any) -> float:
    across, _, down = str(words).partition(":")
    return int(across) / int(down) if across.isdigit() and down.isdigit() and int(down) else 0.0


def _data_url(data: bytes) -> str:
    """Return a picture as a data URL, made smaller where it is larger than such are to be."""
    if len(data) > SMALL_FILE:
        picture = open_rgb(data)
        picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=88)
        data = out.getvalue()
    return f"data:{sniff_picture(data)};base64,{base64.b64encode(data).decode()}"
