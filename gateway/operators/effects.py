"""How effects of an approved draft become true in this process. A draft keeps only those that go with its words."""

from __future__ import annotations

from core.settings import Settings
from core.turns import GenerateImage, OfferPack, SchedulePost
from shop.offers import apply_offer_pack
from storage import credits
from storage.effects import EffectHandlers
from studio.calendar_effects import apply_schedule_post
from studio.ordering import order_handler


def handlers_of(settings: Settings) -> EffectHandlers:
    """Return what makes each effect of a draft true, under these settings."""
    return {
        OfferPack: apply_offer_pack,
        SchedulePost: apply_schedule_post,
        GenerateImage: order_handler(credits, settings.image_open),
    }
