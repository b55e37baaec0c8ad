"""Promos as a tool finds them: what stands for this fan, and the offer that it makes, whatever a model says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from core.nouns import TurnInput
from core.outbound import PackPart
from core.platform_policy import STRICTEST, PlatformPolicy
from core.turns import OfferPack
from shop.deals import Deal, build_offer, build_part, bundle_deal, sells, single_deal
from shop.offers import find_lying
from storage.house import House
from storage.packs import PackOnShelf, list_shelf, offered_lately
from storage.promos import Promo, code_state, standing_promos
from storage.unit import Unit

LONGEST_CODE = 64
ASKED = ("asked", "always")
_CODE = re.compile(r"[^\w-]+")

REASONS = {
    "early": "That code does not count yet.",
    "over": "That code has ended.",
    "elsewhere": "That code is not for this platform.",
    "had": "The fan has used that code already.",
    "bought": "That code is for a first purchase, and the fan has bought before.",
}
GONE = "That code is used up."
UNKNOWN = "There is no such code."
UNFITTING = "A promo stands, but for no pack that could be offered now."
NONE = "No promo stands for this fan just now."
HONEST = " Say so kindly; promise no discount and name no other price."


class Found(Struct, frozen=True):
    """What came of a search: an offer with its part, or why there is none, in words for a model."""

    reason: str = ""
    part: PackPart | None = None
    effect: OfferPack | None = None
    titles: tuple[str, ...] = ()


def read_code(given: object, longest: int = LONGEST_CODE) -> str | None:
    """Return a code as codes are kept: capitals, letters, digits and hyphens; none where none was named."""
    code = _CODE.sub("", given if isinstance(given, str) else "")[:longest].strip("-_").upper()
    return code or None


class Promos:
    """Looks promos up: its own unit of work, and nothing to write with."""

    def __init__(self, house: House, policies: Mapping[str, PlatformPolicy]) -> None:
        """Read from the stores; `policies` say what each platform allows."""
        self._house = house
        self._policies = policies

    async def find(self, turn: TurnInput, code: str | None, wanted: Sequence[UUID] = ()) -> Found:
        """Return the best offer that a code, or any promo that needs none, makes for the fan of a turn. Raises `Unavailable`.

        It is of the `wanted` packs, else of what was offered to the fan lately, else of any; a bundle only where no single pack
        gets cheaper. What lies before the fan for no more is not offered anew.
        """
        influencer_id, fan_id, platform = turn.influencer.id, turn.fan.id, turn.account.platform
        policy = self._policies.get(platform, STRICTEST)
        async with self._house.app.unit(turn.lease.agency_id) as unit:
            promos = await standing_promos(unit, influencer_id, fan_id, platform, ASKED, code)
            if code is not None and not any(promo.code_id for promo in promos):
                state = await code_state(unit, influencer_id, fan_id, platform, code)
                if state == "stands":  # it came to stand between the two looks
                    promos = await standing_promos(unit, influencer_id, fan_id, platform, ASKED, code)
                if not any(promo.code_id for promo in promos):
                    return Found((UNKNOWN if state is None else REASONS.get(state, GONE)) + HONEST)
            promos = list({promo.id: promo for promo in promos}.values())
            if not promos:
                return Found(NONE + HONEST)
            packs = await _candidates(unit, turn, policy, wanted)
            deal = find_deal(packs, promos, policy, needed=code is not None)
            if deal is None:
                return Found(UNFITTING + HONEST)
            if lies := await find_lying(unit, turn.conversation.id, deal, policy):
                return Found(lies.tell())
            part = await build_part(unit, deal)
            return Found("", part, build_offer(deal, part), tuple(promo.title for promo in deal.promos))


def find_deal(packs: Sequence[PackOnShelf], promos: Sequence[Promo], policy: PlatformPolicy, *, needed: bool) -> Deal | None:
    """Return the first pack that gets cheaper, or a bundle; `needed`: only what the promo with the fan's code has a part in."""
    for pack in packs:
        deal = single_deal(pack, promos, policy)
        if deal and (not needed or any(promo.code_id for promo in deal.promos)):
            return deal
    bundle = bundle_deal(packs, promos, policy)
    if bundle and (not needed or any(promo.code_id for promo in bundle.promos)):
        return bundle
    coded = [promo for promo in promos if promo.code_id]
    if needed and len(coded) < len(promos):  # another promo is better for the fan, who wants the code's all the same
        return find_deal(packs, coded, policy, needed=False)
    return None


async def _candidates(unit: Unit, turn: TurnInput, policy: PlatformPolicy, wanted: Sequence[UUID]) -> list[PackOnShelf]:
    shelf = await list_shelf(unit, turn.influencer.id, turn.fan.id, turn.account.platform, None, "")
    lately = await offered_lately(unit, turn.conversation.id)
    order = {pack_id: place for place, pack_id in enumerate(dict.fromkeys((*wanted, *lately)))}
    free = [pack for pack in shelf if not pack.owned and sells(pack, policy)]
    return sorted(free, key=lambda pack: (order.get(pack.id, len(order)), pack.slug))
