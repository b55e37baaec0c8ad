"""A scripted fan: writes, waits for the answer as a person would, and remembers how long it took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from msgspec import Struct

from evals.demo.desk import Desk, Turn
from evals.demo.verdicts import Verdicts
from evals.simulators.telegram import Bot, Chat, Entry, TelegramUser

PATIENCE_S = 20.0
AFTERTHOUGHT_S = 0.5
REPEATS_WATCHED_S = 3.0


class Answer(Struct, frozen=True):
    """What came back: entries in order, seconds from the fan's last words to the first of them, and the turns it took."""

    entries: list[Entry]
    seconds: float
    turns: list[Turn]

    @property
    def text(self) -> str:
        """Return all words of it."""
        return "\n".join(entry.text for entry in self.entries)

    @property
    def packs(self) -> list[Entry]:
        """Return what was offered for Stars."""
        return [entry for entry in self.entries if entry.kind == "paid_media"]


class DemoFan:
    """One of the three. `paces` holds the seconds to each answer, by the message that began it."""

    def __init__(self, user: TelegramUser, bot: Bot, desk: Desk, verdicts: Verdicts) -> None:
        self.user, self.bot, self.desk, self._verdicts = user, bot, desk, verdicts
        self.paces: dict[int, float] = {}

    @property
    def name(self) -> str:
        """Return the first name."""
        return self.user.person.first_name

    @property
    def chat(self) -> Chat:
        """Return the chat as the fan sees it."""
        return self.user.chat(self.bot)

    async def start(self) -> Answer:
        """Press Start."""

        async def act() -> Entry:
            return self.user.start(self.bot)

        return await self._answered(act)

    async def say(self, *texts: str, gap_s: float = 0.2) -> Answer:
        """Write one message or several quick ones."""

        async def act() -> Entry:
            for text in texts[:-1]:
                self.user.send_text(self.bot, text)
                await asyncio.sleep(gap_s)
            return self.user.send_text(self.bot, texts[-1])

        return await self._answered(act)

    async def buy(self, offer: Entry) -> Answer:
        """Unlock an offered pack."""

        async def act() -> None:
            self.user.buy(self.bot, offer)

        return await self._answered(act)

    async def hear_again(self, entry: Entry, times: int) -> tuple[list[int], list[Entry]]:
        """Let Telegram deliver the same update again; return the webhook's answers and what the bot then wrote."""
        mark = len(self.chat.transcript)
        pushes = await self.bot.feed.redeliver(entry.update_id or 0, times)
        await asyncio.sleep(REPEATS_WATCHED_S)
        return [push.status for push in pushes], self.chat.messages(since=mark)

    def expect(self, expected: str, passed: bool, found: object = "") -> bool:
        """Note a check."""
        return self._verdicts.expect(self.name, expected, passed, str(found))

    async def _answered(self, act: Callable[[], Awaitable[Entry | None]]) -> Answer:
        """Do something and wait until it is answered, and a moment more for afterthoughts."""
        handle, mark = str(self.user.id), len(self.chat.transcript)
        before = await self.desk.latest_turn(handle)
        turns: dict[object, Turn] = {}
        watching = asyncio.create_task(self.desk.watch_turns(handle, turns))
        try:
            await act()
            asked_at = time.monotonic()
            await self.bot.feed.drained(PATIENCE_S)
            await self.desk.settled(handle, PATIENCE_S)
            await asyncio.sleep(AFTERTHOUGHT_S)
        except TimeoutError as error:
            self.expect("an answer comes", False, error)
        finally:
            watching.cancel()
        if before is not None:
            turns.pop(before.id, None)
        entries = self.chat.messages(since=mark)
        seconds = entries[0].at - asked_at if entries else PATIENCE_S
        if entries:
            self.paces[entries[0].message_id] = seconds
        return Answer(entries, seconds, list(turns.values()))
