"""Small pictures of what is being painted, cheap enough for every few steps.

A latent is turned into colours by a linear map, which is fitted to the model's own decoder when it is first needed: some flat
latents are decoded, and least squares find the colours of each latent number. So it serves any model, also one nobody has seen.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image

PATCHES = 96
SIDE = 4
"""Of a flat latent that is decoded for the fit."""
SHOWN = 128
"""Pixels of a preview's longer side, at most."""


class Preview:
    """The map of one decoder: latent numbers and a constant to three colours, each 0..1."""

    def __init__(self, weights: Any) -> None:
        """`weights` are (latent numbers + 1, 3), on the processor."""
        self._weights = weights

    def show(self, latents: Any) -> list[bytes]:
        """Return one small JPEG a picture; `latents` are (pictures, numbers, height, width), as they stand in a pipeline."""
        import torch

        flat = latents.detach().float().cpu().permute(0, 2, 3, 1)
        ones = torch.ones((*flat.shape[:3], 1))
        colours = (torch.cat([flat, ones], dim=-1) @ self._weights).clamp(0, 1)
        return [_encode(picture) for picture in (colours * 255).round().to(torch.uint8).numpy()]


def _encode(pixels: Any) -> bytes:
    picture = Image.fromarray(pixels)
    picture.thumbnail((SHOWN, SHOWN))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


def fit_preview(vae: Any, device: Any) -> Preview | None:
    """Fit the map to a decoder that works on a device; none where its answers make no sense."""
    import torch

    config = vae.config
    dtype, channels = vae.dtype, config.latent_channels
    widened = dtype == torch.float16 and bool(getattr(config, "force_upcast", False))
    flat = torch.randn((PATCHES, channels, 1, 1), generator=torch.Generator().manual_seed(0))
    scale, shift = config.scaling_factor, getattr(config, "shift_factor", None) or 0.0
    patches = (flat / scale + shift).expand(-1, -1, SIDE, SIDE)
    try:
        if widened:
            vae.to(torch.float32)
        with torch.no_grad():
            decoded = [
                vae.decode(part.to(device, vae.dtype)).sample.float().mean(dim=(2, 3)).cpu() for part in patches.split(16)
            ]
    finally:
        if widened:
            vae.to(dtype)
    colours = torch.cat(decoded) / 2 + 0.5
    if not bool(torch.isfinite(colours).all()):
        return None
    known = torch.cat([flat[:, :, 0, 0], torch.ones((PATCHES, 1))], dim=1)
    return Preview(torch.linalg.lstsq(known, colours).solution)


def unpack(pipe: Any, latents: Any, width: int, height: int) -> Any:
    """Return latents as (pictures, numbers, height, width); FLUX and its like keep them as rows of patches."""
    if latents.ndim == 4:
        return latents
    rows, columns = height // 16, width // 16
    count, patches, numbers = latents.shape
    if patches != rows * columns or numbers % 4:
        return None
    return (
        latents.view(count, rows, columns, numbers // 4, 2, 2)
        .permute(0, 3, 1, 4, 2, 5)
        .reshape(count, numbers // 4, rows * 2, columns * 2)
    )


def previews_of(preview: Preview | None, pipe: Any, latents: Any, width: int, height: int) -> Sequence[bytes]:
    """Return the previews of a batch, or nothing where the model can show none."""
    found = unpack(pipe, latents, width, height) if preview is not None else None
    return preview.show(found) if preview is not None and found is not None else ()
