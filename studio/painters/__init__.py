"""Who makes pictures: diffusers' pipelines on this machine, or somebody's API. Neither torch nor diffusers is loaded by it."""

from studio.painters.config import PainterConfig
from studio.painters.opening import open_painter

__all__ = ["PainterConfig", "open_painter"]
