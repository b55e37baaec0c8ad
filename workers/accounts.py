"""Accounts with their secrets open, remembered for a few seconds so that not each send asks the database."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

from core.nouns import Account
from storage.accounts import open_account
from storage.house import House

FRESH_S = 5.0
LARGEST = 10_000


class OpenAccounts:
    """Finds accounts; those who ask for the same one at once share the answer."""

    def __init__(self, house: House) -> None:
        """Read from these stores."""
        self._house = house
        self._known: dict[UUID, tuple[float, asyncio.Future[Account]]] = {}

    async def get(self, agency_id: UUID, account_id: UUID) -> Account:
        """Return an account as it stood some seconds ago at most. Raises `NotFound`, `Unavailable`."""
        until, found = self._known.get(account_id, (0.0, None))
        if found is None or until < time.monotonic():
            if len(self._known) >= LARGEST:
                self._known.clear()
            found = asyncio.ensure_future(self._read(agency_id, account_id))
            self._known[account_id] = (time.monotonic() + FRESH_S, found)
        try:
            return await asyncio.shield(found)
        except Exception:
            self.forget(account_id)
            raise

    def forget(self, account_id: UUID) -> None:
        """Read it anew the next time."""
        self._known.pop(account_id, None)

    async def _read(self, agency_id: UUID, account_id: UUID) -> Account:
        async with self._house.app.unit(agency_id) as unit:
            return await open_account(unit, self._house.seal, account_id)
