"""What tests of the calendar need: a crew whose clock stands still, a broadcast chat, and an app that shows posts."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import structs
from PIL import Image

from cli.accounts.http import AppConnected, AppWanted, connect_http
from core.ids import new_id
from core.nouns import Account
from core.outbound import AssetRef
from evals.simulators.http import AppKeys, HttpAppSimulator
from evals.simulators.telegram import BroadcastChat
from gateway.platforms.http.wire import Options
from storage import posts
from storage.accounts import find_account
from storage.jobs import QUEUE
from storage.packs import put_asset
from storage.posts import Post
from studio import calendar
from studio.calendar import PlaceWish, PostWish
from tests.storage.world import NOON
from tests.workers.conftest import Crew
from workers.jobs.plan_posts import plan_posts
from workers.publishing import publish


class StandingClock:
    """A clock that goes on when it is told to."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.at


class Press:
    """Luna's calendar, with the worker that publishes from it."""

    def __init__(self, crew: Crew, broadcast: BroadcastChat, owner: str) -> None:
        self.crew, self.broadcast, self.owner = crew, broadcast, owner
        self.clock = StandingClock()
        crew.engine = structs.replace(crew.engine, clock=self.clock)
        self.agency = crew.account.agency_id

    async def plan(self, caption: str = "Good evening, Lisbon", in_s: float = 60.0, **more: Any) -> Post:
        """Plan one post, in UTC, in Luna's broadcast chat unless `places` say otherwise."""
        at = (self.clock.at + timedelta(seconds=in_s)).strftime("%Y-%m-%d %H:%M")
        places = more.pop("places", (PlaceWish("telegram/luna", self.broadcast.target),))
        wish = PostWish(influencer="luna", places=places, at=more.pop("at", at), caption=caption, **{"zone": "UTC", **more})
        async with self.crew.engine.house.app.unit(self.agency) as unit:
            (post, *_) = await calendar.plan(unit, self.crew.engine.platforms, wish, self.clock.at, "mia")
        return post

    async def run(self, post_id: UUID) -> Post:
        """Run the publisher's job once, and return what stands there then."""
        await publish(self.crew.engine, self.agency, post_id, settling_s=0.01)
        return await self.load(post_id)

    async def run_due(self, most: int = 60) -> list[Post]:
        """Run the jobs of all that is due until nothing is, as sweep and queue would; return the calendar."""
        for _ in range(most):
            for series_id in await self.ask("SELECT id FROM post_series WHERE active AND next_at <= $1", self.clock.at):
                await plan_posts({"engine": self.crew.engine}, str(self.agency), str(series_id))
            due = await self.ask(
                "SELECT id FROM posts WHERE state IN ('planned', 'pending') AND planned_at <= $1"
                " AND not_before <= clock_timestamp() ORDER BY planned_at",
                self.clock.at,
            )
            if not due:
                break
            for post_id in due:
                await self.run(post_id)
        return await self.all()

    async def pass_s(self, seconds: float) -> None:
        """Let time pass: for the clock, and for what was put off."""
        self.clock.at += timedelta(seconds=seconds)
        await self.ask("UPDATE posts SET not_before = not_before - make_interval(secs => $1) RETURNING id", seconds)

    async def load(self, post_id: UUID) -> Post:
        async with self.crew.engine.house.app.unit(self.agency) as unit:
            return await posts.load_post(unit, post_id)

    async def all(self) -> list[Post]:
        async with self.crew.engine.house.app.unit(self.agency) as unit:
            return await posts.list_posts(unit, limit=500)

    async def ask(self, query: str, *arguments: Any) -> list[Any]:
        """Ask the database as its owner, and return the first column."""
        owner = await asyncpg.connect(self.owner)
        try:
            return [row[0] for row in await owner.fetch(query, *arguments)]
        finally:
            await owner.close()

    async def picture(self, colour: str = "teal") -> UUID:
        """Put a picture into Luna's vault."""
        data = io.BytesIO()
        Image.new("RGB", (64, 80), colour).save(data, "JPEG")
        sha256 = hashlib.sha256(data.getvalue()).digest()
        asset = AssetRef(new_id(), f"assets/{sha256.hex()}", "image/jpeg", 64, 80)
        await self.crew.engine.house.blobs.put(asset.blob_key, data.getvalue(), asset.mime)
        async with self.crew.engine.house.app.unit(self.agency) as unit:
            return await put_asset(unit, self.crew.account.influencer_id, asset, sha256, len(data.getvalue()))

    async def queued(self) -> list[list[str]]:
        """Return what the jobs were given that wait to publish something."""
        jobs = await self.crew.engine.house.redis.queued_jobs(queue_name=QUEUE)
        return [list(job.args) for job in jobs if job.function == "PublishPost"]

    def shown(self) -> list[str]:
        """What the readers of the broadcast chat see, in order."""
        return [entry.text for entry in self.broadcast.messages("bot")]


async def connect_app(press: Press, app: HttpAppSimulator, **options: Any) -> Account:
    """Connect an app to Luna that shows posts."""
    house = press.crew.engine.house
    wanted = AppWanted("luna", "luna", Options(url=app.url, **{"list_url": app.list_url, **options}))
    connected = await connect_http(house, press.agency, wanted)
    assert isinstance(connected, AppConnected)
    app.connect("http://127.0.0.1:9/nowhere", AppKeys([connected.inbound_secret], [connected.outbound_secret]))
    return await find_account(house.app, house.seal, "http", "luna")
