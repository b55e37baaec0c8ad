"""Incident 18: a post whose outcome nobody knew was published again, and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from msgspec import structs

from core.errors import Refused
from evals.simulators.http import HttpAppSimulator
from evals.simulators.telegram import TelegramSimulator
from studio import calendar
from studio.calendar import PlaceWish
from tests.conftest import TestDatabase
from tests.workers.conftest import Crew
from tests.workers.press import Press, connect_app
from workers.jobs.sweep import sweep_house
from workers.publishing import publish

APP = (PlaceWish("http/luna", "wall"),)


@pytest.fixture
async def press(crew: Crew, database: TestDatabase) -> Press:
    return Press(crew, crew.bot.add_broadcast("Lunas", "lunas"), database.owner)


@pytest.fixture
async def app() -> AsyncIterator[HttpAppSimulator]:
    async with HttpAppSimulator() as running:
        yield running


async def kill_while_publishing(press: Press, post_id: object, simulator: TelegramSimulator, *, shown: bool) -> None:
    """End a worker between the claim and the settling, before or after the platform showed the post; time then passes."""
    reached, calls = asyncio.Event(), 0

    async def hold(_call: object) -> None:
        nonlocal calls
        calls += 1
        if calls == (2 if shown else 1):
            reached.set()
            await asyncio.Event().wait()

    simulator.watch = hold
    task = asyncio.create_task(publish(press.crew.engine, press.agency, post_id))  # type: ignore[arg-type]  # an id
    await reached.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    simulator.watch = None
    await press.ask("UPDATE posts SET claimed_at = claimed_at - interval '1 hour' RETURNING id")


@pytest.mark.parametrize("shown", [False, True])
async def test_a_kill_between_claim_and_settling_leaves_a_post_unknown_and_never_a_second_one(
    press: Press, shown: bool
) -> None:
    post = await press.plan(in_s=0)
    await kill_while_publishing(press, post.id, press.crew.simulator, shown=shown)
    assert (await press.load(post.id)).state == "publishing"
    for _ in range(3):
        judged = await press.run(post.id)
    assert (judged.state, judged.error_class) == ("unknown", "OutcomeUnknown")
    await press.pass_s(90_000)
    await press.run_due()
    assert len(press.crew.simulator.calls_of("sendMessage")) == 1
    assert len(press.shown()) == int(shown)


async def test_an_answer_that_got_lost_leaves_it_to_a_person_who_lets_it_out_again_or_not(press: Press) -> None:
    lost, gone = await press.plan("Went out", in_s=0), await press.plan("Did not", in_s=0)
    faults = press.crew.simulator.faults
    faults.drop_after("sendMessage")
    assert (await press.run(lost.id)).state == "unknown"
    faults.error("sendMessage", 502)
    assert (await press.run(gone.id)).state == "unknown"
    platforms = press.crew.engine.platforms
    async with press.crew.engine.house.app.unit(press.agency) as unit:
        with pytest.raises(Refused, match="unknown; it cannot be changed"):
            await calendar.cancel(unit, lost.id, "mia")
        settled = await calendar.settle(unit, platforms, lost.id, "published", press.clock.at, "mia")
        await calendar.settle(unit, platforms, gone.id, "again", press.clock.at, "mia")
    assert (settled.state, settled.approved_by) == ("published", "mia")
    assert (await press.run(gone.id)).state == "published"
    assert press.shown() == ["Went out", "Did not"]


async def test_an_app_that_knows_ids_gets_it_again_under_the_same_one_and_shows_it_once(
    press: Press, app: HttpAppSimulator
) -> None:
    await connect_app(press, app)
    app.faults.drop_after("post.publish")
    app.faults.refuse("post.publish", 502)
    post = await press.run((await press.plan(in_s=0, places=APP)).id)
    assert (post.state, [shown.id for shown in app.posts]) == ("published", list(post.platform_ids))
    calls = app.calls_of("post.publish")
    assert [call.webhook_id for call in calls] == [str(post.id)] * 3
    assert len({call.body for call in calls}) == 1


async def test_a_killed_worker_s_post_is_found_by_the_sweep_and_repeated_under_its_id(
    press: Press, app: HttpAppSimulator
) -> None:
    await connect_app(press, app)
    post = await press.plan(in_s=0, places=APP)
    app.faults.late("post.publish", 0.2)
    task = asyncio.create_task(publish(press.crew.engine, press.agency, post.id))
    while not app.posts:  # noqa: ASYNC110 — the app has no event for what it shows
        await asyncio.sleep(0.01)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await press.ask("UPDATE posts SET claimed_at = claimed_at - interval '1 hour' RETURNING id")
    await sweep_house(press.crew.ctx)
    assert await press.ask("SELECT state FROM posts") == ["publishing"], "the sweep wakes, it does not act"
    assert (await press.run(post.id)).state == "published"
    assert len(app.posts) == 1


async def test_an_app_that_does_not_look_at_ids_is_asked_for_its_list_and_never_sent_a_second(
    press: Press, app: HttpAppSimulator
) -> None:
    await connect_app(press, app, dedupes=False)
    app.faults.drop_after("post.publish")
    shown = await press.run((await press.plan("Shown", in_s=0, places=APP)).id)
    app.faults.drop_before("post.publish")
    lost = await press.run((await press.plan("Lost", in_s=0, places=APP)).id)
    assert (shown.state, shown.platform_ids) == ("published", (app.posts[0].id,))
    assert lost.state == "unknown"
    assert len(app.calls_of("post.publish")) == 2


async def test_a_late_answer_counts_though_the_post_was_given_up_as_unknown(press: Press) -> None:
    """Two workers: the second judges the first one's claim while its call still runs; what the first learns is true."""
    post = await press.plan(in_s=0)

    async def judge(_call: object) -> None:
        press.crew.simulator.watch = None
        await press.ask("UPDATE posts SET claimed_at = claimed_at - interval '1 hour' RETURNING id")
        other = structs.replace(press.crew.engine, name="w2")
        await publish(other, press.agency, post.id, settling_s=0.01)
        assert (await press.load(post.id)).state == "unknown"

    press.crew.simulator.watch = judge
    assert (await press.run(post.id)).state == "published"
    assert len(press.shown()) == 1
