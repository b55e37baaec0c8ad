"""What a fan may be offered, and how an offer looks. Prices and ownership come from the rows, never from words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from core.nouns import TurnInput
from core.outbound import PackPart
from core.platform_policy import STRICTEST, PlatformPolicy
from core.turns import OfferPack
from shop.deals import Deal, build_offer, build_part, plain_deal, sells, single_deal
from shop.offers import Lying, find_lying
from shop.wishes import Wish, words_of
from storage.house import House
from storage.packs import PackOnShelf, lie_reduced, list_shelf, offered_lately
from storage.promos import standing_promos
from storage.unit import Unit

Stores: TypeAlias = House
"""What a catalogue reads from."""

TAG_WEIGHT = 0.15
"""What one matching word is worth beside a cosine in -1..1."""

FITS = 0.30
"""Least cosine of a pack that is what a specific wish means; measured with MiniLM, what fits lies at 0.33 and above."""

NEAR = 0.15
"""How much less than the best match still fits."""


class Shelf(Struct, frozen=True):
    """What an influencer sells on a platform, sorted by a wish, the best match first in each part.

    `lies`: all that fits lies in the chat for less already, so nothing is offered anew.
    """

    fitting: tuple[PackOnShelf, ...]
    owned: tuple[PackOnShelf, ...]
    others: tuple[PackOnShelf, ...]
    lies: Lying | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.fitting or self.owned or self.others)


class Offered(Struct, frozen=True):
    """An offer to be staged: the part that shows it and the effect that makes it true."""

    part: PackPart
    effect: OfferPack


async def find_packs(
    unit: Unit,
    influencer_id: UUID,
    fan_id: UUID,
    platform: str,
    wish: Wish,
    vector: Sequence[float] | None,
    embedder: str,
    policy: PlatformPolicy = STRICTEST,
) -> Shelf:
    """Return what fits a wish and may be offered there, what would fit but is owned, and what else there is.

    Any pack fits a wish that names nothing. `vector` is the wish's, as `embedder` sees it; without one, words decide.
    """
    listed = await list_shelf(unit, influencer_id, fan_id, platform, vector, embedder)
    packs = [pack for pack in listed if sells(pack, policy)]
    ranked = sorted(packs, key=lambda pack: (-_score(pack, wish), pack.slug))
    enough = max([FITS, *(pack.similarity - NEAR for pack in packs if pack.similarity)])
    fitting = [pack for pack in ranked if not wish.specific or _fits(pack, wish, enough)]
    free = [pack for pack in fitting if not pack.owned]
    return Shelf(
        fitting=tuple(free),
        owned=tuple(pack for pack in fitting if pack.owned),
        others=tuple(pack for pack in ranked if not pack.owned and pack not in fitting),
    )


class Catalogue:
    """The packs as a tool finds them: its own unit of work, and nothing to write with."""

    def __init__(self, house: Stores, embedder: str, policies: Mapping[str, PlatformPolicy] | None = None) -> None:
        """Read from the stores; `embedder` is the name that the packs' vectors bear, `policies` what each platform allows."""
        self._house = house
        self._embedder = embedder
        self._policies = policies or {}

    async def find(
        self, turn: TurnInput, wish: Wish, vector: Sequence[float] | None, room: Mapping[str, int] | None = None
    ) -> tuple[Shelf, Offered | None]:
        """Return the shelf for the fan of a turn, and the offer of the best fit. Raises `Unavailable`.

        `room`: what the fan's own limits leave to spend, in minor units; what lies within it goes before what does not.
        Who asks for another one gets what is not on the table yet; what lies there for less is not offered anew: if nothing
        else fits, the shelf says so. Promos that go with every offer lower its price.
        """
        influencer_id, fan_id, platform = turn.influencer.id, turn.fan.id, turn.account.platform
        policy = self._policies.get(platform, STRICTEST)
        async with self._house.app.unit(turn.lease.agency_id) as unit:
            shelf = await find_packs(unit, influencer_id, fan_id, platform, wish, vector, self._embedder, policy)
            if not shelf.fitting:
                return shelf, None
            promos = await standing_promos(unit, influencer_id, fan_id, platform, ("always",))
            shown = set(await lie_reduced(unit, turn.conversation.id))
            if wish.another:
                shown |= set(await offered_lately(unit, turn.conversation.id))
            deals = [single_deal(pack, promos, policy) or plain_deal(pack) for pack in shelf.fitting]
            deals = [deal for deal in deals if _affords(room or {}, deal)] or deals
            deal = next((deal for deal in deals if deal.packs[0].id not in shown), deals[0])
            if lies := await find_lying(unit, turn.conversation.id, deal, policy):
                return replace(shelf, lies=lies), None
            part = await build_part(unit, deal)
            return shelf, Offered(part, build_offer(deal, part))


def _affords(room: Mapping[str, int], deal: Deal) -> bool:
    return deal.price.amount <= room.get(deal.price.unit, deal.price.amount)


def _score(pack: PackOnShelf, wish: Wish) -> float:
    return (pack.similarity or 0.0) + TAG_WEIGHT * len(wish.words & _named(pack))


def _fits(pack: PackOnShelf, wish: Wish, enough: float) -> bool:
    return (pack.similarity or 0.0) >= enough or bool(wish.words & _named(pack))


def _named(pack: PackOnShelf) -> frozenset[str]:
    return words_of(" ".join((pack.title, *pack.tags)))
