"""The running house as the journeys treat it: killed in parts, locked, and asked what it has really written."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
from msgspec import Struct

from cli.accounts.http import AppWanted, connect_http
from cli.accounts.owned import agency_of
from cli.scratch.stack import Scratch
from cli.scratch.telegram import connect_bot
from cli.stack.supervisor import Backoff
from evals.simulators.http import AppKeys, HttpAppSimulator
from evals.simulators.ollama import OllamaSimulator
from evals.simulators.telegram import Bot, TelegramSimulator
from gateway.platforms.http.wire import Options
from storage.house import open_house
from tests.journeys.fan_page import FanPage

PATIENCE_S = 60.0


class Ledger(Struct, frozen=True):
    """What is written of one conversation."""

    messages: list[str]
    unanswered: int
    turns: int
    delivery_states: Counter[str]
    deliveries_per_message: int


class Town:
    """One scratch stack."""

    def __init__(self, scratch: Scratch, telegram: TelegramSimulator, ollama: OllamaSimulator, app: HttpAppSimulator) -> None:
        """Use a running stack, and the simulators that it talks to."""
        self.scratch, self.telegram, self.ollama, self.app = scratch, telegram, ollama, app
        self.url = scratch.url

    async def connect_bot(self, name: str) -> Bot:
        """Give an influencer a bot that pushes to the gateway."""
        bot = self.telegram.add_bot(name)
        await connect_bot(self.scratch.settings, self.url, bot.token, name.lower())
        return bot

    async def connect_app(self, slug: str) -> None:
        """Connect the app with an influencer."""
        wanted = AppWanted(slug, slug, Options(url=self.app.url, list_url=self.app.list_url))
        async with open_house(self.scratch.settings, "journey", connections=2) as house:
            made = await connect_http(house, await agency_of(house, self.scratch.settings), wanted)
        assert made is not None
        self.app.connect(f"{self.url}{made.path}", AppKeys([made.inbound_secret], [made.outbound_secret]))

    def kill(self, part: str) -> None:
        """End a part as nothing can prepare for."""
        pid = self.scratch.stack.state.parts[part].pid
        assert pid is not None, f"{part} does not run"
        os.kill(pid, signal.SIGKILL)

    async def kill_and_wait(self, part: str) -> None:
        """Kill a part and wait until its successor serves."""
        restarts = self.scratch.stack.state.parts[part].restarts
        self.kill(part)
        await until(lambda: self._is_back(part, restarts), f"{part} is back")

    async def _is_back(self, part: str, restarts: int) -> bool:
        state = self.scratch.stack.state.parts[part]
        return state.restarts > restarts and state.state == "running"

    async def runs(self, part: str) -> bool:
        """Tell whether a part serves."""
        return self.scratch.stack.state.parts[part].state == "running"

    @asynccontextmanager
    async def slow_restarts(self, seconds: float) -> AsyncIterator[None]:
        """Let the supervisor take its time before a restart."""
        supervisor = self.scratch.stack.supervisor
        before, supervisor.backoff = supervisor.backoff, Backoff(first=seconds, longest=seconds)
        try:
            yield
        finally:
            supervisor.backoff = before

    @asynccontextmanager
    async def database(self) -> AsyncIterator[asyncpg.Connection]:
        """Open the stack's database as its superuser."""
        password = (self.scratch.stack.folder.secrets / "postgres.password").read_text().strip()
        socket = self.scratch.stack.state.parts["postgres"].address
        connection = await asyncpg.connect(host=socket, user="postgres", password=password, database="muse")
        try:
            yield connection
        finally:
            await connection.close()

    async def ledger_at_rest(self, fan: FanPage) -> Ledger:
        """Wait until everything a fan said is answered and everything said to the fan has left; return what is written."""
        handle = await fan.handle()
        found: list[Ledger] = []

        async def at_rest() -> bool:
            found[:] = [await self._ledger(handle)]
            return not found[0].unanswered and found[0].delivery_states.keys() <= {"sent"}

        await until(at_rest, f"the conversation is at rest; now {found}")
        return found[0]

    async def _ledger(self, handle: str) -> Ledger:
        async with self.database() as database:
            chat = await database.fetchval("SELECT id FROM conversations WHERE platform_key = $1", handle)
            messages = await database.fetch(
                "SELECT text, answered_by FROM messages WHERE conversation_id = $1 AND direction = 'in' ORDER BY id", chat
            )
            turns = await database.fetchval("SELECT count(*) FROM turns WHERE conversation_id = $1", chat)
            deliveries = await database.fetch("SELECT message_id, state FROM deliveries WHERE conversation_id = $1", chat)
        per_message = Counter(row["message_id"] for row in deliveries)
        return Ledger(
            [row["text"] for row in messages],
            sum(row["answered_by"] is None for row in messages),
            turns,
            Counter(row["state"] for row in deliveries),
            max(per_message.values(), default=0),
        )


async def until(condition: Callable[[], Awaitable[object]], what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not await condition():
        assert time.monotonic() < deadline, f"{what}: it did not happen in time"
        await asyncio.sleep(0.05)
