"""How staged effects become true in a worker's commits: each kind has one handler, from the room that it belongs to."""

from __future__ import annotations

from core.settings import Settings
from core.turns import (
    AskOperator,
    FlagMinor,
    GenerateImage,
    HandToOperator,
    LimitSpend,
    NoteDisclosure,
    OfferPack,
    OptOut,
    RememberFact,
    RestSales,
    SchedulePost,
)
from memory.facts import apply_remember_fact
from shop.offers import apply_offer_pack
from shop.restraint import limit_spend, note_rest
from storage import credits
from storage.conversations import pause
from storage.drafts import ask_operator
from storage.effects import EffectHandlers
from storage.fans import apply_opt_out, flag_minor, note_disclosure
from storage.house import House
from storage.link_codes import link_handlers
from studio.calendar_effects import apply_schedule_post
from studio.ordering import order_handler

HANDLERS: EffectHandlers = {
    OfferPack: apply_offer_pack,
    RememberFact: apply_remember_fact,
    NoteDisclosure: note_disclosure,
    OptOut: apply_opt_out,
    HandToOperator: pause,
    AskOperator: ask_operator,
    FlagMinor: flag_minor,
    RestSales: note_rest,
    LimitSpend: limit_spend,
    SchedulePost: apply_schedule_post,
}


def open_handlers(house: House, settings: Settings) -> EffectHandlers:
    """Return the handlers of all effects, under these settings."""
    pictures = {GenerateImage: order_handler(credits, settings.image_open)}
    return {**HANDLERS, **pictures, **link_handlers(house.marks)}
