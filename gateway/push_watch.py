"""How platforms stand with our webhooks: asked now and then, remembered for a while, and never waited for long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from core.clock import Clock
from core.errors import MuseError
from core.log import get_logger
from core.nouns import Account
from core.platforms import Platform, Pushing, PushState
from storage.accounts import list_accounts, open_account
from storage.house import House

FRESH_S = 30.0
PATIENCE_S = 1.5
RECENT = timedelta(minutes=10)
log = get_logger(__name__)


class Standing(Struct, frozen=True):
    """How one account stands: ok, degraded or down, in a plain word, and how long the platform took to say so, in ms."""

    state: str
    detail: str
    ms: float


class PushWatch:
    """Asks each platform about each account at most twice a minute; who looks meanwhile sees what was said last."""

    def __init__(self, house: House, platforms: Mapping[str, Platform], clock: Clock) -> None:
        """Ask about the accounts in these stores."""
        self._house = house
        self._platforms = platforms
        self._clock = clock
        self._said: dict[UUID, tuple[float, Standing]] = {}
        self._asking: dict[UUID, asyncio.Task[None]] = {}

    async def look(self, agency_id: UUID) -> dict[str, Standing]:
        """Return how the agency's accounts stand, by `platform/key`. Raises `Unavailable` without a database."""
        async with self._house.app.unit(agency_id, patience_s=PATIENCE_S) as unit:
            accounts = [a for a in await list_accounts(unit) if isinstance(self._platforms[a.platform], Pushing)]
        waiting = [self._ask_soon(account) for account in accounts if not self._is_fresh(account)]
        if waiting:
            await asyncio.wait(waiting, timeout=PATIENCE_S)  # what takes longer goes on, and is there the next time
        return {f"{account.platform}/{account.key}": self._last(account) for account in accounts}

    async def close(self) -> None:
        """Ask no more."""
        asking = list(self._asking.values())
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    def _is_fresh(self, account: Account) -> bool:
        return account.id in self._said and time.monotonic() < self._said[account.id][0]

    def _last(self, account: Account) -> Standing:
        if account.id in self._said:
            return self._said[account.id][1]
        return Standing("degraded", f"{account.platform} has not answered yet", PATIENCE_S * 1000)

    def _ask_soon(self, account: Account) -> asyncio.Task[None]:
        if account.id not in self._asking:
            task = asyncio.create_task(self._ask(account))
            self._asking[account.id] = task
            task.add_done_callback(lambda _: self._asking.pop(account.id, None))
        return self._asking[account.id]

    async def _ask(self, account: Account) -> None:
        platform, started = self._platforms[account.platform], time.perf_counter()
        if not isinstance(platform, Pushing):
            return
        try:
            async with self._house.app.unit(account.agency_id) as unit:
                opened = await open_account(unit, self._house.seal, account.id)
            state, detail = judge(opened, await platform.push_state(opened), self._clock.now())
        except MuseError as error:
            state, detail = "down", str(error)
        took = round((time.perf_counter() - started) * 1000, 1)
        self._said[account.id] = (time.monotonic() + FRESH_S, Standing(state, detail, took))
        log.debug("webhook_looked_at", account=str(account.id), state=state)


def judge(account: Account, push: PushState, now: datetime) -> tuple[str, str]:
    """Say whether events can come in the way they should: `ok`, `degraded` or `down`, and a plain word."""
    switch = f"type: muse account switch {account.platform}/{account.key}"
    if account.inbound == "webhook" and not push.url:
        return "down", f"no webhook is set, so nothing comes in; {switch}"
    if account.inbound == "polling" and push.url:
        return "down", f"a webhook is set, so nothing can be polled; {switch} --polling"
    way = "pushed" if push.url else "polled"
    words = f"{way}, {push.waiting} updates wait"
    if push.last_error is None or push.last_error_at is None:
        return "ok", words
    age = max(timedelta(), now - push.last_error_at)
    words += f"; last error {tell_age(age)} ago: {push.last_error}"
    return ("degraded" if push.waiting and age < RECENT else "ok"), words


def tell_age(age: timedelta) -> str:
    """Write an age as a person reads it."""
    seconds = int(age.total_seconds())
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
