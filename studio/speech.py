"""How a model family is spoken to: in tags or in sentences, in which sizes, and what it is told to leave out."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from studio.categories import Shape

Speech = Literal["tags", "sentences"]
SizeClass = Literal["small", "large"]

SIZES: dict[SizeClass, dict[Shape, tuple[int, int]]] = {
    "small": {"portrait": (512, 768), "square": (512, 512), "landscape": (768, 512)},
    "large": {"portrait": (832, 1216), "square": (1024, 1024), "landscape": (1216, 832)},
}
"""Width and height in pixels: what SD 1.5 and 2 were trained on, and what SDXL and its successors were."""

SENTENCES = ("flux", "stable-diffusion-3", "sd3", "sd-3", "qwen-image", "imagen", "ideogram", "pixart", "sana", "kandinsky-5")
SMALL = ("stable-diffusion-v1", "v1-5", "v1-4", "sd-1", "sd1", "stable-diffusion-2", "sd2", "sd-turbo", "dreamshaper-8")
PROVIDER = "replicate:"

SAFETY = ("child", "teenager", "minor", "childlike face", "nudity", "nsfw", "explicit", "underwear")
FAULTS = ("deformed hands", "extra fingers", "extra limbs", "blurry", "low quality", "text", "watermark", "logo", "signature")
ALONE = ("second person", "crowd in front", "celebrity")
NOBODY = ("person", "people", "face", "hands")


def is_outside(model: str) -> bool:
    """Whether a model runs at a provider, so that its prompts leave this house."""
    return model.startswith(PROVIDER)


def speech_of(model: str) -> Speech:
    """Return how a model wants its prompt; a local folder is asked for its pipeline, a name is known by its parts."""
    return "sentences" if any(part in _known_as(model) for part in SENTENCES) else "tags"


def size_class_of(model: str) -> SizeClass:
    """Return in which sizes a model draws well; one of which nothing is known gets the large ones."""
    return "small" if any(part in _known_as(model) for part in SMALL) else "large"


def _known_as(model: str) -> str:
    """Return a model's name in small letters, or what stands for the pipeline of a local folder."""
    try:
        index = msgspec.json.decode((Path(model).expanduser() / "model_index.json").read_bytes(), type=dict[str, object])
    except (OSError, msgspec.DecodeError):
        return model.lower().replace("_", "-")
    pipeline = str(index.get("_class_name", "")).lower()
    if "stablediffusion3" in pipeline:
        return "sd3"
    if pipeline.startswith("stablediffusion") and "xl" not in pipeline:
        return "sd1"
    return pipeline
