"""The chat page's door, opened from the terminal: the same addresses, the same cookie, the same rules."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID, uuid4

import aiohttp
import msgspec
from msgspec import Struct

from cli.api_client import read_detail
from core.errors import MuseError, NotFound, RateLimited, Refused, Unauthorised, Unavailable

T = TypeVar("T")
PATIENCE_S = 15.0
RESTART_S = 15.0  # a killed gateway is back long before
RETRY_S = 0.5
SILENCE_S = 40.0  # the gateway pings every fifteen seconds


class Pack(Struct, frozen=True):
    """An offered pack; `items` are there once it is bought."""

    offer_id: UUID
    title: str
    caption: str
    price: str
    owned: bool
    items: list[dict[str, Any]]
    old_price: str | None = None


class Item(Struct, frozen=True, rename={"from_": "from"}):
    """One thing in the chat; `state` is sent or pending, `from_` fan, influencer, operator or system."""

    id: UUID
    from_: str
    kind: str
    text: str
    at: datetime
    state: str
    pack: Pack | None = None


class Face(Struct, frozen=True):
    """Who the fan talks to."""

    name: str
    tagline: str


class Entrance(Struct, frozen=True):
    """What is said before the first message."""

    influencer: Face
    notice: str
    confirmed: bool
    waking: bool


class _Items(Struct, frozen=True):
    items: list[Item]


class ChatDoor:
    """One fan at one influencer's door. Calls raise `Unavailable`, `NotFound`, `Unauthorised`, `RateLimited` or `Refused`."""

    def __init__(self, http: aiohttp.ClientSession, url: str, slug: str, cookie: str = "") -> None:
        """Speak to the gateway at `url`; `cookie` is what an earlier visit was given."""
        self._http, self._url, self.slug, self.cookie = http, f"{url}/chat/{quote(slug, safe='')}", slug, cookie

    @property
    def handle(self) -> str:
        """Return the fan's handle, which is the cookie without its signature."""
        return self.cookie.partition(".")[0]

    async def entrance(self) -> Entrance:
        """Read who is here and whether this fan was here before."""
        return await self._ask("GET", "session", Entrance)

    async def enter(self) -> str:
        """Confirm to be an adult; return the cookie of the new fan, or the old one's."""
        await self._ask("POST", "session", dict[str, bool], {"adult": True})
        return self.cookie

    async def read(self, after: UUID | None) -> list[Item]:
        """Read what was said after an item."""
        return (await self._ask("GET", "thread", _Items, query={"after": str(after)} if after else {})).items

    async def write(self, text: str) -> None:
        """Say something."""
        await self._ask("POST", "messages", dict[str, Any], {"key": str(uuid4()), "text": text})

    async def unlock(self, offer_id: UUID) -> None:
        """Unlock a pack, where no money moves."""
        await self._ask("POST", "unlock", dict[str, Any], {"offer_id": str(offer_id)})

    async def hear(self) -> AsyncIterator[str]:
        """Yield `change` and `typing` as they happen, until the connection ends."""
        patience = aiohttp.ClientTimeout(total=None, sock_read=SILENCE_S)
        try:
            async with self._http.get(f"{self._url}/events", headers=self._headers(), timeout=patience) as answer:
                async for raw in answer.content:
                    if raw.startswith(b"event:"):
                        yield raw.removeprefix(b"event:").strip().decode()
        except (aiohttp.ClientError, TimeoutError):
            return

    async def _ask(self, method: str, path: str, kind: type[T], body: object = None, query: dict[str, str] | None = None) -> T:
        """Ask, and ask again while the gateway is being restarted: every call of this door may be repeated."""
        gives_up = time.monotonic() + RESTART_S
        while True:
            try:
                return await self._ask_once(method, path, kind, body, query)
            except Unavailable:
                if time.monotonic() > gives_up:
                    raise
                await asyncio.sleep(RETRY_S)

    async def _ask_once(self, method: str, path: str, kind: type[T], body: object, query: dict[str, str] | None) -> T:
        data = msgspec.json.encode(body) if body is not None else None
        patience = aiohttp.ClientTimeout(total=PATIENCE_S)
        try:
            async with self._http.request(
                method, f"{self._url}/{path}", data=data, params=query, headers=self._headers(), timeout=patience
            ) as answer:
                raw = await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            raise Unavailable("The gateway does not answer; type: muse status") from None
        if answer.status >= 400:
            raise self._error(answer.status, raw)
        if given := answer.cookies.get(f"muse_fan_{self.slug}"):
            self.cookie = given.value
        return msgspec.json.decode(raw, type=kind)

    def _headers(self) -> dict[str, str]:
        cookie = {"cookie": f"muse_fan_{self.slug}={self.cookie}"} if self.cookie else {}
        return {"content-type": "application/json", "accept-language": "en", **cookie}

    def _error(self, status: int, raw: bytes) -> MuseError:
        detail = read_detail(raw)
        if status == 404:
            return NotFound(f"{self.slug}: {detail}")
        if status >= 500:
            return Unavailable(f"The gateway says: {detail} Type: muse logs gateway")
        return RateLimited(detail) if status == 429 else (Unauthorised if status == 401 else Refused)(detail)
