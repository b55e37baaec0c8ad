"""Larger pictures: by Lanczos, or by a model that transformers loads (Swin2SR)."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path
from typing import Any

from PIL import Image

from core.errors import Misconfigured, NoRoom
from core.log import get_logger
from studio.pictures import flat

LANCZOS = "lanczos"
TILE, OVERLAP = 192, 16
"""A model looks at squares of so many pixels at once, which overlap: a whole picture needs many times the memory."""

log = get_logger(__name__)


class Upscaler:
    """Makes pictures larger, up to a longest side; a model is loaded by the first picture."""

    def __init__(self, source: str, long_side: int) -> None:
        """Name it: empty, `lanczos`, or a model's repository id or folder. `long_side` in pixels."""
        self._source = source
        self._long_side = long_side
        self._model: Any = None
        self._prepare: Any = None
        self._one = asyncio.Lock()

    async def enlarge(self, picture: Image.Image) -> Image.Image:
        """Return the picture with its longer side at `long_side`; a larger one as it is. Raises `Misconfigured`, `NoRoom`."""
        if not self._source or max(picture.size) >= self._long_side:
            return picture
        if self._source == LANCZOS:
            return await asyncio.to_thread(_scale, picture, self._long_side)
        async with self._one:
            return await asyncio.to_thread(self._by_model, picture)

    def _by_model(self, picture: Image.Image) -> Image.Image:
        import torch

        self._load()
        try:
            enlarged = self._tiled(flat(picture))
        except (torch.OutOfMemoryError, MemoryError):
            raise NoRoom(f"There is not enough memory to enlarge a picture with {self._source}.") from None
        return _scale(enlarged, self._long_side)

    def _load(self) -> None:
        if self._model is not None:
            return
        import torch
        from transformers import AutoImageProcessor, AutoModelForImageToImage

        local = Path(self._source).expanduser().is_dir()
        try:
            self._prepare = AutoImageProcessor.from_pretrained(  # type: ignore[no-untyped-call]  # transformers is not typed here
                self._source, local_files_only=local
            )
            model = AutoModelForImageToImage.from_pretrained(self._source, local_files_only=local)
        except Exception as error:  # whatever a file holds or a hub answers
            log.warning("upscaler_not_loaded", model=self._source, error=repr(error))
            raise Misconfigured(f"MUSE_IMAGE_UPSCALER: {self._source!r} cannot be loaded; see the log.") from None
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        self._model = model.to(device).eval()

    def _tiled(self, picture: Image.Image) -> Image.Image:
        factor = int(getattr(self._model.config, "upscale", 2))
        whole = Image.new("RGB", (picture.width * factor, picture.height * factor))
        for top in range(0, picture.height, TILE):
            for left in range(0, picture.width, TILE):
                inner = (left, top, min(left + TILE, picture.width), min(top + TILE, picture.height))
                outer = (
                    max(0, left - OVERLAP),
                    max(0, top - OVERLAP),
                    min(inner[2] + OVERLAP, picture.width),
                    min(inner[3] + OVERLAP, picture.height),
                )
                painted = self._paint(picture.crop(outer))
                at = ((left - outer[0]) * factor, (top - outer[1]) * factor)
                size = ((inner[2] - left) * factor, (inner[3] - top) * factor)
                whole.paste(painted.crop((*at, at[0] + size[0], at[1] + size[1])), (left * factor, top * factor))
        return whole

    def _paint(self, tile: Image.Image) -> Image.Image:
        import numpy as np
        import torch

        pixels = self._prepare(tile, return_tensors="pt").to(self._model.device)
        with torch.inference_mode():
            made = self._model(**pixels).reconstruction[0].float().clamp(0, 1).cpu().numpy()
        return Image.fromarray((np.moveaxis(made, 0, -1) * 255).round().astype("uint8"))


def _scale(picture: Image.Image, long_side: int) -> Image.Image:
    share = long_side / max(picture.size)
    size = max(1, math.floor(picture.width * share + 0.5)), max(1, math.floor(picture.height * share + 0.5))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
