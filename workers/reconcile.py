"""A send of which nobody knows whether it left: the platform's own list may tell."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from core.clock import Clock
from core.errors import Refused, TryLater, Unavailable
from core.log import get_logger
from core.nouns import Account
from core.outbound import Sent
from core.platforms import Lister, Platform, SentItem
from storage import deliveries
from storage.database import Database
from storage.deliveries import Claimed, Result
from storage.pacing import words_of
from workers.results import as_unknown, repeat

SKEW_S = 120.0  # how far a platform's clock may be from ours
LOOKS = 4
log = get_logger(__name__)


class Reconciler:
    """Decides about sends in doubt, for as long as their claim keeps the conversation's order."""

    def __init__(self, app: Database, clock: Clock, settling_s: float = 4.0) -> None:
        """`settling_s`: how long a platform may take until what it took stands in its list."""
        self._app = app
        self._clock = clock
        self._settling_s = settling_s

    async def decide(self, platform: Platform, account: Account, claimed: Claimed, age_s: float, error: Exception) -> Result:
        """Repeat where the fan would not see it twice; else look into the list, if there is one; else nobody knows.

        `age_s`: seconds since the claim.
        """
        if platform.may_repeat(account):
            return repeat(claimed.attempts, error)
        if isinstance(platform, Lister):
            return await self._look(platform, account, claimed, age_s, error)
        return Result("unknown", error=as_unknown(error))

    async def _look(self, platform: Lister, account: Account, claimed: Claimed, age_s: float, error: Exception) -> Result:
        """What stands in the list was sent; what is not there when all has settled was not."""
        since = self._clock.now() - timedelta(seconds=age_s + SKEW_S)
        settled = False
        for _ in range(LOOKS):
            try:
                items = await platform.list_sent(account, claimed.chat, since)
            except TryLater as later:
                log.info("list_put_off", delivery=str(claimed.id), error=type(later).__name__)
                await asyncio.sleep(max(self._settling_s, min(later.retry_after or 0.0, 10 * self._settling_s)))
                settled = True
                continue
            except Refused:
                break
            if items is None or not _can_tell(claimed, items):
                break
            found = await self._find(account, claimed, items)
            if found is not None:
                return Result("sent", Sent((found,)))
            if settled:
                return repeat(claimed.attempts, Unavailable("It does not stand in the platform's list; sent again."))
            await asyncio.sleep(self._settling_s)
            settled = True
        return Result("unknown", error=as_unknown(error))

    async def _find(self, account: Account, claimed: Claimed, items: Iterable[SentItem]) -> str | None:
        """Return the platform's id of this very delivery: by its key, else by its words, if that id is not another one's."""
        by_key = next((item.platform_id for item in items if item.key == str(claimed.id)), None)
        if by_key is not None:
            return by_key
        words = _words(claimed)
        same = [item for item in items if item.key is None and words and item.text.strip() == words]
        async with self._app.unit(account.agency_id) as unit:
            taken = await deliveries.known_ids(unit, claimed.conversation_id, [item.platform_id for item in same])
        return next((item.platform_id for item in same if item.platform_id not in taken), None)


def _can_tell(claimed: Claimed, items: Iterable[SentItem]) -> bool:
    """Something without words is found by its key only, so its absence says nothing where no keys are kept."""
    return bool(_words(claimed)) or any(item.key is not None for item in items)


def _words(claimed: Claimed) -> str:
    return words_of(claimed.decode()).strip()
