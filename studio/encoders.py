"""Vision models that turn pictures into vectors: CLIP, SigLIP, DINO and their kin, through transformers, in a thread."""

from __future__ import annotations

import asyncio
import io
import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from core.errors import BadInput, Misconfigured, MuseError, SettingInvalid, Unavailable
from core.log import get_logger

MODEL = re.compile(r"[\w.-]+(/[\w.-]+)?")
MOST_PIXELS = 50_000_000
PROJECTED = {"clip": "CLIPVisionModelWithProjection", "clip_vision_model": "CLIPVisionModelWithProjection"}
SEEING = {"siglip": "SiglipVisionModel", "siglip_vision_model": "SiglipVisionModel"}

log = get_logger(__name__)


class VisionEncoder:
    """One vision model by repository id or folder; loaded by the first call."""

    def __init__(self, name: str, *, device: str = "") -> None:
        """Name the model. `device`: where it runs; empty: a GPU where there is one."""
        self.name = name
        self._device = device
        self._loaded: tuple[Any, Any] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="vision")

    async def encode(self, pictures: Sequence[bytes]) -> list[list[float]]:
        """Return one unit vector per encoded picture.

        Raises `BadInput` (no picture), `Misconfigured` (no such weights), `Unavailable`.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._encode, list(pictures))
        except MuseError:
            raise
        except Exception as error:
            log.warning("picture encoder failed", encoder=self.name, error=type(error).__name__)
            raise Unavailable(f"The picture encoder {self.name} does not work: {type(error).__name__}.") from error

    async def close(self) -> None:
        """Give the memory back; a batch that runs is finished first."""
        await asyncio.to_thread(self._thread.shutdown)
        self._loaded = None

    def _encode(self, pictures: list[bytes]) -> list[list[float]]:
        import torch

        opened = [open_rgb(data) for data in pictures]
        if self._loaded is None:
            self._loaded = self._load()
        model, processor = self._loaded
        with torch.inference_mode():
            read = processor(images=opened, return_tensors="pt").to(model.device)
            seen = model(**read)
            found = getattr(seen, "image_embeds", None)
            if found is None:
                found = getattr(seen, "pooler_output", None)
            if found is None:
                found = seen.last_hidden_state[:, 0]
            unit = torch.nn.functional.normalize(found.float(), dim=-1)
        vectors: list[list[float]] = unit.cpu().tolist()
        return vectors

    def _load(self) -> tuple[Any, Any]:
        here = Path(self.name).expanduser().is_dir()
        os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
        import torch
        import transformers
        from transformers.utils import logging as chatter

        chatter.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers is not typed here
        place = str(Path(self.name).expanduser()) if here else self.name
        try:
            kind = transformers.AutoConfig.from_pretrained(place, local_files_only=here).model_type
            made = getattr(transformers, {**PROJECTED, **SEEING}.get(kind, "AutoModel"))
            model = made.from_pretrained(place, local_files_only=here)
            reading: Any = transformers.AutoImageProcessor
            processor = reading.from_pretrained(place, local_files_only=here, backend="pil")
        except (OSError, ValueError) as error:
            raise Misconfigured(f"MUSE_IMAGE_ENCODER: {self.name} cannot be loaded as a vision model.") from error
        chosen = self._device or ("cuda" if torch.cuda.is_available() else "cpu")
        return model.to(chosen).eval(), processor


def open_rgb(data: bytes) -> Any:
    """Return an encoded picture, decoded. Raises `BadInput` for what is none, or is too large to be looked at."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadInput(f"The picture has {picture.width} × {picture.height} pixels; that is too many.")
            return picture.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadInput("The file is no picture that can be read: give a PNG, JPEG or WebP.") from error


def open_encoder(name: str, *, device: str = "") -> VisionEncoder | None:
    """Return the encoder that the setting names; none for an empty one. Nothing heavy is imported. Raises `SettingInvalid`."""
    if not name:
        return None
    if not Path(name).expanduser().is_dir() and not MODEL.fullmatch(name):
        raise SettingInvalid(f"MUSE_IMAGE_ENCODER: {name!r} is neither a folder nor a model's name.")
    return VisionEncoder(name, device=device)
