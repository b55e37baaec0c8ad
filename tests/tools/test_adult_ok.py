"""What an adult pack or picture needs: a platform that allows it. Nothing that stands in an account changes that."""

from __future__ import annotations

import pytest
from msgspec import structs

from agents.staging import Attempt
from core.errors import EffectRefused
from core.nouns import TurnInput
from core.platform_policy import PlatformPolicy
from core.settings import Settings
from core.turns import GenerateImage, OfferPack
from gateway.platforms.registry import open_platforms
from personas.loader import load_from_library
from shop.catalogue import Catalogue
from shop.checkouts import check_unlock
from shop.offers import apply_offer_pack
from storage import credits
from storage.conversations import load_conversation
from storage.house import House
from studio.ordering import PictureDesk
from studio.styles import Painting
from tests.conftest import Agency
from tests.memory.world import WordEmbedder
from tests.shop.world import TELEGRAM, context_of, open_shop, start_turn
from tests.storage.world import make_account
from tools.context import ToolContext
from tools.generate_image import GenerateImageTool
from tools.send_pack import SendPack

ALLOWS = structs.replace(TELEGRAM, adult_ok=True)
SAYS = {"adult": True, "adult_ok": True}
"""What somebody might write into an account's options."""


@pytest.mark.parametrize("options", [{}, SAYS])
@pytest.mark.parametrize("policy", [TELEGRAM, ALLOWS])
async def test_an_adult_pack_is_offered_and_sold_where_the_platform_allows_it(
    house: House, agency: Agency, policy: PlatformPolicy, options: dict[str, object]
) -> None:
    account = structs.replace(await make_account(house, agency.id), options=options)
    shop = await open_shop(house, account)
    turn = structs.replace(await start_turn(house, account), account=account)
    async with house.app.unit(agency.id) as unit:
        await unit.connection.execute("UPDATE packs SET rating = 'adult'")
        chat = await load_conversation(unit, turn.conversation.id)
    attempt, words = Attempt(), WordEmbedder()
    tool = SendPack(Catalogue(house, words.name, {"telegram": policy}))
    answer = await tool.run(ToolContext(turn, attempt, words, True), {"wish": "the sea"})
    assert bool(attempt.effects) == policy.adult_ok, answer
    forced = Attempt()
    await SendPack(Catalogue(house, words.name, {"telegram": ALLOWS})).run(
        ToolContext(turn, forced, words, True), {"wish": "sea"}
    )
    (effect,) = forced.effects
    assert isinstance(effect, OfferPack)
    context = structs.replace(context_of(shop, chat), policy=policy)
    async with house.app.unit(agency.id) as unit:
        if not policy.adult_ok:
            with pytest.raises(EffectRefused, match="may not be offered on this platform"):
                await apply_offer_pack(unit, context, effect)
            return
        await apply_offer_pack(unit, context, effect)
        await check_unlock(unit, effect.offer_id, policy)
        with pytest.raises(EffectRefused, match="Nothing was charged"):
            await check_unlock(unit, effect.offer_id, TELEGRAM)


@pytest.mark.parametrize("options", [{}, SAYS])
@pytest.mark.parametrize("policies", [{}, {"telegram": TELEGRAM}, {"telegram": ALLOWS}, {"http": ALLOWS}])
async def test_a_picture_is_judged_by_what_the_platform_allows(
    house: House, agency: Agency, policies: dict[str, PlatformPolicy], options: dict[str, object]
) -> None:
    begun = await start_turn(house, await make_account(house, agency.id))
    luna = structs.replace(begun.influencer, persona=load_from_library("luna").to_document())
    turn: TurnInput = structs.replace(begun, influencer=luna, account=structs.replace(begun.account, options=options))
    attempt = Attempt()
    desk = PictureDesk(house, Painting(model="tiny"), credits, cost=3)
    await GenerateImageTool(desk, policies).run(ToolContext(turn, attempt, WordEmbedder()), {"wish": "reading by the window"})
    (effect,) = attempt.effects
    assert isinstance(effect, GenerateImage)
    assert effect.adult_ok == (policies.get("telegram") is ALLOWS)


async def test_no_platform_of_ours_allows_it(house: House) -> None:
    """Whoever runs one that does says so in its adapter, and nowhere else."""
    platforms = open_platforms(Settings(), house.blobs)
    assert not [name for name, platform in platforms.items() if platform.policy.adult_ok]
    for platform in platforms.values():
        await platform.close()
