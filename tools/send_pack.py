"""`send_pack`: find the pack that fits a wish, check that it may be sold, and stage the offer."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from core.errors import Unavailable
from core.money import MINOR_DIGITS
from core.ports import Embedder
from core.turns import OfferPack
from shop.catalogue import Catalogue, Shelf
from shop.deals import tell_price
from shop.restraint import Restraint
from shop.wishes import read_wish
from tools.context import ToolContext, read_words, rest, why_barred

LONGEST_WISH = 500

PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "wish": {
            "type": "string",
            "description": "What the fan would like to see, in a few words; 'another' where they ask for one more of any kind.",
        }
    },
    "required": ["wish"],
    "additionalProperties": False,
}


class SendPack:
    """Offers one pack a turn. The model says what is wished for; pack, price and ownership come from the catalogue."""

    name = "send_pack"
    description = (
        "Offer the fan one of your picture packs, when they ask for pictures or content of yours. Say what they wish for; you"
        " get the pack that fits with its price. Only what this answers may be offered."
    )

    def __init__(self, catalogue: Catalogue, restraint: Restraint | None = None) -> None:
        """Offer what stands in a catalogue, and no more than restraint lets pass."""
        self._catalogue = catalogue
        self._restraint = restraint
        self.parameters = PARAMETERS

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        """Stage an `OfferPack` with its part, and answer with title and price; or say why nothing can be offered."""
        turn = context.turn
        if refusal := why_barred(turn, "nothing is offered"):
            return refusal
        if any(isinstance(effect, OfferPack) for effect in context.staging.effects):
            return "One pack is attached to this message; a second would be too much."
        wish = read_wish(read_words(arguments, "wish", LONGEST_WISH))
        vector = await _embed(context.embed, wish.text)
        room = await self._restraint.find_room(turn, MINOR_DIGITS) if self._restraint else {}
        shelf, offered = await self._catalogue.find(turn, wish, vector, room)
        if offered is None:
            return _nothing(shelf)
        part = offered.part
        if self._restraint and (reason := await self._restraint.find_reason(turn, part.price, asked=context.asked)):
            return rest(context, reason)
        context.staging.stage(structs.replace(offered.effect, asked=context.asked), part)
        return f"The pack {part.title!r} is attached to your message for {tell_price(part)}: {part.caption}"


def _nothing(shelf: Shelf) -> str:
    if shelf.lies:
        return shelf.lies.tell()
    if shelf.empty:
        return "There is no pack for sale here. Do not promise one."
    if not shelf.others:
        return "The fan owns every pack already; there is no new one to offer. Do not promise one."
    rest = ", ".join(repr(pack.title) for pack in shelf.others[:3])
    if shelf.owned:
        return f"The fan owns {shelf.owned[0].title!r} already, which fits best. Nothing is attached. There are also {rest}."
    return (
        f"No pack fits this wish, and nothing is attached. Say so; there are {rest}. To offer one of them, wish for its title."
    )


async def _embed(embedder: Embedder, wish: str) -> list[float] | None:
    try:
        return (await embedder.embed([wish]))[0] if wish.strip() else None
    except Unavailable:
        return None  # tags and words still match
