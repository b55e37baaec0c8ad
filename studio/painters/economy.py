"""How memory is saved, in steps, each slower than the one before; and how a model is laid out on a device."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from studio.painters.config import Offload, Switch

RESERVE = 6_000_000_000
"""Bytes that the work needs beside the weights, at 1024×1024: SDXL in float16 was seen to take 5.5 GB (decision 0020)."""


class Economy(IntEnum):
    """The steps. Offloaded weights lie in the machine's memory, and go to the card model by model or layer by layer."""

    NONE = 0
    SLICED = 1
    BY_MODEL = 2
    BY_LAYER = 3


SLICES = (Economy.SLICED, Economy.BY_LAYER)
"""Steps at which attention goes in slices and the decoder in tiles: where it is asked for, and where nothing else is left."""


def first_step(offload: Offload, slicing: Switch, weights: int, memory: int, device: str) -> Economy:
    """Return the step to begin with, by the settings, and where they leave it open by whether the weights fit the card."""
    sliced = Economy.SLICED if slicing == "on" else Economy.NONE
    if device != "cuda":
        return sliced
    if offload == "auto":
        return sliced if weights + RESERVE <= memory else Economy.BY_MODEL
    return {"none": sliced, "model": Economy.BY_MODEL, "sequential": Economy.BY_LAYER}[offload]


def next_step(step: Economy, device: str) -> Economy | None:
    """Return the next step that saves more, or none: elsewhere than on a graphics card there is no other memory to go to.

    On a card slices are passed over: they were seen to save nothing there, at half the speed (decision 0020).
    """
    if device == "cuda":
        return Economy.BY_MODEL if step < Economy.BY_MODEL else Economy.BY_LAYER if step < Economy.BY_LAYER else None
    return Economy.SLICED if step < Economy.SLICED else None


def lay_out(pipe: Any, step: Economy, device: str, *, faces: bool) -> None:
    """Put a pipeline where a step wants it. `faces`: an IP-Adapter stands in its network, which slicing would throw out.

    The decoder always takes a batch's pictures one by one: it costs no time worth speaking of, is the largest peak
    otherwise, and makes a picture the same in whatever batch.
    """
    pipe.remove_all_hooks()
    if step >= Economy.BY_LAYER:
        pipe.enable_sequential_cpu_offload(device=device)
    elif step >= Economy.BY_MODEL:
        pipe.enable_model_cpu_offload(device=device)
    else:
        pipe.to(device)
    vae = getattr(pipe, "vae", None)
    if vae is not None and hasattr(vae, "enable_slicing"):
        vae.enable_slicing()
        (vae.enable_tiling if step in SLICES else vae.disable_tiling)()
    if not faces:
        (pipe.enable_attention_slicing if step in SLICES else pipe.disable_attention_slicing)()
