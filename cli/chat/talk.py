"""A talk: what was said is fetched whenever the gateway says that something changed, and shown once."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from uuid import UUID

from msgspec import Struct

from cli.api_client import ApiClient
from cli.chat.door import ChatDoor, Item, Pack
from cli.chat.screen import Screen
from cli.desk.shapes import InboxRow, Thread
from cli.desk.short_ids import shorten
from core.errors import MuseError, NotFound, Unavailable

LOOK_S = 0.5  # while an answer is due, look even when nothing is heard
HEAR_AGAIN_S = 1.0
SHOWN_AT_FIRST = 12


class Standing(Struct, frozen=True):
    """How things stand: the answer is `due`, or nothing is, or a person must act (then `reason` says why)."""

    due: bool
    reason: str = ""


class Talk:
    """One fan's talk with one influencer; all of it runs in one event loop."""

    def __init__(self, door: ChatDoor, api: ApiClient, screen: Screen, name: str, inside: bool) -> None:
        """Talk through `door`; `api` is the operator's and shows the inside."""
        self._door, self._api, self._screen, self._name = door, api, screen, name
        self.inside = inside
        self.packs: list[Pack] = []
        self._numbers: dict[UUID, int] = {}
        self._shown: dict[UUID, bool] = {}
        self._after: UUID | None = None
        self._conversation: UUID | None = None
        self._turn: UUID | None = None
        self._asked_at: float | None = None
        self._changed = asyncio.Event()
        self._due = False
        self._looking = asyncio.Lock()

    async def begin(self) -> None:
        """Show the end of what was said on earlier visits."""
        items = await self._door.read(None)
        for item in items[:-SHOWN_AT_FIRST]:
            self._number(item)
            self._shown[item.id] = True
        await self._show_new(items)
        if found := await self._find_conversation():
            self._turn = await self._latest_turn(found.id)

    async def say(self, text: str) -> None:
        """Send the fan's words."""
        self._asked_at, self._due = time.monotonic(), True
        await self._door.write(text)
        self._changed.set()

    async def unlock(self, number: int) -> None:
        """Open the pack of that number. Raises `NotFound`."""
        if not 1 <= number <= len(self.packs):
            raise NotFound(f"There is no pack {number} here.")
        self._asked_at, self._due = time.monotonic(), True
        await self._door.unlock(self.packs[number - 1].offer_id)
        self._changed.set()

    async def listen(self) -> None:
        """Hear the gateway until cancelled; when it goes away, come back to it."""
        while True:
            async for event in self._door.hear():
                if event == "typing":
                    self._screen.typing(self._name)
                else:
                    self._changed.set()
            await asyncio.sleep(HEAR_AGAIN_S)
            self._changed.set()

    async def follow(self) -> None:
        """Show what is new until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), LOOK_S if self._due else None)
            with suppress(MuseError):  # whoever writes next is told
                await self.look()

    async def settled(self, patience_s: float) -> None:
        """Wait until all that the fan said is answered, or a person must act. Raises `Unavailable` when it takes too long."""
        deadline = time.monotonic() + patience_s
        while (standing := await self.look()).due:
            if time.monotonic() > deadline:
                raise Unavailable(f"{self._name} has not answered within {patience_s:g} s; type: muse status")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), LOOK_S)
        if standing.reason:
            self._screen.note(standing.reason, "yellow")

    async def look(self) -> Standing:
        """Fetch and show what is new, and say how things stand."""
        async with self._looking:
            self._changed.clear()
            row = await self._find_conversation()
            items = await self._door.read(self._after)
            await self._show_new(items)
            leaving = any(item.state == "pending" for item in items if item.from_ != "fan")
            standing = _stand(row, leaving)
            self._due = standing.due
            if row is not None and not standing.due and self.inside:
                await self._show_inside(row.id)
            return standing

    async def _show_new(self, items: list[Item]) -> None:
        settled = True
        for item in items:
            number = self._number(item)
            opened = item.pack is not None and item.pack.owned
            if item.from_ != "fan" and self._shown.get(item.id) is not opened and item.state == "sent":
                self._screen.show(item, self._name, number, self._seconds(item))
            elif item.from_ == "fan" and self._asked_at is None and item.id not in self._shown:
                self._screen.show(item, self._name, None, None)
            settled = settled and item.state == "sent" and (item.pack is None or opened)
            if item.state == "sent":
                self._shown[item.id] = opened
            if settled:
                self._after = item.id  # a pack that may still be opened is asked for again

    def _number(self, item: Item) -> int | None:
        if item.pack is None:
            return None
        if item.pack.offer_id not in self._numbers:
            self.packs.append(item.pack)
            self._numbers[item.pack.offer_id] = len(self.packs)
        return self._numbers[item.pack.offer_id]

    def _seconds(self, item: Item) -> float | None:
        return time.monotonic() - self._asked_at if self._asked_at is not None and item.id not in self._shown else None

    async def _find_conversation(self) -> InboxRow | None:
        rows = await asyncio.to_thread(self._api.get, "/api/inbox", list[InboxRow], limit=500)
        mine = [row for row in rows if row.handle == self._door.handle and row.account == self._door.slug]
        return mine[0] if mine else None

    async def _latest_turn(self, conversation_id: UUID) -> UUID | None:
        thread = await asyncio.to_thread(self._api.get, f"/api/conversations/{conversation_id}", Thread)
        return thread.latest_turn.id if thread.latest_turn else None

    async def _show_inside(self, conversation_id: UUID) -> None:
        thread = await asyncio.to_thread(self._api.get, f"/api/conversations/{conversation_id}", Thread)
        turn = thread.latest_turn
        if turn is not None and turn.id != self._turn:
            self._turn = turn.id
            self._screen.show_inside(turn)


def _stand(row: InboxRow | None, leaving: bool) -> Standing:
    if row is None:
        return Standing(due=True)
    if row.held:
        return Standing(False, f"The answer waits for a person: muse inbox show {shorten(row.id)}")
    if row.owner != "agent":
        return Standing(
            False, f"A person has this conversation ({row.owner_name or row.owner}): muse inbox show {shorten(row.id)}"
        )
    return Standing(due=leaving or row.unanswered > 0)
