"""Incident 17: a post that was deleted, or edited, after it had been queued went out as it was when it was queued."""

from __future__ import annotations

import pytest

from core.errors import Refused
from studio import calendar
from studio.calendar import PostChange
from tests.conftest import TestDatabase
from tests.workers.conftest import Crew
from tests.workers.press import Press


@pytest.fixture
async def press(crew: Crew, database: TestDatabase) -> Press:
    return Press(crew, crew.bot.add_broadcast("Lunas", "lunas"), database.owner)


async def test_what_is_cancelled_or_deleted_between_wake_up_and_publishing_does_not_go_out(press: Press) -> None:
    cancelled, deleted = await press.plan("Cancelled", in_s=0), await press.plan("Deleted", in_s=0)
    jobs = press.crew.engine.house.jobs
    for post in (cancelled, deleted):
        await jobs.publish_post(press.agency, post.id)  # the wake-ups are on their way
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        await calendar.cancel(unit, cancelled.id, "mia")
    await press.ask("DELETE FROM posts WHERE id = $1 RETURNING id", deleted.id)
    assert (await press.run(cancelled.id)).state == "cancelled"
    with pytest.raises(Refused):
        await press.run(deleted.id)
    assert press.shown() == []
    assert press.crew.simulator.calls == []


async def test_what_is_edited_between_wake_up_and_publishing_goes_out_as_it_stands_then(press: Press) -> None:
    post = await press.plan("Bad news", in_s=0)
    await press.crew.engine.house.jobs.publish_post(press.agency, post.id)
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        await calendar.edit(unit, press.crew.engine.platforms, post.id, PostChange(caption="Good news"), press.clock.at)
    await press.run(post.id)
    assert press.shown() == ["Good news"]


async def test_a_post_that_is_leaving_can_be_neither_changed_nor_cancelled(press: Press) -> None:
    """Whoever tries is told so, instead of believing that it was stopped."""
    post, told = await press.plan(in_s=0), []

    async def meanwhile(_call: object) -> None:
        async with press.crew.engine.house.app.unit(press.agency) as unit:
            for attempt in (
                calendar.cancel(unit, post.id, "mia"),
                calendar.edit(unit, press.crew.engine.platforms, post.id, PostChange(caption="x"), press.clock.at),
                calendar.publish_now(unit, press.crew.engine.platforms, post.id, press.clock.at, "mia"),
            ):
                with pytest.raises(Refused, match="leaving at this moment"):
                    await attempt
                told.append(True)

    press.crew.simulator.watch = meanwhile
    assert (await press.run(post.id)).state == "published"
    assert len(told) == 6  # before the call did anything, and after
    assert press.shown() == ["Good evening, Lisbon"]
