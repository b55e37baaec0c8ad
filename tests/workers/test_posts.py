"""Posts of the calendar go out once, as they stand when their time comes, into Telegram and an app."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from core.errors import BadInput, CredentialExpired, Refused
from evals.simulators.http import HttpAppSimulator
from storage import accounts
from studio import calendar
from studio.ai_marks import mark_in
from studio.calendar import PlaceWish, PostChange
from tests.conftest import TestDatabase
from tests.workers.conftest import Crew
from tests.workers.mail import MailPlatform
from tests.workers.press import Press, connect_app
from workers.jobs.sweep import sweep_house
from workers.publishing import publish
from workers.timetable import JOBS


@pytest.fixture
async def press(crew: Crew, database: TestDatabase) -> Press:
    return Press(crew, crew.bot.add_broadcast("Lunas", "lunas"), database.owner)


@pytest.fixture
async def app() -> AsyncIterator[HttpAppSimulator]:
    async with HttpAppSimulator() as running:
        yield running


async def test_a_post_goes_out_when_its_time_comes_and_once(press: Press) -> None:
    post = await press.plan()
    assert (await press.run(post.id)).state == "planned"
    assert press.shown() == []
    await press.pass_s(60)
    out = await press.run(post.id)
    assert (out.state, len(out.platform_ids), out.published_at) == ("published", 1, press.clock.at)
    await press.run(post.id)
    assert press.shown() == ["Good evening, Lisbon"]


async def test_a_post_whose_wake_up_was_lost_is_found_by_the_sweep_and_published_by_the_job(press: Press) -> None:
    post = await press.plan(in_s=0)
    await sweep_house(press.crew.ctx)
    (given,) = await press.queued()
    await JOBS["PublishPost"]({"engine": press.crew.engine}, *given)
    assert press.shown() == ["Good evening, Lisbon"]
    assert (await press.load(post.id)).state == "published"
    await press.crew.engine.house.redis.flushdb()
    await sweep_house(press.crew.ctx)
    assert await press.queued() == [], "what is out is left alone"


async def test_many_workers_at_once_publish_it_once(press: Press) -> None:
    post = await press.plan(in_s=0)
    await asyncio.gather(*(publish(press.crew.engine, press.agency, post.id) for _ in range(12)))
    assert (await press.load(post.id)).state == "published"
    assert press.shown() == ["Good evening, Lisbon"]


async def test_pictures_go_out_alone_and_as_an_album_and_are_marked(press: Press) -> None:
    pictures = [await press.picture(colour) for colour in ("teal", "gold", "plum")]
    one = await press.plan("One", in_s=0, asset_ids=(pictures[0],), language="pt")
    await press.run(one.id)
    several = await press.plan("Three", in_s=0, asset_ids=tuple(pictures), made_by_ai=False)
    out = await press.run(several.id)
    assert (out.state, len(out.platform_ids)) == ("published", 3)
    shown = press.broadcast.messages("bot")
    assert [entry.text for entry in shown] == [f"One\n\n{mark_in('pt').line}", "Three", "", ""]
    assert {entry.group for entry in shown[1:]} == {shown[1].group}
    assert [len(entry.files) for entry in shown] == [1, 1, 1, 1]
    assert press.crew.simulator.calls_of("sendMediaGroup")[0].params.text("chat_id") == "@lunas"


async def test_captions_differ_by_place_and_each_place_goes_by_itself(press: Press, app: HttpAppSimulator) -> None:
    await connect_app(press, app)
    places = (PlaceWish("telegram/luna", "@lunas"), PlaceWish("http/luna", "wall", "For the app"))
    picture = await press.picture()
    await press.plan("For all", in_s=0, places=places, asset_ids=(picture,))
    planned = await press.run_due()
    assert [(post.platform, post.state) for post in planned] == [("telegram", "published"), ("http", "published")]
    assert len({post.group_id for post in planned}) == 1
    (shown,) = app.posts
    assert (shown.text, shown.target, shown.files, shown.made_by_ai) == ("For the app", "wall", (str(picture),), True)
    assert press.shown() == [f"For all\n\n{mark_in('en').line}"]
    assert shown.key == str(planned[1].id)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"caption": "x" * 4097}, "at most 4096"),
    ({"caption": "  "}, "words or pictures"),
    ({"places": (PlaceWish("telegram/luna", "12345"),)}, "no place for posts"),
    ({"places": (PlaceWish("telegram/luna"),)}, "broadcast chat's @name"),
    ({"places": (PlaceWish("discord/luna"),)}, "there are telegram/luna"),
    ({"at": "2020-01-01 12:00"}, "time is over"),
    ({"zone": "Mars/Base"}, "no time zone"),
    ({"repeat": "now and then"}, "no rule"),
]


async def test_what_could_not_go_out_is_refused_when_it_is_planned(press: Press) -> None:
    for more, words in REFUSED:
        with pytest.raises(BadInput, match=words):
            await press.plan(**more)
    assert await press.all() == []


async def test_a_caption_under_pictures_is_shorter_and_counts_its_mark(press: Press) -> None:
    picture = await press.picture()
    mark = len(mark_in("en").line) + 2
    await press.plan("x" * (1024 - mark), asset_ids=(picture,))
    with pytest.raises(BadInput, match="at most 1024"):
        await press.plan("x" * (1025 - mark), asset_ids=(picture,))
    with pytest.raises(BadInput, match="not in the influencer's vault"):
        await press.plan(asset_ids=(press.agency,))


async def test_a_platform_that_publishes_nothing_says_so_when_planned(press: Press) -> None:
    mute = {**press.crew.engine.platforms, "telegram": MailPlatform()}
    press.crew.engine = structs.replace(press.crew.engine, platforms=mute)
    with pytest.raises(BadInput, match="Nothing can be published on telegram from here; posts go out on http"):
        await press.plan()


async def test_a_platform_that_asks_to_wait_is_waited_for(press: Press) -> None:
    post = await press.plan(in_s=0)
    press.crew.simulator.faults.rate_limit("sendMessage", 30)
    waiting = await press.run(post.id)
    assert (waiting.state, waiting.failures, waiting.error_class) == ("pending", 0, "RateLimited")
    assert (await press.run(post.id)).attempts == 1, "it waits"
    await press.pass_s(31)
    assert (await press.run(post.id)).state == "published"
    assert press.shown() == ["Good evening, Lisbon"]


async def test_a_refusal_fails_with_what_to_do_and_goes_out_once_when_that_was_done(press: Press) -> None:
    press.broadcast.admin = False
    post = await press.plan(in_s=0)
    failed = await press.run(post.id)
    assert failed.state == "failed"
    assert "administrator" in (failed.error or "")
    press.broadcast.admin = True
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        again = await calendar.settle(unit, press.crew.engine.platforms, post.id, "again", press.clock.at, "mia")
    assert (again.state, again.approved_by) == ("planned", "mia")
    assert (await press.run(post.id)).state == "published"
    assert len(press.shown()) == 1


async def test_a_bot_that_was_thrown_out_is_told_as_such(press: Press) -> None:
    press.broadcast.member = False
    post = await press.run((await press.plan(in_s=0)).id)
    assert (post.state, post.error_class) == ("failed", "Refused")
    assert "make it an administrator" in (post.error or "")


async def test_a_token_that_is_refused_holds_the_post_until_it_is_late(press: Press) -> None:
    press.crew.simulator.bots.clear()
    post = await press.plan(in_s=0, late_s=3600)
    held = await press.run(post.id)
    assert (held.state, held.error_class) == ("pending", CredentialExpired.__name__)
    await press.pass_s(3700)
    given_up = await press.run(post.id)
    assert (given_up.state, given_up.error_class) == ("failed", "Missed")
    assert "does not know this bot token" in (given_up.error or "")


async def test_a_picture_that_is_gone_fails_the_post(press: Press) -> None:
    post = await press.plan(in_s=0, asset_ids=(await press.picture(),))
    await press.ask("DELETE FROM assets RETURNING id")
    failed = await press.run(post.id)
    assert (failed.state, press.shown()) == ("failed", [])
    assert "not in the vault" in (failed.error or "")


async def test_an_edit_of_the_time_moves_the_post(press: Press) -> None:
    post = await press.plan(in_s=60)
    await press.pass_s(30)
    later = (press.clock.at + timedelta(hours=2)).strftime("%Y-%m-%d %H:%M")
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        moved = await calendar.edit(unit, press.crew.engine.platforms, post.id, PostChange(at=later), press.clock.at)
    await press.pass_s(60)
    assert (await press.run(post.id)).state == "planned"
    press.clock.at = moved.planned_at
    assert (await press.run(post.id)).state == "published"


async def test_publish_now_lets_it_out_before_its_time(press: Press) -> None:
    post = await press.plan(in_s=86_400)
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        await calendar.publish_now(unit, press.crew.engine.platforms, post.id, press.clock.at, "mia")
    assert (await press.run(post.id)).state == "published"
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        with pytest.raises(Refused, match="published; it cannot be changed"):
            await calendar.publish_now(unit, press.crew.engine.platforms, post.id, press.clock.at, "mia")
        with pytest.raises(Refused, match="cannot be changed"):
            await calendar.edit(unit, press.crew.engine.platforms, post.id, PostChange(caption="x"), press.clock.at)


async def test_an_influencer_whose_age_nobody_states_any_more_publishes_nothing(press: Press) -> None:
    post = await press.plan(in_s=0)
    await press.ask("UPDATE influencers SET active = false RETURNING id")
    failed = await press.run(post.id)
    assert (failed.state, press.shown()) == ("failed", [])
    assert "stated its age" in (failed.error or "")


async def test_an_account_that_is_no_more_connected_fails_the_post(press: Press) -> None:
    post = await press.plan(in_s=0)
    await press.ask("UPDATE accounts SET active = false RETURNING id")
    assert (await press.run(post.id)).error == "The account of this post is not connected any more."
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        assert await accounts.list_accounts(unit) == []


async def test_a_zone_whose_rules_changed_keeps_the_local_time(press: Press) -> None:
    """Whatever instant was computed when it was planned, the clock on the wall counts when it is to go out."""
    post = await press.plan(in_s=60)
    await press.ask("UPDATE posts SET planned_at = planned_at - interval '1 hour' RETURNING id")
    waiting = await press.run(post.id)
    assert (waiting.state, waiting.planned_at) == ("planned", post.planned_at)
    await press.pass_s(60)
    assert (await press.run(post.id)).state == "published"
