"""Incident 19: a refusal was reported of a post that was live. The platform's list is looked at before anybody is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from evals.simulators.http import HttpAppSimulator
from studio.calendar import PlaceWish
from tests.conftest import TestDatabase
from tests.workers.conftest import Crew
from tests.workers.press import Press, connect_app

APP = (PlaceWish("http/luna", "wall"),)


@pytest.fixture
async def press(crew: Crew, database: TestDatabase) -> Press:
    return Press(crew, crew.bot.add_broadcast("Lunas", "lunas"), database.owner)


@pytest.fixture
async def app() -> AsyncIterator[HttpAppSimulator]:
    async with HttpAppSimulator() as running:
        yield running


async def test_a_refusal_of_what_stands_in_the_list_is_no_failure(press: Press, app: HttpAppSimulator) -> None:
    await connect_app(press, app)
    live = await press.plan("Live", in_s=0, places=APP)
    app.faults.drop_after("post.publish")  # shown, and the answer lost
    app.faults.refuse("post.publish", 403, body=b'{"error":"blocked"}', times=9)  # so says the app to the repeats
    told = await press.run(live.id)
    assert (told.state, told.error) == ("published", None)
    assert told.platform_ids == (app.posts[0].id,)


async def test_a_refusal_at_once_is_looked_up_too(press: Press, app: HttpAppSimulator) -> None:
    """By its words, where the list keeps no ids; and not by the words of another post."""
    await connect_app(press, app)
    first = await press.run((await press.plan("The same words", in_s=0, places=APP)).id)
    for shown in app.posts:
        shown.key = None  # type: ignore[assignment]  # an app that keeps no ids
    app.faults.refuse("post.publish", 403)
    second = await press.run((await press.plan("The same words", in_s=0, places=APP)).id)
    assert (first.state, second.state) == ("published", "failed")
    assert "refused" in (second.error or "").lower()
    assert len(app.calls_of("list")) == 3
