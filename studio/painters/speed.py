"""What makes a model faster where it does: torch.compile of the blocks that repeat, and channels last in memory.

Neither is taken on trust: they are measured on this machine with the model itself, and the answer is kept in a file, which
`auto` reads; without an answer both are left alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from studio.painters.config import PainterConfig
from studio.painters.devices import device_name


class Choice(Struct, frozen=True):
    """How a network is set up; `per_second` are pictures, where it was measured."""

    compiled: bool = False
    channels_last: bool = False
    per_second: float = 0.0


def choose_speed(config: PainterConfig, name: str, device: str) -> Choice:
    """Return what the settings say, and where they leave it open what was measured here for this model."""
    found = read_measured(config.measured).get(measured_key(name, device), Choice())
    compiled = found.compiled if config.compiled == "auto" else config.compiled == "on"
    layout = found.channels_last if config.channels_last == "auto" else config.channels_last == "on"
    return Choice(compiled, layout)


def measured_key(name: str, device: str) -> str:
    """Return what a measurement holds for: a model, a device, a version of torch."""
    import torch

    return f"{name} on {device_name(device)}, torch {torch.__version__}"


def read_measured(file: Path | None) -> dict[str, Choice]:
    """Read what was measured; nothing where there is no such file or it makes no sense."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Choice]) if file is not None else {}
    except (OSError, msgspec.DecodeError):
        return {}


def keep_measured(file: Path, key: str, choice: Choice) -> None:
    """Write one answer beside the others."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode({**read_measured(file), key: choice})))


def speed_up(pipe: Any, choice: Choice) -> None:
    """Set a pipeline's network up; compiling itself happens in its first steps, for each size and batch anew."""
    import torch

    network: Any = getattr(pipe, "unet", None) or getattr(pipe, "transformer", None)
    if network is None:
        return
    if choice.channels_last and hasattr(pipe, "unet"):  # of use to convolutions only
        network.to(memory_format=torch.channels_last)
    if choice.compiled:
        network.compile_repeated_blocks(dynamic=False) if getattr(network, "_repeated_blocks", None) else network.compile()
