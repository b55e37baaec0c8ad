"""What a tool is given beside the model's arguments: whose turn it is, and where effects are staged."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from core.nouns import TurnInput
from core.outbound import PackPart, Part
from core.ports import Embedder, Recall
from core.turns import AskOperator, Effect, OfferPack
from shop.restraint import Reason


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
    """Identity, permissions and staging of the present turn; never part of the model's arguments.

    `asked`: the fan asks for content in this burst, in their own words; `asks_less`: to pay less for it. `recall` is memory's;
    `now` the turn's moment.
    """

    turn: TurnInput
    staging: Staging
    embed: Embedder
    asked: bool = False
    recall: Recall | None = None
    now: datetime | None = None
    asks_less: bool = False


ADULT_ASKING = ("webchat",)
"""Platforms on which the fan has said at the door whether they are an adult."""


def why_barred(turn: TurnInput, nothing: str) -> str | None:
    """Return why a fan gets nothing at all, as a sentence for the model that ends in `nothing`; none: they may."""
    if turn.fan.opted_out_at is not None:
        return f"The fan asked for no messages; {nothing}."
    if turn.fan.minor_signal_at is not None:
        return f"The fan may be under age; {nothing}."
    if turn.account.platform in ADULT_ASKING and turn.fan.adult_confirmed_at is None:
        return f"The fan has not said to be an adult; {nothing}."
    return None


def rest(context: ToolContext, reason: Reason) -> str:
    """Offer nothing, and say why; a person hears of a fan who has spent as much as they should."""
    if reason.kind == "cap" and not context.turn.waiting_for_operator:
        context.staging.stage(AskOperator("The fan has reached the cap on spending; nothing more is offered to them for now."))
    return f"Nothing is attached. {reason.sentence}"


def read_words(arguments: dict[str, object], key: str, longest: int) -> str:
    """Return a model's argument as one line of at most `longest` characters; empty where it is no text."""
    given = arguments.get(key)
    if not isinstance(given, str):
        return ""
    whole = given[: 4 * longest].replace("\x00", "").encode(errors="ignore").decode()
    return " ".join(whole.split())[:longest]
