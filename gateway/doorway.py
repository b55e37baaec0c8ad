"""What every door of the gateway shares: the open stores, the adapters, the ingress; and events made into arrivals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from msgspec import Struct

from core.clock import Clock, SystemClock
from core.errors import BadInput
from core.inbound import AnyInbound, InboundEcho, InboundEdit, InboundMessage, InboundOther, InboundPurchase
from core.log import get_logger
from core.nouns import Account
from core.ports import Platform, quiet_bound, quiet_time
from core.settings import Settings
from gateway.accounts import AccountBook
from gateway.ingress import Ingress
from gateway.platforms.registry import open_platforms
from storage.house import House, open_house
from storage.ingress import Arrival, Ingested, unreadable

log = get_logger(__name__)


class Doorway(Struct, frozen=True):
    """The parts of a running gateway or listener."""

    settings: Settings
    clock: Clock
    house: House
    platforms: Mapping[str, Platform]
    book: AccountBook
    ingress: Ingress

    async def take_in(self, account: Account, raw: bytes, correlation_id: str) -> list[Ingested]:
        """Parse one verified body and write its events; what cannot be read is kept raw. Raises `Unavailable`."""
        try:
            events = self.platforms[account.platform].parse(account, raw)
        except BadInput:
            events = [unreadable(raw, self.clock.now())]
        return await self.take_events(account, events, raw, correlation_id)

    async def take_events(
        self, account: Account, events: Sequence[AnyInbound], raw: bytes, correlation_id: str
    ) -> list[Ingested]:
        """Write events that were read from `raw`. Raises `Unavailable`."""
        taken = [_unless_bot(event) for event in events]
        written = await self.ingress.take([self._arrive(account, event, raw, correlation_id) for event in taken])
        for event, one in zip(taken, written, strict=True):
            if isinstance(event, InboundPurchase) and one.fresh and one.message_id is None:
                _warn_of(event, account, one, correlation_id)
            if isinstance(event, InboundEcho) and one.fresh and one.conversation_id is not None:
                await self.house.jobs.deliver_messages(one.agency_id, one.conversation_id)  # its outbox settles echoes
        return written

    def _arrive(self, account: Account, event: AnyInbound, raw: bytes, correlation_id: str) -> Arrival:
        policy = self.platforms[account.platform].policy
        quiet = quiet_time(account, policy, self.settings.quiet_s)
        if isinstance(event, InboundPurchase) or (isinstance(event, InboundMessage) and event.kind == "command"):
            quiet = 0.0  # nothing more is to come of these
        return Arrival(account, event, raw, correlation_id, quiet, quiet_bound(account, quiet, self.settings.quiet_max_s))


def _warn_of(event: InboundPurchase, account: Account, written: Ingested, correlation_id: str) -> None:
    """Say that a fan paid and got nothing for it: only a person can make that good."""
    log.warning(
        "purchase_unmatched",
        detail="It matches no offer, or one that was bought already; type: muse events list",
        account=str(account.id),
        platform=account.platform,
        event_key=event.event_key,
        charge_key=event.charge_key,
        conversation=str(written.conversation_id),
        correlation_id=correlation_id,
    )


def _unless_bot(event: AnyInbound) -> AnyInbound:
    """Keep what another bot wrote, and do not answer it: two bots would talk for ever."""
    if isinstance(event, InboundMessage | InboundEdit) and event.sender.is_bot:
        return InboundOther(event_key=event.event_key, at=event.at, kind="written by a bot")
    return event


@asynccontextmanager
async def open_doorway(settings: Settings, process: str) -> AsyncIterator[Doorway]:
    """Open stores and adapters and run the ingress and the live listener until the context is left."""
    async with open_house(settings, process) as house:
        platforms = open_platforms(settings, house.blobs)
        doorway = Doorway(settings, SystemClock(), house, platforms, AccountBook(house), Ingress(house))
        tasks = [asyncio.create_task(doorway.ingress.run()), asyncio.create_task(house.live.run())]
        try:
            yield doorway
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await doorway.ingress.close()
            for platform in platforms.values():
                await platform.close()
