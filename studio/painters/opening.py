"""Which painter a setting names. Nothing heavy is imported until it paints."""

from __future__ import annotations

from core.pictures import Painter
from studio.painters.config import PainterConfig
from studio.painters.local import LocalPainter


def open_painter(config: PainterConfig) -> Painter | None:
    """Return the painter of `MUSE_IMAGE_MODEL`, or none where it is empty. Raises `Misconfigured`, `SettingInvalid`."""
    return LocalPainter(config) if config.model else None
