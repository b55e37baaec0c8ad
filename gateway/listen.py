"""The listener's composition root: long polling for accounts without a public address, one lease an account."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import Protocol, runtime_checkable
from uuid import UUID, uuid4

from core import log
from core.errors import CredentialExpired, MuseError, TryLater, Unavailable
from core.nouns import Account
from core.platforms import Poller
from core.settings import Settings
from gateway.doorway import Doorway, open_doorway
from storage import presence
from storage.accounts import open_account, poll_cursor, set_poll_cursor
from storage.sweep import Waiting, polling_accounts

LOOK_S = 5.0
LEASE_S = 10
RENEW_S = 3.0
PAUSE_S = 5.0
REFUSED_S = 60.0
logger = log.get_logger(__name__)


@runtime_checkable
class _Polls(Protocol):
    poll: object


class Listener:
    """Keeps one poller running for every account that is to be polled. `polling` are those that it fetches just now."""

    def __init__(self, doorway: Doorway, renew_s: float = RENEW_S) -> None:
        """Poll through this doorway, and keep each lease by renewing it every so often."""
        self.polling: set[UUID] = set()
        self._doorway = doorway
        self._renew_s = renew_s
        self._name = uuid4().hex
        self._pollers: dict[UUID, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Start and stop pollers as accounts come and go, and show a sign of life, until cancelled."""
        showing = asyncio.create_task(self._show_life())
        try:
            while True:
                try:
                    self._match(await polling_accounts(self._doorway.house.sweep))
                except MuseError as error:
                    logger.warning("accounts_unknown", error=type(error).__name__)
                await asyncio.sleep(LOOK_S)
        finally:
            tasks = [showing, *self._pollers.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _show_life(self) -> None:
        while True:
            with suppress(Unavailable):  # health says by itself that Redis is away
                sign = presence.WorkerSign(self._name, "ready", "", figures={"accounts": len(self._pollers)})
                await presence.show(self._doorway.house.redis, sign, presence.LISTENER)
            await asyncio.sleep(presence.BEAT_S)

    def _match(self, wanted: list[Waiting]) -> None:
        ids = {account.id for account in wanted}
        for account_id in [a for a, task in self._pollers.items() if a not in ids or task.done()]:
            self._pollers.pop(account_id).cancel()
        for account in wanted:
            if account.id not in self._pollers:
                self._pollers[account.id] = asyncio.create_task(self._poll(account))

    async def _poll(self, where: Waiting) -> None:
        while True:
            try:
                if await self._hold_lease(where.id):
                    await self._poll_leased(where)
                    continue
                pause = self._renew_s
            except CredentialExpired as error:
                logger.error("poller_refused", account=str(where.id), detail=str(error))
                pause = REFUSED_S
            except MuseError as error:
                logger.warning("poll_failed", account=str(where.id), error=type(error).__name__, detail=str(error))
                pause = (error.retry_after if isinstance(error, TryLater) else None) or PAUSE_S
            await asyncio.sleep(pause)

    async def _hold_lease(self, account_id: UUID) -> bool:
        """Be the one listener of an account; the platform refuses two, the lease spares it the asking."""
        return await self._doorway.house.locks.hold(f"poller:{account_id}", self._name, LEASE_S)

    async def _poll_leased(self, where: Waiting) -> None:
        """Poll once, and stop in the middle of it when the lease is lost: then another may be polling already."""
        tasks = [asyncio.create_task(self._poll_once(where)), asyncio.create_task(self._keep_lease(where.id))]
        self.polling.add(where.id)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            polled, _ = await asyncio.gather(*tasks, return_exceptions=True)
            self.polling.discard(where.id)
        if isinstance(polled, asyncio.CancelledError):
            logger.warning("poller_lost_its_lease", account=str(where.id))
        elif isinstance(polled, BaseException):
            raise polled

    async def _keep_lease(self, account_id: UUID) -> None:
        """Renew a lease until it is lost, or until it may have run out while nobody answered."""
        with suppress(TimeoutError):
            while True:
                await asyncio.sleep(self._renew_s)
                async with asyncio.timeout(LEASE_S - 2 * RENEW_S):
                    if not await self._hold_lease(account_id):
                        return

    async def _poll_once(self, where: Waiting) -> None:
        house = self._doorway.house
        async with house.app.unit(where.agency_id) as unit:
            account = await open_account(unit, house.seal, where.id)
            cursor = await poll_cursor(unit, where.id)
        bodies, after = await self._poller(account).poll(account, cursor)
        for raw, events in bodies:
            await self._doorway.take_events(account, events, raw, uuid4().hex)
        if after != cursor:  # confirmed only after all of it is committed
            async with house.app.unit(where.agency_id) as unit:
                await set_poll_cursor(unit, where.id, after)

    def _poller(self, account: Account) -> Poller:
        platform: object = self._doorway.platforms[account.platform]
        if not isinstance(platform, _Polls):
            raise CredentialExpired(f"{account.platform} cannot be polled.")
        return platform  # type: ignore[return-value]  # checked by what it can do


async def listen(settings: Settings) -> None:
    """Poll until SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_doorway(settings, "listen") as doorway:
        running = asyncio.create_task(Listener(doorway).run())
        await stop.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def serve(settings: Settings) -> None:
    """Run the listener."""
    log.configure("listen", settings.log_level, settings.log_text)
    asyncio.run(listen(settings))
