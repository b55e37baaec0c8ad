"""Which account an address names, remembered for a few seconds so that a busy door does not ask the database each time."""

from __future__ import annotations

import time

from core.errors import Unauthorised
from core.nouns import Account
from storage.accounts import find_account
from storage.house import House

FRESH_S = 5.0
LARGEST = 10_000


class AccountBook:
    """Finds accounts with their secrets open."""

    def __init__(self, house: House) -> None:
        """Read from these stores."""
        self._house = house
        self._known: dict[tuple[str, str], tuple[float, Account | None]] = {}

    async def find(self, platform: str, key: str) -> Account:
        """Return the account of an address. Raises `Unauthorised` for an unknown one, `Unavailable`."""
        address = (platform, key)
        until, account = self._known.get(address, (0.0, None))
        if until < time.monotonic():
            account = await self._look_up(address)
        if account is None:
            raise Unauthorised("Unknown account or wrong signature.")
        return account

    async def _look_up(self, address: tuple[str, str]) -> Account | None:
        try:
            account: Account | None = await find_account(self._house.app, self._house.seal, *address)
        except Unauthorised:
            account = None
        if len(self._known) >= LARGEST:
            self._known.clear()
        self._known[address] = (time.monotonic() + FRESH_S, account)
        return account
