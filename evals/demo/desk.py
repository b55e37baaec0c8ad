"""Looking over the operator's shoulder: what the gateway's API says of a fan's conversation."""

from __future__ import annotations

import asyncio
import time
from typing import Any, TypeVar
from uuid import UUID

import aiohttp
import msgspec
from msgspec import Struct

from core.errors import Unavailable

T = TypeVar("T")
LOOK_S = 0.1


class Row(Struct, frozen=True):
    """One line of the inbox."""

    id: UUID
    platform: str
    handle: str
    owner: str
    held: int
    unanswered: int


class Message(Struct, frozen=True):
    """One thing said; `delivery_state` of what we said."""

    direction: str
    author: str
    kind: str
    text: str
    meta: dict[str, Any]
    delivery_state: str | None


class Turn(Struct, frozen=True):
    """The record of a turn."""

    id: UUID
    verdict: str
    brain: str
    trace: dict[str, Any]


class Thread(Struct, frozen=True):
    """One conversation."""

    messages: list[Message]
    latest_turn: Turn | None


class Delivery(Struct, frozen=True):
    """One send that needs a person."""

    state: str
    error: str | None


class Desk:
    """Reads the operators' API of the gateway at `url` with the operator token."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str) -> None:
        self._http, self._url = http, url
        self._headers = {"authorization": f"Bearer {token}"}

    async def row(self, handle: str) -> Row | None:
        """Return the line of the fan with this handle on Telegram, if they have written."""
        rows = await self._get("/api/inbox?limit=500", list[Row])
        return next((row for row in rows if row.handle == handle and row.platform == "telegram"), None)

    async def thread(self, handle: str) -> Thread | None:
        """Return the fan's conversation."""
        row = await self.row(handle)
        return await self._get(f"/api/conversations/{row.id}", Thread) if row else None

    async def troubles(self) -> list[Delivery]:
        """Return the deliveries that need a person."""
        return await self._get("/api/deliveries", list[Delivery])

    async def latest_turn(self, handle: str) -> Turn | None:
        """Return the latest turn of the fan's conversation."""
        thread = await self.thread(handle)
        return thread.latest_turn if thread else None

    async def watch_turns(self, handle: str, seen: dict[object, Turn]) -> None:
        """Collect the turns that are committed, by id, until cancelled; two turns are further apart than two looks."""
        while True:
            if turn := await self.latest_turn(handle):
                seen.setdefault(turn.id, turn)
            await asyncio.sleep(LOOK_S)

    async def settled(self, handle: str, patience_s: float) -> None:
        """Wait until the fan's words are answered and all has left. Raises `TimeoutError`."""
        deadline = time.monotonic() + patience_s
        while True:
            row, thread = await self.row(handle), await self.thread(handle)
            leaving = thread is None or any(m.delivery_state in ("pending", "sending") for m in thread.messages)
            if row is not None and not row.unanswered and not leaving:
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"{handle} was not answered within {patience_s:g} s; the inbox says {row}")
            await asyncio.sleep(LOOK_S)

    async def _get(self, path: str, kind: type[T]) -> T:
        async with self._http.get(self._url + path, headers=self._headers) as answer:
            raw = await answer.read()
            if answer.status != 200:
                raise Unavailable(f"The gateway answered {answer.status} to {path}: {raw[:200].decode(errors='replace')}")
            return msgspec.json.decode(raw, type=kind)
