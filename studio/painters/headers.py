"""What the headers of weights tell without reading them: whether a file is a LoRA, and whether it is of a model's size."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from core.errors import Misconfigured

LONGEST = 100_000_000
"""Bytes of a header; safetensors allows no more."""
OF_LORA = re.compile(
    r"^(?:lora_)?(?:unet|transformer)[._](?P<layer>.+?)(?:\.lora_A(?:\.default)?|\.lora_down|\.lora\.down|_lora\.down)\.weight$"
)


def read_shapes(file: Path) -> dict[str, list[int]]:
    """Return the shapes in a safetensors file by name; only its header is read. Raises `Misconfigured` for a damaged one."""
    try:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            header: Any = json.loads(opened.read(length)) if length <= LONGEST else None
        return {name: list(said["shape"]) for name, said in header.items() if name != "__metadata__"}
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        raise Misconfigured(f"{file.name} is damaged; fetch it again.") from None


def check_lora(file: Path, model: Path) -> None:
    """Raise `Misconfigured` for a file that holds no LoRA, or one whose layers are of another width than a model folder's.

    A LoRA whose layers have other names than the model's own is not judged: painters may know how to read it.
    """
    lora = read_shapes(file)
    if not any("lora" in name.lower() for name in lora):
        raise Misconfigured(f"{file.name} holds no LoRA.")
    inner = {
        _plain(found["layer"]): shape[1] for name, shape in lora.items() if len(shape) > 1 and (found := OF_LORA.match(name))
    }
    widths: dict[str, int] = {}
    for part in (*model.glob("unet/*.safetensors"), *model.glob("transformer/*.safetensors")):
        widths |= {
            _plain(name.removesuffix(".weight")): shape[1] for name, shape in read_shapes(part).items() if len(shape) > 1
        }
    if any(widths.get(layer, width) != width for layer, width in inner.items()):
        raise Misconfigured(f"{file.name} was made for another model than {model.name}.")


def _plain(layer: str) -> str:
    """Write a layer's name as all of those write it who make LoRAs."""
    return layer.replace(".", "_")
