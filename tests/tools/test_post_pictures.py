"""The tool posts to several platforms in their own words, with own pictures chosen by what they show, and never others."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec import structs

from agents.staging import Attempt
from cli.accounts.http import AppWanted, connect_http
from core.errors import EffectRefused, Refused
from core.nouns import Account, TurnInput
from core.turns import SchedulePost as Scheduled
from gateway.platforms.http.wire import Options
from storage import posts
from storage.house import House
from storage.packs import put_item_rows, put_pack
from storage.posts import Post
from studio import calendar
from studio.calendar import PlaceWish, PostWish
from studio.calendar_claims import take_post
from studio.calendar_effects import MOST_PROPOSALS
from tests.storage.world import NOON
from tests.studio.keeping import HELD, finish_picture, make_picture
from tests.tools.test_schedule_post import EVENING, Desk, account, desk, on_trial, platforms

__all__ = ["account", "desk", "platforms"]


@pytest.fixture
async def vault(house: House, account: Account) -> dict[str, UUID]:
    """Pictures of Luna's, by what they are: three that may be posted, and others that may not, all of the beach."""
    agency, luna = account.agency_id, account.influencer_id
    made = {
        "beach": await make_picture(house, agency, luna, 1, wish="a walk on the beach at dusk"),
        "dunes": await make_picture(house, agency, luna, 2, wish="the beach and its dunes"),
        "kitchen": await make_picture(house, agency, luna, 3, category="daily", scene="kitchen in the morning", outfit="apron"),
        "held": await make_picture(house, agency, luna, 4, wish="beach, beach, beach", **HELD),
        "refused": await make_picture(house, agency, luna, 5, wish="beach, beach", moderation="refused"),
        "sold": await make_picture(house, agency, luna, 6, wish="beach, beach"),
    }
    async with house.app.unit(agency) as unit:
        pack = await put_pack(unit, luna, "sands", "Sands", "Sand.", ("beach",), "adult")
        await put_item_rows(unit, pack, [made["sold"]])
    return made


async def add_app(house: House, account: Account) -> None:
    await connect_http(house, account.agency_id, AppWanted("luna", "luna", Options(url="http://127.0.0.1:9/in")))


async def staged(desk: Desk, turn: TurnInput, **arguments: object) -> tuple[list[Scheduled], str]:
    attempt = Attempt()
    answer = await desk.call(turn, attempt, **{"caption": "Good evening", "at": EVENING, **arguments})
    return [effect for effect in attempt.effects if isinstance(effect, Scheduled)], answer


async def test_several_platforms_each_in_its_words_are_one_proposal(
    desk: Desk, turn: TurnInput, account: Account, house: House
) -> None:
    await add_app(house, account)
    places = [
        {"platform": "telegram"},
        {"platform": "HTTP", "caption": "Only in the app"},
        {"platform": "telegram", "caption": "2"},
    ]
    effects, answer = await staged(desk, turn, platforms=places)
    assert "on telegram (@lunas) and http; it waits for their yes" in answer
    made = [await desk.apply(turn, effect) for effect in effects]
    assert {post.platform: (post.caption, post.state) for post in made} == {
        "telegram": ("Good evening", "proposed"),
        "http": ("Only in the app", "proposed"),
    }
    assert len({post.group_id for post in made}) == 1
    for _ in range(MOST_PROPOSALS - 1):
        for effect in (await staged(desk, turn, platforms=places))[0]:
            await desk.apply(turn, effect)
    assert "Enough of your proposals" in (await staged(desk, turn))[1], "each counts once, not once a place"


async def test_pictures_are_chosen_by_what_they_show_and_the_least_posted_first(
    desk: Desk, turn: TurnInput, vault: dict[str, UUID]
) -> None:
    (effect,), answer = await staged(desk, turn, pictures=["me walking on the beach", "something from the kitchen"])
    assert effect.asset_ids == (vault["beach"], vault["kitchen"])
    assert "with 2 of your pictures (a walk on the beach at dusk; daily, kitchen in the morning, apron)" in answer
    post = await desk.apply(turn, effect)
    assert (post.asset_ids, post.made_by_ai) == (effect.asset_ids, True)
    (again,), _ = await staged(desk, turn, pictures=["the beach"])
    assert again.asset_ids == (vault["dunes"],), "the other one stands on the calendar already"
    (any_two,), _ = await staged(desk, turn, pictures=["a picture of me", "another picture"])
    assert set(any_two.asset_ids) <= {vault["beach"], vault["dunes"], vault["kitchen"]}
    assert len(set(any_two.asset_ids)) == 2


async def test_what_no_picture_shows_is_told_with_what_there_is(desk: Desk, turn: TurnInput, vault: dict[str, UUID]) -> None:
    effects, answer = await staged(desk, turn, pictures=["snow on the mountains"])
    assert effects == []
    assert "shows that (mountain snow). There are: " in answer
    assert "'a walk on the beach at dusk'" in answer
    assert "beach, beach" not in answer, "nothing is said of what may not be shown"


async def test_a_picture_made_in_a_fan_s_chat_is_nobody_else_s_to_see(
    desk: Desk, turn: TurnInput, house: House, account: Account
) -> None:
    ours = {"conversation_id": turn.conversation.id, "fan_id": turn.fan.id, "source": "chat"}
    _, asset = await finish_picture(house, account.agency_id, account.influencer_id, 7, wish="a picnic for Mia", **ours)
    effects, answer = await staged(desk, turn, pictures=["a picnic"])
    assert (effects, "picnic for" in answer) == ([], False)
    forged = Scheduled(turn.lease.turn_id, account.id, "@lunas", "x", NOON.replace(tzinfo=None), "UTC", asset_ids=(asset,))
    with pytest.raises(EffectRefused, match="may not be shown"):
        await desk.apply(on_trial(turn), forged)


@pytest.mark.parametrize("name", ["held", "refused", "sold"])
async def test_an_effect_that_names_what_may_not_be_shown_does_not_become_true(
    desk: Desk, turn: TurnInput, vault: dict[str, UUID], account: Account, name: str
) -> None:
    (effect,), _ = await staged(desk, turn, pictures=["the beach"])
    with pytest.raises(EffectRefused, match="may not be shown to everybody"):
        await desk.apply(turn, structs.replace(effect, asset_ids=(vault["beach"], vault[name])))


async def test_a_picture_sold_since_it_was_chosen_is_not_given_away(
    desk: Desk, turn: TurnInput, vault: dict[str, UUID], house: House, account: Account
) -> None:
    (effect,), _ = await staged(desk, turn, pictures=["the dunes"])
    async with house.app.unit(account.agency_id) as unit:
        pack = await put_pack(unit, account.influencer_id, "dunes", "Dunes", "Dunes.", ("beach",))
        await put_item_rows(unit, pack, [vault["dunes"]])
    with pytest.raises(EffectRefused, match="may not be shown to everybody"):
        await desk.apply(turn, effect)


async def test_what_is_rated_adult_is_posted_nowhere_that_forbids_it_by_nobody(
    desk: Desk, turn: TurnInput, vault: dict[str, UUID], house: House, account: Account
) -> None:
    """An operator may post what is sold, but not past the platform's policy; nor what was rated so since it was planned."""
    wish = PostWish(
        influencer="luna", places=(PlaceWish("telegram/luna", "@lunas"),), at=EVENING, caption="Hi", asset_ids=(vault["sold"],)
    )
    async with house.app.unit(account.agency_id) as unit:
        with pytest.raises(Refused, match="rated adult"):
            await calendar.plan(unit, desk.platforms, wish, NOON, "ana")
        (post,) = await calendar.plan(unit, desk.platforms, structs.replace(wish, asset_ids=(vault["dunes"],)), NOON, "ana")
        pack = await put_pack(unit, account.influencer_id, "dunes", "Dunes", "Dunes.", ("beach",), "adult")
        await put_item_rows(unit, pack, [vault["dunes"]])
        assert await take_post(unit, post.id, "w1", NOON + timedelta(hours=8)) is None
        gone: Post = await posts.load_post(unit, post.id)
    assert (gone.state, gone.error_class) == ("failed", "Refused")
    assert "rated adult" in (gone.error or "")
