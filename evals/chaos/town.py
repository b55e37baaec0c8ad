"""The outside of a run: two bots, hundreds of fans who write to them, a model server; and everything that fans said."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from msgspec import Struct

from evals.chaos.brain import MARK, NONCE, EchoBrain
from evals.chaos.plan import Burst, Focus
from evals.chaos.steps import Gate
from evals.chaos.trade import PLACE, Easel, Till
from evals.chaos.weather import ACTS, Weather
from evals.simulators.ollama import OllamaSimulator
from evals.simulators.replicate import SDXL, ReplicateSimulator
from evals.simulators.telegram import ApiCall, Bot, Retries, TelegramSimulator, TelegramUser

MODEL = "llama3.2"
ACCOUNTS = ("luna", "matteo")  # the first pushes to the webhook, the second is polled
STUBBORN = Retries(attempts=1_000_000, first_s=0.05, longest_s=0.5, timeout_s=10.0)
REPEAT_S = (0.0, 2.0)


class Said(Struct, frozen=True):
    """One message of a fan, as they sent it."""

    account: str
    chat: str
    key: str
    text: str
    burst: int
    update_id: int
    at: float


class Town:
    """Fans, bots and model of one run."""

    def __init__(
        self,
        seed: int,
        focus: Focus,
        telegram: TelegramSimulator,
        ollama: OllamaSimulator,
        gate: Gate,
        replicate: ReplicateSimulator | None = None,
    ) -> None:
        """Open every fan's chat; bots are connected by whoever starts the stack."""
        self.focus, self.telegram, self.ollama, self.gate = focus, telegram, ollama, gate
        self.brain = EchoBrain(seed, focus, gate)
        self.weather = Weather(seed, focus)
        self.bots: dict[str, Bot] = {name: telegram.add_bot(name.title()) for name in ACCOUNTS}
        self.fans = [telegram.add_user(f"Fan {number}") for number in range(focus.fans)]
        self.till, self.easel, self.replicate = Till(seed, focus), Easel(seed, focus), replicate
        self.broadcast = self.bots[ACCOUNTS[0]].add_broadcast("Lunas", PLACE) if focus.posts else None
        self.said: list[Said] = []
        self.repeated = self.overtaken = 0
        self._chance = random.Random(f"town {seed}")  # noqa: S311 — repeatable, nothing secret
        self._tasks: set[asyncio.Task[object]] = set()
        ollama.brain, telegram.faults, telegram.watch = self.brain, self.weather, self._watch
        if replicate is not None:
            replicate.faults = self.easel

    @property
    def settings(self) -> dict[str, Any]:
        """Return the settings that lead Muse to this town."""
        painting = {
            "image_model": f"replicate:{SDXL.path}",
            "replicate_url": self.replicate.url,
            "replicate_token": self.replicate.token,
            "replicate_hosts": "127.0.0.1",
        } if self.replicate else {}  # fmt: skip
        return painting | {
            "telegram_api_url": self.telegram.base_url,
            "chat_model": f"ollama:{MODEL}",
            "ollama_url": self.ollama.base_url,
        }

    def account_of(self, fan: int) -> str:
        """Return whom a fan writes to."""
        return ACCOUNTS[0] if fan % 4 else ACCOUNTS[1]

    def open_chats(self) -> None:
        """Let every fan have pressed Start before the run: what they say then has no mark."""
        for number, fan in enumerate(self.fans):
            fan.chat(self.bots[self.account_of(number)]).opened = True

    async def write(self, number: int, burst: Burst) -> None:
        """Write one burst, and wait for an answer when this fan does."""
        account = self.account_of(burst.fan)
        bot, fan = self.bots[account], self.fans[burst.fan]
        for text, gap, times, late in zip(burst.texts, burst.gaps, burst.repeats, burst.late, strict=True):
            await asyncio.sleep(gap)
            if late and bot.feed.webhook is not None:
                bot.feed.hold_back(late)
                self.overtaken += 1
            self.send(account, fan, text, number)
            if times:
                self._start_repeats(bot, self.said[-1].update_id, times)
        if burst.waits:
            await self._wait(bot, fan)
        update_id = self.till.visit(account, bot, fan)
        if update_id is not None and self._chance.random() < self.focus.repeats:
            self._start_repeats(bot, update_id, self._chance.randint(1, 3))

    def send(self, account: str, fan: TelegramUser, text: str, burst: int = -1) -> Said:
        """Send one message and remember it."""
        entry = fan.send_text(self.bots[account], text)
        said = Said(account, str(fan.id), str(entry.message_id), text, burst, entry.update_id or 0, time.monotonic())
        self.said.append(said)
        return said

    async def calm(self) -> None:
        """Let platform and model work well from now on, and all repeats out."""
        self.weather.fair = self.easel.fair = self.brain.well = True
        if self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def undelivered(self) -> int:
        """How many updates nobody has taken yet."""
        return sum(len(bot.feed.pending) for bot in self.bots.values() if bot.feed.webhook is not None)

    async def _wait(self, bot: Bot, fan: TelegramUser) -> None:
        chat = fan.chat(bot)
        seen = len(chat.transcript)
        try:
            await chat.wait_for(1, self.focus.patience_s, since=seen)
        except TimeoutError:
            return  # this fan goes on without an answer

    def _start_repeats(self, bot: Bot, update_id: int, times: int) -> None:
        self.repeated += times
        task: asyncio.Task[object] = asyncio.create_task(self._repeat(bot, update_id, times))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _repeat(self, bot: Bot, update_id: int, times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(self._chance.uniform(*REPEAT_S))
            await bot.feed.redeliver(update_id)

    async def _watch(self, call: ApiCall) -> None:
        if call.method.lower() not in ACTS:
            return
        text = call.params.text("text")
        if call.performed:
            self.brain.heard.update(MARK.findall(text))
        words = NONCE.search(text)
        await self.gate.pass_by("sent" if call.performed else "sending", words[0] if words else "")


@asynccontextmanager
async def open_town(seed: int, focus: Focus) -> AsyncIterator[Town]:
    """Start the simulators of a run."""
    async with AsyncExitStack() as open_now:
        telegram = await open_now.enter_async_context(TelegramSimulator(limits=None, retries=STUBBORN))
        ollama = await open_now.enter_async_context(OllamaSimulator())
        replicate = await open_now.enter_async_context(ReplicateSimulator()) if focus.pictures else None
        town = Town(seed, focus, telegram, ollama, Gate(), replicate)
        town.open_chats()
        yield town
