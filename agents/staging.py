"""The staging list of one attempt at a turn."""

from __future__ import annotations

from core.errors import EffectRefused
from core.outbound import PackPart, Part
from core.turns import Effect, OfferPack


class Attempt:
    """Collects effects and the parts that show them; sealed when the attempt ends, however it ends."""

    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self.parts: list[Part] = []
        self._sealed = False

    def stage(self, effect: Effect, part: Part | None = None) -> None:
        """Stage an effect, and the part of the reply that shows it. Raises `EffectRefused` once the attempt is over."""
        if self._sealed:
            raise EffectRefused("This attempt at the turn is over; nothing can be staged in it any more.")
        self.effects.append(effect)
        if part is not None:
            self.parts.append(part)

    def stage_instead(self, effect: OfferPack, part: PackPart) -> None:
        """Stage an offer in the place of any that was staged before. Raises `EffectRefused` once the attempt is over."""
        if not self._sealed:
            self.effects[:] = [one for one in self.effects if not isinstance(one, OfferPack)]
            self.parts[:] = [one for one in self.parts if not isinstance(one, PackPart)]
        self.stage(effect, part)

    def seal(self) -> None:
        """End the attempt: what a straggler stages from now on is refused."""
        self._sealed = True

    @property
    def packs(self) -> tuple[PackPart, ...]:
        """Return the packs offered so far."""
        return tuple(part for part in self.parts if isinstance(part, PackPart))
