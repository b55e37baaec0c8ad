"""What a painter is opened with: the settings of pictures, read once in a composition root."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from core.settings import Settings

Switch: TypeAlias = Literal["auto", "on", "off"]
Device: TypeAlias = Literal["auto", "cpu", "cuda", "mps"]
Precision: TypeAlias = Literal["auto", "float32", "float16", "bfloat16"]
Offload: TypeAlias = Literal["auto", "none", "model", "sequential"]


class PainterConfig(Struct, frozen=True, kw_only=True):
    """The choices of `MUSE_IMAGE_…`; `auto` is decided where the device and the weights are known.

    `memory_gb` bounds the weights that stay loaded (0: decided by the device). `hub`: missing weights may be fetched.
    `pickles`: weights that can run code while they are read are allowed. `face_adapter` and `pose_model` name an IP-Adapter's
    file and a ControlNet. `measured` is the file in which `tune` keeps what was fastest on this machine.
    """

    model: str = ""
    device: Device = "auto"
    precision: Precision = "auto"
    offload: Offload = "auto"
    slicing: Switch = "auto"
    compiled: Switch = "auto"
    channels_last: Switch = "auto"
    memory_gb: float = 0.0
    hub: bool = False
    pickles: bool = False
    face_adapter: str = ""
    face_encoder: str = "image_encoder"
    pose_model: str = ""
    measured: Path | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> PainterConfig:
        """Take from the settings what concerns painters."""
        return cls(
            model=settings.image_model,
            device=settings.image_device,
            precision=settings.image_precision,
            offload=settings.image_offload,
            slicing=settings.image_slicing,
            compiled=settings.image_compile,
            memory_gb=settings.image_memory,
            hub=settings.image_hub,
            pickles=settings.image_pickles,
            face_adapter=settings.image_face_adapter,
            face_encoder=settings.image_face_encoder,
            pose_model=settings.image_pose_model,
            measured=Path(settings.data_dir) / "pictures" / "measured.json",
        )
