"""A storm over the calendar: whatever breaks at whatever moment, no post is seen twice and none in doubt is hidden."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID

import pytest

from core.errors import MuseError
from evals.simulators.http import HttpAppSimulator
from storage.ledger import check_ledger
from storage.posts import Post
from studio import calendar
from studio.calendar import PlaceWish, PostChange
from tests.conftest import TestDatabase
from tests.workers.conftest import Crew
from tests.workers.press import Press, connect_app
from workers.publishing import publish

POSTS = 32
METHODS = {"telegram": "sendMessage", "http": "post.publish"}


@pytest.fixture
async def app() -> AsyncIterator[HttpAppSimulator]:
    async with HttpAppSimulator() as running:
        yield running


class Storm:
    """Posts on two platforms, and a seeded hand that breaks things."""

    def __init__(self, press: Press, app: HttpAppSimulator, seed: int) -> None:
        self.press, self.app, self.dice = press, app, random.Random(seed)

    async def strike(self, post: Post) -> None:
        """Run the job of one post while something goes wrong, with another worker at the same post."""
        faults = self.press.crew.simulator.faults if post.platform == "telegram" else self.app.faults
        method = METHODS[post.platform]
        match self.dice.choice(["none", "before", "after", "refuse", "wait", "kill", "cancel", "edit"]):
            case "before":
                faults.drop_before(method)
            case "after":
                faults.drop_after(method)
            case "refuse":
                self._refuse(post.platform)
            case "wait":
                self._wait(post.platform)
            case "kill":
                await self.kill(post.id, self.dice.random() * 0.05)
            case "cancel":
                await self.meddle(post.id, cancel=True)
            case "edit":
                await self.meddle(post.id, cancel=False)
        await asyncio.gather(*(self._publish(post.id) for _ in range(2)))

    def _refuse(self, platform: str) -> None:
        if platform == "telegram":
            self.press.crew.simulator.faults.error("sendMessage", 502)
        else:
            self.app.faults.refuse("post.publish", 403)

    def _wait(self, platform: str) -> None:
        if platform == "telegram":
            self.press.crew.simulator.faults.rate_limit("sendMessage", 5)
        else:
            self.app.faults.refuse("post.publish", 429, retry_after="5")

    async def kill(self, post_id: UUID, after_s: float) -> None:
        task = asyncio.create_task(self._publish(post_id))
        await asyncio.sleep(after_s)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def meddle(self, post_id: UUID, *, cancel: bool) -> None:
        """Change a post, or take it off, while it goes out; being told that it is too late is all that may happen."""
        running = asyncio.create_task(self._publish(post_id))
        await asyncio.sleep(self.dice.random() * 0.02)
        with suppress(MuseError):
            async with self.press.crew.engine.house.app.unit(self.press.agency) as unit:
                if cancel:
                    await calendar.cancel(unit, post_id, "mia")
                else:
                    change = PostChange(caption=f"{post_id} edited")
                    await calendar.edit(unit, self.press.crew.engine.platforms, post_id, change, self.press.clock.at)
        await running

    async def _publish(self, post_id: UUID) -> None:
        with suppress(MuseError):
            await publish(self.press.crew.engine, self.press.agency, post_id, settling_s=0.002)

    async def settle_down(self) -> list[Post]:
        """Let time pass until nothing waits: hanging claims are judged, what was put off goes out."""
        self.press.crew.simulator.faults.clear()
        self.app.faults.clear()
        for _ in range(6):
            await self.press.ask("UPDATE posts SET claimed_at = claimed_at - interval '1 hour' RETURNING id")
            await self.press.pass_s(30)
            for post in await self.press.all():
                if post.state in ("planned", "pending", "publishing"):
                    await self._publish(post.id)
        return await self.press.all()


@pytest.mark.parametrize("seed", [18])
async def test_no_post_is_seen_twice_and_each_in_doubt_is_shown(
    crew: Crew, database: TestDatabase, app: HttpAppSimulator, seed: int
) -> None:
    press = Press(crew, crew.bot.add_broadcast("Lunas", "lunas"), database.owner)
    await connect_app(press, app)
    places = [PlaceWish("telegram/luna", "@lunas"), PlaceWish("http/luna", "wall")]
    planned = [await press.plan(f"number {n}", in_s=0, places=(places[n % 2],)) for n in range(POSTS)]
    for post in planned:
        async with press.crew.engine.house.app.unit(press.agency) as unit:
            named = PostChange(caption=str(post.id))
            await calendar.edit(unit, press.crew.engine.platforms, post.id, named, press.clock.at)
    storm = Storm(press, app, seed)
    for post in planned:
        await storm.strike(post)
    ended = await storm.settle_down()
    seen = Counter(text.split()[0] for text in [*press.shown(), *(shown.text for shown in app.posts)])
    states = Counter(post.state for post in ended)
    assert not [post for post, times in seen.items() if times > 1]
    assert set(states) <= {"published", "failed", "unknown", "cancelled"}, states
    for post in ended:
        if post.state == "published":
            assert seen[str(post.id)] == 1, "told to be out, and nobody sees it"
        elif post.state in ("failed", "cancelled"):
            assert seen[str(post.id)] == 0, "told not to be out, and it is"
    assert states["published"] > POSTS / 3
    assert states["unknown"] > 0
    assert all(post.platform == "telegram" for post in ended if post.state == "unknown"), "an app knows its ids"
    assert await check_ledger(press.crew.engine.house.app, press.crew.engine.house.sweep) == []
