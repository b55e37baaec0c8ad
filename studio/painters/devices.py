"""The device that is painted on: which one, in what precision, how much memory it has, and when that was not enough."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any

from core.errors import Misconfigured, NoRoom
from studio.painters.config import Device, Precision
from studio.painters.families import Family

if TYPE_CHECKING:
    import torch

SHARE = 0.8
"""Of a graphics card's memory that weights may take where nobody says how much; the rest is for the work itself."""
SHARE_OF_RAM = 0.5
NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
"""Apple's devices and the processor say it by these words only."""


def choose_device(wanted: Device) -> str:
    """Return `cuda`, `mps` or `cpu`. Raises `Misconfigured` for one that is not here."""
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return next(name for name, here in there.items() if here)
    if not there[wanted]:
        raise Misconfigured(f"MUSE_IMAGE_DEVICE: there is no {wanted} device here, or this PyTorch cannot use it.")
    return wanted


def choose_dtype(wanted: Precision, family: Family, device: str) -> torch.dtype:
    """Return the numbers' type: full precision on a processor, else the half that a family was trained for."""
    import torch

    if wanted != "auto":
        return {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}[wanted]
    if device == "cpu":
        return torch.float32
    old_card = device == "cuda" and torch.cuda.get_device_capability()[0] < 8
    if family.half == "bfloat16":
        return torch.float32 if old_card else torch.bfloat16
    return torch.float16


def memory_limit(device: str, wanted_gb: float) -> int:
    """Return how many bytes of weights may stay loaded."""
    if wanted_gb:
        return int(wanted_gb * 1e9)
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[1] * SHARE)
    return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * SHARE_OF_RAM)


def device_memory(device: str) -> int:
    """Return the bytes that a device has in all."""
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[1])
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def device_name(device: str) -> str:
    """Return what a device is called."""
    if device == "cuda":
        import torch

        return torch.cuda.get_device_name()
    return {"mps": "Apple's GPU"}.get(device, "the processor")


def peak_memory(device: str) -> int | None:
    """Return the most bytes that were taken since `free_memory`; none where nobody counts them."""
    if device != "cuda":
        return None
    import torch

    return int(torch.cuda.max_memory_allocated())


def free_memory(device: str) -> None:
    """Give back what nothing refers to any more."""
    import torch

    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    elif device == "mps":
        torch.mps.empty_cache()


def is_no_room(error: BaseException) -> bool:
    """Whether an error of torch's means that memory was not enough."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in NO_MEMORY)


def no_room(count: int, width: int, height: int, device: str) -> NoRoom:
    """Say what did not fit."""
    what = "one picture" if count == 1 else f"{count} pictures at once"
    return NoRoom(f"There is not enough memory on {device} for {what} of {width}×{height}.")


def bytes_of(pipe: Any) -> int:
    """Return the bytes of a pipeline's weights."""
    import torch

    seen = {id(m): m for m in pipe.components.values() if isinstance(m, torch.nn.Module)}
    return sum(t.numel() * t.element_size() for m in seen.values() for t in (*m.parameters(), *m.buffers()))
