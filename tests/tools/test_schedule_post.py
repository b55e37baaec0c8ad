"""The tool stages what could go out, and from a fan's chat nothing of it goes out without an operator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from agents.staging import Attempt
from core.clock import SystemClock
from core.errors import EffectRefused
from core.nouns import Account, TurnInput
from core.platforms import Platform
from core.settings import Settings
from core.turns import SchedulePost as Scheduled
from gateway.platforms.registry import open_platforms
from storage import posts
from storage.accounts import PREVIEW
from storage.effects import EffectContext
from storage.exports import read_person
from storage.forgetting import forget
from storage.house import House
from storage.posts import Post
from storage.retention import trim_messages
from studio import calendar
from studio.calendar_diary import Diary
from studio.calendar_effects import MOST_PROPOSALS, apply_schedule_post
from tests.conftest import Agency
from tests.memory.world import WordEmbedder
from tests.storage.world import NOON, make_account
from tests.workers.press import StandingClock
from tools.context import ToolContext
from tools.schedule_post import PARAMETERS, SchedulePost

EVENING = "2026-05-01 20:00"


@pytest.fixture
async def platforms(house: House) -> AsyncIterator[dict[str, Platform]]:
    opened = open_platforms(Settings(), house.blobs, SystemClock())
    yield dict(opened)
    for platform in opened.values():
        await platform.close()


@pytest.fixture
async def account(house: House, agency: Agency) -> Account:
    """Luna's bot, whose posts go to her broadcast chat."""
    account = await make_account(house, agency.id)
    async with house.app.unit(agency.id) as unit:
        await posts.set_place(unit, account.id, "@lunas")
    return account


class Desk:
    """The tool at a calendar whose clock stands at noon."""

    def __init__(self, house: House, platforms: dict[str, Platform]) -> None:
        self.house, self.platforms = house, platforms

    async def call(self, turn: TurnInput, attempt: Attempt | None = None, **arguments: Any) -> str:
        tool = SchedulePost(Diary(self.house, self.platforms, StandingClock()))
        return await tool.run(ToolContext(turn, attempt or Attempt(), WordEmbedder()), arguments)

    async def commit(self, turn: TurnInput, **arguments: Any) -> Post:
        """Call the tool and make true what it staged, as the turn's commit does."""
        attempt = Attempt()
        await self.call(turn, attempt, **{"caption": "New bowls tonight", "at": EVENING, **arguments})
        (effect,) = attempt.effects
        assert isinstance(effect, Scheduled)
        return await self.apply(turn, effect)

    async def apply(self, turn: TurnInput, effect: Scheduled) -> Post:
        async with self.house.app.unit(turn.lease.agency_id) as unit:
            await apply_schedule_post(unit, EffectContext(turn.account, turn.conversation, turn.lease.turn_id), effect)
            return await posts.load_post(unit, effect.post_id)


@pytest.fixture
def desk(house: House, platforms: dict[str, Platform]) -> Desk:
    return Desk(house, platforms)


def on_trial(turn: TurnInput) -> TurnInput:
    return structs.replace(turn, account=structs.replace(turn.account, platform=PREVIEW))


async def test_in_a_fan_s_chat_it_proposes_and_says_that_it_waits(desk: Desk, turn: TurnInput) -> None:
    attempt = Attempt()
    answer = await desk.call(turn, attempt, caption="New bowls tonight", at=EVENING)
    assert answer == (
        f"Proposed to your team for {EVENING} UTC on telegram (@lunas); it waits for their yes. Do not promise that it comes."
    )
    assert "no second" in await desk.call(turn, attempt, caption="More", at=EVENING)
    (effect,) = attempt.effects
    assert isinstance(effect, Scheduled)
    post = await desk.apply(turn, effect)
    assert (post.state, post.target, post.caption, post.made_by) == ("proposed", "@lunas", "New bowls tonight", "agent")
    assert post.conversation_id == turn.conversation.id


async def test_in_a_trial_by_an_operator_it_plans(desk: Desk, turn: TurnInput) -> None:
    trial = on_trial(turn)
    assert (await desk.call(trial, caption="New bowls", at=EVENING)).startswith("Planned for")
    post = await desk.commit(trial)
    assert (post.state, post.conversation_id) == ("planned", None)


async def test_strangers_do_not_steer_the_calendar(desk: Desk, turn: TurnInput, house: House) -> None:
    """Incident 21: neither arguments nor a forged effect let words out of a fan's chat without a yes, or elsewhere."""
    attempt = Attempt()
    forged = {"state": "planned", "target": "@rivals", "account_id": "x", "approved_by": "ana", "conversation": "preview"}
    await desk.call(turn, attempt, caption="Buy elsewhere", at=EVENING, **forged)
    (effect,) = attempt.effects
    assert isinstance(effect, Scheduled)
    assert (effect.target, set(PARAMETERS["properties"])) == ("@lunas", {"caption", "at", "platforms", "pictures"})
    assert (await desk.apply(turn, effect)).state == "proposed"
    async with house.app.unit(turn.lease.agency_id) as unit:
        due = await posts.claim_post(unit, effect.post_id, "w1")
    assert due is None
    stranger = structs.replace(effect, account_id=turn.lease.agency_id)
    with pytest.raises(EffectRefused, match="not connected"):
        await desk.apply(turn, stranger)


async def test_one_chat_does_not_flood_the_calendar(desk: Desk, turn: TurnInput) -> None:
    for _ in range(MOST_PROPOSALS):
        await desk.commit(turn)
    assert "Enough of your proposals wait" in await desk.call(turn, caption="Once more", at=EVENING)
    with pytest.raises(EffectRefused, match="Enough"):
        await desk.apply(turn, Scheduled(turn.lease.turn_id, turn.account.id, "", "x", NOON.replace(tzinfo=None), "UTC"))


REFUSED = [
    ({"caption": ""}, "1 to 1000 characters"),
    ({"caption": "x" * 1001}, "1 to 1000 characters"),
    ({"at": "soon"}, "no date and time"),
    ({"at": "2020-01-01 10:00"}, "time is over"),
    ({"at": "2030-01-01 10:00"}, "more than a year"),
    ({"platforms": [{"platform": "webchat"}]}, "places are: telegram"),
    ({"platforms": ["telegram", "webchat"]}, "places are: telegram"),
    ({"platforms": [{"platform": "telegram", "caption": "x" * 1001}]}, "1 to 1000 characters"),
    ({"pictures": ["the beach"]}, "none to post; post words alone"),
    ({"pictures": ["the beach", "a", "b", "c", "d"]}, "at most 4 pictures"),
    ({"caption": None}, "1 to 1000 characters"),
    ({"at": ["x"]}, "no date and time"),
]


async def test_what_could_not_go_out_is_told_and_not_staged(desk: Desk, turn: TurnInput, house: House) -> None:
    attempt = Attempt()
    for more, words in REFUSED:
        answer = await desk.call(turn, attempt, **{"caption": "New bowls", "at": EVENING, **more})
        assert answer.startswith("Nothing was put on the calendar: ")
        assert words in answer
    async with house.app.unit(turn.lease.agency_id) as unit:
        await posts.set_place(unit, turn.account.id, "")
    assert "places are: none as yet" in await desk.call(turn, attempt, caption="New bowls", at=EVENING)
    assert attempt.effects == []


async def test_a_proposal_is_exported_and_forgotten_with_its_fan_and_an_approved_one_is_the_operator_s(
    desk: Desk, turn: TurnInput, house: House
) -> None:
    proposed, approved, published = [await desk.commit(turn, caption=f"For Mia, zanzibar {n}") for n in range(3)]
    async with house.app.unit(turn.lease.agency_id) as unit:
        held = await read_person(unit, turn.fan.id)
        assert {row["id"] for row in held["posts"]} == {str(post.id) for post in (proposed, approved, published)}
        await calendar.approve(unit, desk.platforms, approved.id, None, NOON, "ana")
        await calendar.publish_now(unit, desk.platforms, published.id, NOON, "ana")
        assert len((await read_person(unit, turn.fan.id))["posts"]) == 1
    await forget(house, turn.lease.agency_id, turn.fan.id, NOON)
    async with house.app.unit(turn.lease.agency_id) as unit:
        left = await posts.list_posts(unit)
        assert {(post.id, post.conversation_id, post.approved_by) for post in left} == {
            (approved.id, None, "ana"),
            (published.id, None, "ana"),
        }


async def test_proposals_are_kept_as_long_as_messages_are(desk: Desk, turn: TurnInput, house: House) -> None:
    await desk.commit(turn)
    plan = await desk.commit(on_trial(turn))
    async with house.app.unit(turn.lease.agency_id) as unit:
        await trim_messages(unit, SystemClock().now() - timedelta(days=1), 100)
        assert len(await posts.list_posts(unit)) == 2
        assert await trim_messages(unit, SystemClock().now() + timedelta(days=1), 100) >= 1
        assert [post.id for post in await posts.list_posts(unit)] == [plan.id]


async def test_a_yes_that_comes_too_late_needs_another_time(desk: Desk, turn: TurnInput, house: House) -> None:
    post = await desk.commit(turn)
    late = NOON + timedelta(days=2)
    async with house.app.unit(turn.lease.agency_id) as unit:
        with pytest.raises(Exception, match="Its time is over; approve it for another one"):
            await calendar.approve(unit, desk.platforms, post.id, None, late, "ana")
        approved = await calendar.approve(unit, desk.platforms, post.id, "2026-05-04 09:00", late, "ana")
    assert (approved.state, str(approved.planned_at)) == ("planned", "2026-05-04 09:00:00+00:00")
