"""Which painter a setting names. Nothing heavy is imported until it paints."""

from __future__ import annotations

from core.errors import Misconfigured
from core.pictures import Painter
from core.settings import Settings
from studio.painters.config import PainterConfig
from studio.painters.local import LocalPainter
from studio.painters.replicate import open_replicate

REPLICATE = "replicate:"


def open_painter(config: PainterConfig, settings: Settings | None = None) -> Painter | None:
    """Return the painter of `MUSE_IMAGE_MODEL`, or none where it is empty; an outside provider's is opened with `settings`.

    Raises `Misconfigured`, `SettingInvalid`.
    """
    if not config.model:
        return None
    if config.model.startswith(REPLICATE):
        if settings is None:
            raise Misconfigured(f"{config.model} is painted by somebody else, whose address and token nobody gave.")
        return open_replicate(config.model, settings)
    return LocalPainter(config)
