"""Many fans of one bot: all at once, at a fixed rate, or one message after the other for as long as it is asked.

What is timed is what a fan sees: from the moment they send to the moment the answer stands in their chat.
"""

from __future__ import annotations

import asyncio
import time

from msgspec import Struct

from evals.bench.figures import percentile
from evals.bench.sentences import Sentences
from evals.simulators.telegram import Bot, TelegramSimulator, TelegramUser

PATIENCE_S = 60.0
GREETED_AT_ONCE = 32
CALM_S = 0.6


class Answers(Struct, frozen=True):
    """What came of a load: seconds each answered message took, messages without an answer, seconds from first to last."""

    took: list[float]
    missing: int
    span_s: float

    @property
    def rate(self) -> float:
        """Return answers a second."""
        return len(self.took) / self.span_s

    def ms(self, share: float) -> float:
        """Return a percentile in milliseconds; a message that was never answered counts as one that took for ever."""
        return percentile([*self.took, *[PATIENCE_S] * self.missing], share) * 1000


class Crowd:
    """Some fans of one bot, with texts that never repeat."""

    def __init__(
        self,
        telegram: TelegramSimulator,
        bot: Bot,
        size: int,
        sentences: Sentences | None = None,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Make the fans; nothing is sent yet. `patience_s`: how long each waits for an answer."""
        self.telegram, self.bot, self.patience_s = telegram, bot, patience_s
        self.fans = [telegram.add_user(f"Fan{number}") for number in range(size)]
        self.sentences = sentences or Sentences()

    async def greet(self) -> None:
        """Let everybody press Start and read what the influencer says to a newcomer, some at a time."""
        slots = asyncio.Semaphore(GREETED_AT_ONCE)

        async def begin(fan: TelegramUser) -> None:
            async with slots:
                since = len(fan.chat(self.bot).transcript)
                fan.start(self.bot)
                await fan.chat(self.bot).wait_for(1, self.patience_s, since=since)

        async with asyncio.TaskGroup() as group:
            for fan in self.fans:
                group.create_task(begin(fan))
        await self.calm()

    async def calm(self) -> None:
        """Wait until the platform hears nothing more: replies have several parts, and facts are indexed after them."""
        seen = -1
        while seen != len(self.telegram.calls):
            seen = len(self.telegram.calls)
            await asyncio.sleep(CALM_S)

    async def ask(self, fan: TelegramUser, text: str = "") -> float:
        """Write and return the seconds until the first part of the answer. Raises `TimeoutError`."""
        chat = fan.chat(self.bot)
        began = time.monotonic()
        fan.send_text(self.bot, text or self.sentences.new())
        [answer, *_] = await chat.wait_for(1, self.patience_s, since=len(chat.transcript))
        return answer.at - began

    async def all_at_once(self, texts: list[str] | None = None) -> Answers:
        """Let everybody write in the same moment; `span_s` ends with the last answer."""
        said = texts or [self.sentences.new() for _ in self.fans]
        began = time.monotonic()
        tasks = [asyncio.create_task(self.ask(fan, text)) for fan, text in zip(self.fans, said, strict=True)]
        return await _gather(tasks, began)

    async def at_rate(self, per_s: float, seconds: float) -> Answers:
        """Write at a fixed rate, whatever comes back: an open loop, each message by the next fan in the row."""
        began, tasks = time.monotonic(), []
        for number in range(round(per_s * seconds)):
            await asyncio.sleep(max(0.0, began + number / per_s - time.monotonic()))
            tasks.append(asyncio.create_task(self.ask(self.fans[number % len(self.fans)])))
        return await _gather(tasks, began)

    async def in_turns(self, seconds: float) -> Answers:
        """Let everybody write again as soon as they were answered: a closed loop, as fast as answers come."""
        began, took = time.monotonic(), []
        until = began + seconds

        async def talk(fan: TelegramUser) -> None:
            while time.monotonic() < until:
                spent = await self.ask(fan)
                if time.monotonic() <= until:  # what ends after the window is not counted with its seconds
                    took.append(spent)

        async with asyncio.TaskGroup() as group:
            for fan in self.fans:
                group.create_task(talk(fan))
        return Answers(took, 0, seconds)


async def _gather(tasks: list[asyncio.Task[float]], began: float) -> Answers:
    await asyncio.wait(tasks)
    took = [task.result() for task in tasks if task.exception() is None]
    return Answers(took, len(tasks) - len(took), time.monotonic() - began)
