"""What every door of the gateway shares: the open stores, the adapters, the ingress; and events made into arrivals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from msgspec import Struct

from core.clock import Clock, SystemClock
from core.errors import BadInput
from core.inbound import AnyInbound, InboundCheckout, InboundEcho, InboundEdit, InboundMessage, InboundOther, InboundPurchase
from core.log import get_logger
from core.nouns import Account
from core.platform_policy import PlatformPolicy, quiet_bound, quiet_time
from core.platforms import Platform
from core.settings import Settings
from gateway.accounts import AccountBook
from gateway.ingress import Ingress
from gateway.platforms.registry import open_platforms
from gateway.push_watch import PushWatch
from storage.house import House, open_house
from storage.ingress import Arrival, Ingested, unreadable

WRITTEN = (InboundMessage, InboundEdit)
log = get_logger(__name__)


class Doorway(Struct, frozen=True):
    """The parts of a running gateway or listener."""

    settings: Settings
    clock: Clock
    house: House
    platforms: Mapping[str, Platform]
    book: AccountBook
    ingress: Ingress
    pushes: PushWatch

    @property
    def policies(self) -> dict[str, PlatformPolicy]:
        """Return what each platform allows, by its name."""
        return {name: platform.policy for name, platform in self.platforms.items()}

    def read(self, account: Account, raw: bytes, correlation_id: str) -> list[Arrival]:
        """Parse one verified body; what cannot be read is kept raw."""
        try:
            events = self.platforms[account.platform].parse(account, raw)
        except BadInput:
            events = [unreadable(raw, self.clock.now())]
        return [self._arrive(account, event, raw, correlation_id) for event in events]

    async def take_in(self, account: Account, raw: bytes, correlation_id: str) -> list[Ingested]:
        """Parse one verified body and write its events; what cannot be read is kept raw. Raises `Unavailable`."""
        return await self.write(self.read(account, raw, correlation_id))

    async def write(self, arrivals: Sequence[Arrival]) -> list[Ingested]:
        """Write events; returns after the commit. Raises `Unavailable`."""
        written = await self.ingress.put(arrivals)
        for arrival, one in zip(arrivals, written, strict=True):
            if one.message_id is None and one.fresh and isinstance(arrival.event, InboundPurchase):
                _warn_of(arrival.event, arrival, one)
            if one.fresh and one.conversation_id is not None and not isinstance(arrival.event, InboundMessage):
                await self._wake_payments(arrival.event, one)
            if isinstance(arrival.event, InboundEcho) and one.fresh and one.conversation_id is not None:
                await self.house.jobs.deliver_messages(one.agency_id, one.conversation_id)  # its outbox settles echoes
        return written

    async def take_events(
        self, account: Account, events: Sequence[AnyInbound], raw: bytes, correlation_id: str
    ) -> list[Ingested]:
        """Write events that were read from `raw`. Raises `Unavailable`."""
        return await self.write([self._arrive(account, event, raw, correlation_id) for event in events])

    async def _wake_payments(self, event: AnyInbound, one: Ingested) -> None:
        """Have a payment answered, or bought pictures sent, without waiting for the sweep: the fan is waiting."""
        if one.fresh and one.conversation_id is not None and isinstance(event, InboundCheckout):
            await self.house.jobs.answer_checkout(one.agency_id, one.conversation_id)
        if one.fresh and one.conversation_id is not None and isinstance(event, InboundPurchase) and event.hand_over:
            await self.house.jobs.hand_over(one.agency_id, one.conversation_id)

    def _arrive(self, account: Account, event: AnyInbound, raw: bytes, correlation_id: str) -> Arrival:
        quiet = quiet_time(account, self.platforms[account.platform].policy, self.settings.quiet_s)
        bound = quiet_bound(account, quiet, self.settings.quiet_max_s)
        if isinstance(event, WRITTEN) and event.sender.is_bot:  # kept, and not answered: two bots would talk for ever
            event = InboundOther(event_key=event.event_key, at=event.at, kind="written by a bot")
        elif isinstance(event, InboundPurchase) or (isinstance(event, InboundMessage) and event.kind == "command"):
            quiet = 0.0  # nothing more is to come of these
        mark = self.house.marks.of_arrival(account, event)
        return Arrival(account, event, raw, correlation_id, quiet, bound, mark=mark)


def _warn_of(event: InboundPurchase, arrival: Arrival, written: Ingested) -> None:
    """Say that a fan paid and got nothing for it: only a person can make that good."""
    log.warning(
        "purchase_unmatched",
        detail="It matches no offer, one that was bought already, or not its price; type: muse events list",
        account=str(arrival.account.id),
        platform=arrival.account.platform,
        event_key=event.event_key,
        charge_key=event.charge_key,
        conversation=str(written.conversation_id),
        correlation_id=arrival.correlation_id,
    )


@asynccontextmanager
async def open_doorway(settings: Settings, process: str) -> AsyncIterator[Doorway]:
    """Open stores and adapters and run the ingress and the live listener until the context is left."""
    async with open_house(settings, process) as house:
        platforms = open_platforms(settings, house.blobs)
        clock = SystemClock()
        watch = PushWatch(house, platforms, clock)
        doorway = Doorway(settings, clock, house, platforms, AccountBook(house), Ingress(house), watch)
        tasks = [asyncio.create_task(doorway.ingress.run()), asyncio.create_task(house.live.run())]
        try:
            yield doorway
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await watch.close()
            await doorway.ingress.close()
            for platform in platforms.values():
                await platform.close()
