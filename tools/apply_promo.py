"""`apply_promo`: find the promo that stands for this fan, and stage the offer that it makes."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from core.nouns import TurnInput
from core.turns import OfferPack
from shop.deals import tell_price
from shop.promos import HONEST, Promos, read_code
from shop.restraint import Restraint
from tools.context import ToolContext, rest, why_barred

LOOK_BACK, LONGEST_SAID = 12, 4_000
"""Messages back in which a code may have been named, and characters that are read of each."""

PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "description": "The code that the fan named, letter by letter; leave it out if none."}
    },
    "additionalProperties": False,
}


class ApplyPromo:
    """Offers a pack at a promo's price. The model hands on the fan's code, if any; everything else comes from the promos."""

    name = "apply_promo"
    description = (
        "Look whether a promo stands for the fan, when they ask for a discount or name a code. If one does, a pack is attached"
        " at the lower price. Only what this answers may be promised."
    )

    def __init__(self, promos: Promos, restraint: Restraint | None = None) -> None:
        """Look up these promos, and offer no more than restraint lets pass."""
        self._promos = promos
        self._restraint = restraint
        self.parameters = PARAMETERS

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        """Stage an `OfferPack` under promos with its part, in the place of one at the full price; or say why there is none."""
        if refusal := why_barred(context.turn, "nothing is offered"):
            return refusal
        staged = [effect for effect in context.staging.effects if isinstance(effect, OfferPack)]
        if any(effect.promos for effect in staged):
            return "A promo is applied to this message already; a second would be too much."
        code = read_code(arguments.get("code"))
        if code is not None and not _was_named(context.turn, code):
            return f"The fan has named no such code.{HONEST}"
        if code is None and not context.asks_less:
            return "The fan has not asked to pay less; promise no discount."
        found = await self._promos.find(context.turn, code, [effect.pack_id for effect in staged])
        if found.part is None or found.effect is None:
            return found.reason
        if self._restraint and (
            reason := await self._restraint.find_reason(context.turn, found.part.price, asked=context.asked)
        ):
            return rest(context, reason)
        context.staging.stage_instead(structs.replace(found.effect, asked=context.asked), found.part)
        why = f"the code {code}" if code else " and ".join(found.titles)
        return f"The pack {found.part.title!r} is attached to your message for {tell_price(found.part)}, by {why}."


def _was_named(turn: TurnInput, code: str) -> bool:
    """Whether the fan wrote a code, in this burst or a little before, in whatever spelling codes are read in."""
    said = (message.text for message in (*turn.window[-LOOK_BACK:], *turn.burst) if message.author == "fan")
    return any(code in (read_code(text, LONGEST_SAID) or "") for text in said)
