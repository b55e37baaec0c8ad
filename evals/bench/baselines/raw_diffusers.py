"""What our painter is measured against: the loop that anybody writes with diffusers. Not part of Muse.

One pipeline, batches of prompts with a generator each, pictures written as PNG into memory.
"""

from __future__ import annotations

import io
from typing import Any

import torch
from diffusers import DiffusionPipeline


class RawLoop:
    """A pipeline on a device; half precision on a graphics card, as its page tells everybody to."""

    def __init__(self, folder: str, device: str) -> None:
        """Read the model."""
        half = device != "cpu"
        self.pipe: Any = DiffusionPipeline.from_pretrained(
            folder, dtype=torch.float16 if half else torch.float32, use_safetensors=True, local_files_only=True
        ).to(device)
        self.pipe.set_progress_bar_config(disable=True)

    def paint(self, prompts: list[str], seeds: list[int], side: int, steps: int, guidance: float) -> list[bytes]:
        """Paint a batch of square pictures and encode them."""
        generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
        found = self.pipe(
            prompt=prompts,
            generator=generators,
            width=side,
            height=side,
            num_inference_steps=steps,
            guidance_scale=guidance,
        ).images
        encoded = []
        for picture in found:
            out = io.BytesIO()
            picture.save(out, "PNG", compress_level=1)
            encoded.append(out.getvalue())
        return encoded
