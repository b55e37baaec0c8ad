"""A platform of the tests' own: it takes what it is sent, fails as scripted, and may keep keys or a list."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from core.inbound import InboundEcho
from core.nouns import Account
from core.outbound import Part, Sent, TextPart
from core.platform_policy import PlatformPolicy, Rate
from core.platforms import SentItem
from storage.ingress import Arrival, ingest
from tests.storage.world import NOON
from tests.workers.conftest import Crew
from workers.outbox import Outbox


class Letter:
    """One thing that arrived."""

    def __init__(self, number: int, chat: str, text: str, key: str) -> None:
        self.id, self.chat, self.text, self.key, self.at = f"p{number}", chat, text, key, datetime.now(UTC)


class MailPlatform:
    """Takes messages. `keys`: a repeat under one key is taken once; `before` and `after` hold the errors of the next sends."""

    name = "telegram"  # the tests' account is of that name

    def __init__(self, *, keys: bool = False, window_s: float | None = None, rates: tuple[Rate, ...] = ()) -> None:
        self.policy = PlatformPolicy(text_limit=200, typing_seconds=5.0, rates=rates)
        self.letters: list[Letter] = []
        self.calls: list[str] = []
        self.typed: list[str] = []
        self.before: deque[Exception] = deque()
        self.after: deque[Exception] = deque()
        self.entered, self.let_go, self.arrived = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.let_go.set()
        self.meanwhile: Callable[[], Any] | None = None
        self._keys, self._window_s = keys, window_s

    def texts(self) -> list[str]:
        """What arrived, in order."""
        return [letter.text for letter in self.letters]

    async def wait_for(self, count: int, timeout_s: float = 20.0) -> None:
        """Return once so many messages have arrived. Raises `TimeoutError`."""
        async with asyncio.timeout(timeout_s):
            while len(self.letters) < count:
                self.arrived.clear()
                await self.arrived.wait()

    def split(self, part: Part) -> list[Part]:
        """Cut nothing."""
        return [part]

    async def send(self, account: Account, chat: str, part: Part, key: str) -> Sent:
        """Take a message, or fail as scripted."""
        text = part.text if isinstance(part, TextPart) else part.caption
        self.calls.append(text)
        self.entered.set()
        await self.let_go.wait()
        if self.before:
            raise self.before.popleft()
        known = next((letter for letter in self.letters if self._keys and letter.key == key), None)
        letter = known or Letter(len(self.letters) + 1, chat, text, key)
        if known is None:
            self.letters.append(letter)
            self.arrived.set()
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.after:
            raise self.after.popleft()
        return Sent((letter.id,))

    def may_repeat(self, account: Account) -> bool:
        """Say whether keys are kept."""
        return self._keys

    def reply_window(self, chat: str) -> float | None:
        """Return the same window for every chat."""
        return self._window_s

    async def typing(self, account: Account, chat: str) -> None:
        """Note it."""
        self.typed.append(chat)

    async def close(self) -> None:
        """Close nothing."""


class ListingPlatform(MailPlatform):
    """Tells what it was sent. `shown` puts off what is seen; `refusals` are errors of the next looks."""

    def __init__(self, *, keeps_keys: bool = False, tells: bool = True) -> None:
        super().__init__()
        self.keeps_keys, self.tells = keeps_keys, tells
        self.looks = 0
        self.hidden_looks = 0
        self.refusals: deque[Exception] = deque()

    async def list_sent(self, account: Account, chat: str, since: datetime) -> list[SentItem] | None:
        """List what arrived in a chat."""
        self.looks += 1
        if self.refusals:
            raise self.refusals.popleft()
        if not self.tells:
            return None
        shown = [] if self.looks <= self.hidden_looks else self.letters
        return [
            SentItem(letter.id, letter.at, letter.text, letter.key if self.keeps_keys else None)
            for letter in shown
            if letter.chat == chat and letter.at >= since
        ]


@asynccontextmanager
async def mailing(crew: Crew, mail: MailPlatform, name: str = "w1", settling_s: float = 0.05) -> AsyncIterator[Outbox]:
    """Let the crew send through another platform, from an outbox that settles quickly."""
    crew.engine.platforms["telegram"] = mail  # type: ignore[index]  # a dict in truth
    outbox = crew.restart(name, settling_s)
    try:
        yield outbox
    finally:
        mail.let_go.set()
        await outbox.close()


async def echo(crew: Crew, text: str, key: str, ours: bool | None = None, at: datetime = NOON) -> None:
    """Let something that was sent from our side come back."""
    event = InboundEcho(
        event_key=f"echo-{key}", at=at, conversation_key=str(crew.fan.id), message_key=key, text=text, ours=ours
    )
    await ingest(crew.engine.house.app, [Arrival(crew.account, event, b"{}", f"corr-echo-{key}", 0.0, 0.0)])
