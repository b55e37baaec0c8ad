"""Which account an address names, remembered so that a busy door does not ask the database."""

from __future__ import annotations

import asyncio
import time

from msgspec import Struct

from core.errors import MuseError, Unauthorised
from core.log import get_logger
from core.nouns import Account
from storage.accounts import find_account
from storage.house import House

FRESH_S = 5.0  # after this an entry is asked for anew, behind the request's back
STALE_S = 30.0  # after this the request waits for it: a secret that was taken back does not serve for long
LARGEST = 10_000
log = get_logger(__name__)


class _Entry(Struct):
    account: Account | None
    asked_at: float


class AccountBook:
    """Finds accounts with their secrets open."""

    def __init__(self, house: House) -> None:
        """Read from these stores."""
        self._house = house
        self._known: dict[tuple[str, str], _Entry] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[Account | None]] = {}

    async def find(self, platform: str, key: str) -> Account:
        """Return the account of an address. Raises `Unauthorised` for an unknown one, `Unavailable`."""
        address = (platform, key)
        entry = self._known.get(address)
        age = time.monotonic() - entry.asked_at if entry else STALE_S
        if entry is None or age >= STALE_S:
            account = await asyncio.shield(self._ask(address))
        else:
            account = entry.account
            if age >= FRESH_S:
                self._ask(address)
        if account is None:
            raise Unauthorised("Unknown account or wrong signature.")
        return account

    def _ask(self, address: tuple[str, str]) -> asyncio.Task[Account | None]:
        """Look an address up, once for all who ask meanwhile."""
        task = self._asking.get(address)
        if task is None:
            task = self._asking[address] = asyncio.create_task(self._look_up(address))
            task.add_done_callback(lambda done: self._answered(address, done))
        return task

    def _answered(self, address: tuple[str, str], task: asyncio.Task[Account | None]) -> None:
        del self._asking[address]
        if not task.cancelled() and isinstance(error := task.exception(), MuseError):
            log.debug("account_not_asked", error=type(error).__name__)  # who waited for it was told

    async def _look_up(self, address: tuple[str, str]) -> Account | None:
        asked_at = time.monotonic()
        try:
            account: Account | None = await find_account(self._house.app, self._house.seal, *address)
        except Unauthorised:
            account = None
        if len(self._known) >= LARGEST:
            self._known.clear()
        self._known[address] = _Entry(account, asked_at)
        return account
