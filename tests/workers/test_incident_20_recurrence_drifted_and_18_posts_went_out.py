"""Incident 20: a plan drifted with every late post, and after an absence all the missed ones went out at once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from core.errors import Refused
from studio import calendar
from tests.conftest import TestDatabase
from tests.workers.conftest import Crew
from tests.workers.press import Press
from workers.jobs.sweep import sweep_house

DAY_S = 86_400.0


@pytest.fixture
async def press(crew: Crew, database: TestDatabase) -> Press:
    return Press(crew, crew.bot.add_broadcast("Lunas", "lunas"), database.owner)


async def test_a_plan_keeps_its_time_however_late_each_post_was(press: Press) -> None:
    await press.plan("Every day", in_s=0, repeat="daily")
    for late_s in (0, 3000, 900, 7200):
        await press.pass_s(late_s)
        await press.run_due()
        await press.pass_s(DAY_S - late_s)
    planned = await press.all()
    first = planned[0].planned_at
    assert [post.planned_at - first for post in planned] == [timedelta(days=n) for n in range(5)]
    assert Counter(post.state for post in planned) == {"published": 4, "planned": 1}


async def test_after_eighteen_days_one_post_goes_out_not_eighteen(press: Press) -> None:
    await press.plan("Every day", in_s=0, repeat="daily")
    await press.run_due()
    await press.pass_s(18 * DAY_S + 600)
    planned = await press.run_due()
    assert press.shown() == ["Every day"] * 2
    assert [post.state for post in planned] == ["published", "failed", "published", "planned"]
    assert planned[1].error_class == "Missed"
    assert planned[2].planned_at + timedelta(days=1) == planned[3].planned_at
    assert await press.ask("SELECT skipped FROM post_series") == [16]


async def test_of_a_plan_whose_posts_may_be_days_late_the_newest_alone_goes_out(press: Press) -> None:
    await press.plan("Every day", in_s=0, repeat="daily", late_s=int(5 * DAY_S))
    await press.run_due()
    await press.pass_s(3 * DAY_S + 600)
    planned = await press.run_due()
    assert press.shown() == ["Every day"] * 2
    assert [(post.state, post.error_class) for post in planned] == [
        ("published", None), ("failed", "Missed"), ("published", None), ("planned", None),
    ]  # fmt: skip


async def test_a_series_that_is_ended_takes_along_what_waits_to_go_out(press: Press) -> None:
    post = await press.plan("Every day", in_s=0, repeat="daily")
    press.crew.simulator.faults.rate_limit("sendMessage", 30)
    assert (await press.run(post.id)).state == "pending"
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        await calendar.cancel(unit, post.id, "ana", series=True)
    await press.pass_s(DAY_S)
    assert {one.state for one in await press.run_due()} == {"cancelled"}
    assert press.shown() == []


async def test_after_an_absence_what_is_too_late_is_given_up_and_the_plan_goes_on(press: Press) -> None:
    await press.plan("Every day", in_s=0, repeat="daily")
    await press.run_due()
    await press.pass_s(9 * DAY_S + 12 * 3600)  # half a day after one: too late for it
    planned = await press.run_due()
    assert [post.state for post in planned] == ["published", "failed", "planned"]
    assert len(press.shown()) == 1
    assert planned[2].planned_at > press.clock.at


async def test_late_posts_leave_one_place_with_minutes_between(press: Press) -> None:
    for n in range(3):
        await press.plan(f"Number {n}", in_s=60.0 * n)
    other = press.crew.bot.add_broadcast("Others", "others")
    await press.plan("Elsewhere", in_s=0, places=(calendar.PlaceWish("telegram/luna", "@others"),))
    await press.pass_s(3600)
    await press.run_due()
    assert press.shown() == ["Number 0"]
    assert len(other.messages("bot")) == 1
    for count in (2, 3):
        await press.pass_s(301)
        await press.run_due()
        assert len(press.shown()) == count


async def test_the_local_time_of_a_plan_stays_when_the_clocks_change(press: Press) -> None:
    await press.plan("Weekly", at="2026-10-18 18:00", zone="Europe/Lisbon", repeat="weekly")
    for _ in range(3):
        press.clock.at = (await press.all())[-1].planned_at
        await press.run_due()
    planned = await press.all()
    assert [post.planned_at.hour for post in planned] == [17, 18, 18, 18]
    assert {post.local_at.hour for post in planned} == {18}


async def test_a_cancelled_post_does_not_end_the_plan_and_an_ended_plan_brings_none(press: Press) -> None:
    post = await press.plan("Every day", in_s=60, repeat="daily x 3")
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        await calendar.cancel(unit, post.id, "mia")
    await press.pass_s(120)
    await sweep_house(press.crew.ctx)  # finds the plan by itself, by the database's clock
    planned = await press.run_due()
    assert [one.state for one in planned] == ["cancelled", "planned"]
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        await calendar.cancel(unit, planned[1].id, "mia", series=True)
    await press.pass_s(3 * DAY_S)
    assert [one.state for one in await press.run_due()] == ["cancelled", "cancelled"]
    single = await press.plan("Once")
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        with pytest.raises(Refused, match="no series"):
            await calendar.cancel(unit, single.id, "mia", series=True)
    assert press.shown() == []


async def test_a_plan_of_so_many_ends_by_itself(press: Press) -> None:
    await press.plan("Twice", in_s=0, repeat="daily x 2")
    for _ in range(4):
        await press.run_due()
        await press.pass_s(DAY_S)
    assert press.shown() == ["Twice", "Twice"]
    assert await press.ask("SELECT active FROM post_series") == [False]
