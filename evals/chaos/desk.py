"""The operators of a run, over the API: they take conversations over and hand them back, and look after unknown deliveries."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct

from evals.chaos.stage import Stage
from evals.chaos.steps import SQL
from evals.chaos.trade import PLACE
from storage.roles import connect

PATIENCE_S = 30.0
PAUSE_S = 0.2
LOOK_AGAIN_S = 12.0  # by then a stalled send has happened or never will
LIMIT = 500
LATER = "2099-01-01 12:00"  # a post is let out by hand


class Held(Struct):
    """A time in which an operator held a conversation; monotonic seconds, `leaving`: sends that could not be stopped."""

    account: str
    chat: str
    conversation_id: str
    since: float
    until: float = float("inf")
    leaving: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


class Desk:
    """One operator with the token of the stage."""

    def __init__(self, stage: Stage) -> None:
        """Ask this stage's gateway."""
        self.held: list[Held] = []
        self.shown: set[str] = set()
        self.resolved: dict[str, str] = {}
        self._stage = stage
        self._seen: dict[str, float] = {}
        self._session = aiohttp.ClientSession(
            headers={"authorization": f"Bearer {stage.token}"}, timeout=aiohttp.ClientTimeout(total=10)
        )

    async def close(self) -> None:
        """Let the connections go."""
        await self._session.close()

    async def interrupt(self, account: str, chat: str, words: str, hold_s: float) -> None:
        """Take a conversation, say something, hand it back; one that does not exist yet is left alone."""
        where = await self._conversation(account, chat)
        if where is None or where[1] != "agent":
            return
        taken = await self._ask("POST", f"/api/conversations/{where[0]}/take")
        if taken is None:
            return
        held = Held(account, chat, where[0], time.monotonic(), leaving=tuple(taken["still_leaving"]), told=(words,))
        self.held.append(held)
        await asyncio.sleep(hold_s)
        await self._ask("POST", f"/api/conversations/{where[0]}/messages", {"text": words})
        await asyncio.sleep(PAUSE_S)
        before = time.monotonic()
        if await self._ask("POST", f"/api/conversations/{where[0]}/handback") is not None:
            held.until = before

    async def unknown(self) -> list[dict[str, Any]]:
        """Return the unknown deliveries as the API shows them."""
        found: list[dict[str, Any]] = []
        page = f"/api/deliveries?state=unknown&limit={LIMIT}"
        while rows := await self._ask("GET", page if not found else f"{page}&before={found[-1]['id']}"):
            found += rows
            if len(rows) < LIMIT:
                break
        self.shown.update(row["id"] for row in found)
        return found

    async def resolve(self, was_shown: Any) -> None:
        """Look into the chat for what is unknown for a while, and say what became of it; `was_shown(row)` may not know."""
        for row in await self.unknown():
            first = self._seen.setdefault(row["id"], time.monotonic())
            if time.monotonic() - first < LOOK_AGAIN_S or (arrived := was_shown(row)) is None:
                continue
            outcome = "sent" if arrived else "again" if len(self.resolved) % 2 else "not_sent"
            if await self._ask("POST", f"/api/deliveries/{row['id']}/resolve", {"outcome": outcome}) is not None:
                self.resolved[row["id"]] = outcome
                del self._seen[row["id"]]  # sent again it may be unknown again, and that is waited for anew

    async def post(self, caption: str) -> bool:
        """Put a post on the calendar and let it go out at once; say whether the gateway took it."""
        wish = {
            "influencer": "luna",
            "places": [{"account": "telegram/luna", "target": f"@{PLACE}"}],
            "at": LATER,
            "zone": "UTC",
        }
        planned = await self._ask("POST", "/api/posts", {**wish, "caption": caption, "made_by_ai": False})
        return bool(planned) and await self._ask("POST", f"/api/posts/{planned[0]['id']}/publish") is not None

    async def look_at_pictures(self) -> None:
        """Say yes to every picture that waits for a person."""
        for row in await self._ask("GET", f"/api/images?state=held&limit={LIMIT}") or []:
            await self._ask("POST", f"/api/images/{row['id']}/approve")

    async def status(self, method: str, path: str, body: object = None) -> int:
        """Ask once and return the status of the answer. Raises `aiohttp.ClientError`."""
        async with self._session.request(method, f"{self._stage.url}{path}", json=body) as answer:
            await answer.read()
            return answer.status

    async def _conversation(self, account: str, chat: str) -> tuple[str, str] | None:
        connection = await connect(self._stage.admin_dsn)
        try:
            row = await connection.fetchrow(SQL["chat_of"].sql, "telegram", account, chat)
            return None if row is None else (str(row["id"]), str(row["owner"]))
        finally:
            await connection.close()

    async def _ask(self, method: str, path: str, body: object = None) -> Any:
        """Ask until the gateway answers; None when it refuses or stays away."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                async with self._session.request(method, f"{self._stage.url}{path}", json=body) as answer:
                    raw = await answer.read()
                    if answer.status < 300:
                        return msgspec.json.decode(raw)
                    if answer.status not in (500, 503):
                        return None
            except (aiohttp.ClientError, TimeoutError, msgspec.DecodeError):
                pass
            await asyncio.sleep(PAUSE_S)
        return None
