"""What a tool is given beside the model's arguments: whose turn it is, and where effects are staged."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from core.nouns import TurnInput
from core.outbound import PackPart, Part
from core.ports import Embedder
from core.turns import Effect, OfferPack


class Staging(Protocol):
    """The effects of one attempt at a turn. Nothing of it is true before the ledger commits it."""

    effects: list[Effect]

    def stage(self, effect: Effect, part: Part | None = None) -> None:
        """Stage an effect, and the part of the reply that shows it. Raises `EffectRefused` once the attempt is over."""
        ...

    def stage_instead(self, effect: OfferPack, part: PackPart) -> None:
        """Stage an offer in the place of any that was staged before. Raises `EffectRefused` once the attempt is over."""
        ...


class ToolContext(Struct, frozen=True):
    """Identity, permissions and staging of the present turn; never part of the model's arguments."""

    turn: TurnInput
    staging: Staging
    embed: Embedder
