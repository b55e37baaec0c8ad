"""`muse image tune`: measures what is fastest for the picture model on this machine, and keeps it."""

from __future__ import annotations

import asyncio
import json

from core.errors import BadInput, Misconfigured
from core.settings import Settings
from studio.painters import PainterConfig


def tune_here(settings: Settings, side: int, *, as_json: bool) -> int:
    """Measure and print pictures a second by way. Raises what painting raises, and `Misconfigured` without a local model."""
    from studio.painters.tuning import tune

    if settings.image_model.startswith("replicate:"):
        raise Misconfigured(f"{settings.image_model} is painted elsewhere; there is nothing to tune on this machine.")
    if not 64 <= side <= 4096 or side % 8:
        raise BadInput("The side must be 64 to 4096 pixels, in steps of 8.")
    rates = asyncio.run(tune(PainterConfig.from_settings(settings), side=side))
    if as_json:
        print(json.dumps(rates, indent=2))
        return 0
    for way, rate in sorted(rates.items(), key=lambda one: -one[1]):
        print(f"{way:<24} {rate:.3f} pictures a second")
    print("Kept: media workers with MUSE_IMAGE_COMPILE=auto go by it from their next start.")
    return 0
