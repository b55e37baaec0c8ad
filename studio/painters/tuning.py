"""What is fastest on this machine, measured with the model itself: what `auto` of compile and memory layout then means."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from msgspec.structs import replace

from core.errors import Misconfigured
from core.pictures import PaintOrder, PictureRequest
from studio.painters.config import PainterConfig, Switch
from studio.painters.local import LocalPainter

WAYS: tuple[tuple[Switch, Switch], ...] = (("off", "off"), ("off", "on"), ("on", "off"), ("on", "on"))
"""Compiled or not, channels last or not."""
WORTH = 1.03
"""A way must be so much faster than the plain one to be chosen: it costs a slow first picture, or may cost memory."""


class _Silent:
    def step(self, done: int, steps: int, previews: Mapping[UUID, bytes]) -> None:
        """Take no notice."""

    def cancelled(self) -> bool:
        """Go on."""
        return False


async def tune(
    config: PainterConfig,
    *,
    side: int = 1024,
    steps: int | None = None,
    rounds: int = 3,
    ways: Sequence[tuple[Switch, Switch]] = WAYS,
) -> dict[str, float]:
    """Measure single pictures in each way, keep the best in `config.measured`, and return pictures a second by way.

    Minutes on a card, for compiling. Raises what painting raises, and `Misconfigured` without a model or a file to keep it in.
    """
    from studio.painters.devices import choose_device
    from studio.painters.speed import Choice, keep_measured, measured_key

    if not config.model or config.measured is None:
        raise Misconfigured("No picture model is set: MUSE_IMAGE_MODEL.")
    found: dict[Choice, float] = {}
    for compiled, layout in ways:
        painter = LocalPainter(replace(config, compiled=compiled, channels_last=layout))
        try:
            rate = await _rate(painter, config.model, side, steps, rounds)
        finally:
            await painter.close()
        found[Choice(compiled == "on", layout == "on")] = rate
    plain = found.get(Choice(), 0.0)
    best = max(found, key=lambda choice: found[choice])
    chosen = best if found[best] >= plain * WORTH else Choice()
    device = choose_device(config.device)
    keep_measured(config.measured, measured_key(config.model, device), replace(chosen, per_second=found.get(chosen, 0.0)))
    return {_named(choice): rate for choice, rate in found.items()}


def _named(choice: object) -> str:
    names = {"compiled": "compiled", "channels_last": "channels last"}
    return ", ".join(words for name, words in names.items() if getattr(choice, name)) or "plain"


async def _rate(painter: LocalPainter, model: str, side: int, steps: int | None, rounds: int) -> float:
    taken = []
    for seed in range(rounds + 1):
        request = PictureRequest(prompt="a quiet street", model=model, width=side, height=side, seed=seed, steps=steps)
        began = time.perf_counter()
        await painter.paint([PaintOrder(uuid4(), request)], _Silent())
        taken.append(time.perf_counter() - began)
    return 1 / min(taken[1:])  # the first one reads and compiles
