"""The outbox of a worker: one sender a conversation, at work while something is to be sent there.

A wake-up starts a sender in this process or lets it look again. It sends all that may leave now, in order, and sleeps in
between as pace and rates ask; longer waits are left to the sweep. Whatever it does is claimed in Postgres first, so that two
workers woken for one conversation send nothing twice. A send that has begun is never cancelled.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

from msgspec import Struct

from core.clock import Clock
from core.errors import MuseError
from core.log import get_logger
from core.nouns import Account
from core.platform_policy import Rate
from core.platforms import Platform
from storage import deliveries
from storage.deliveries import STUCK_S, Rest, Step
from storage.echoes import settle_echoes
from storage.house import House
from storage.limiter import Limit
from storage.presence import LIVES_S, SURE_S, Roll
from studio.keeping import Fitting
from workers.accounts import OpenAccounts
from workers.courier import Courier
from workers.figures import Figures
from workers.gate import Gate
from workers.reconcile import Reconciler

LINGER_S = 240.0  # a longer wait is left to the sweep
HORIZON_S = 10.0  # how far ahead a moment is booked where a platform's rate is the limit
SHORTEST_TYPING_S = 0.5
LAST_WORDS_S = 0.5
log = get_logger(__name__)


class Place(Struct, frozen=True):
    """Which account and chat a conversation is, for who knows it already."""

    account_id: UUID
    chat: str


class _Sender:
    """What one conversation's sender knows; it lives while it works or sleeps for a short while."""

    def __init__(self, agency_id: UUID, conversation_id: UUID, place: Place | None) -> None:
        self.agency_id, self.conversation_id, self.place = agency_id, conversation_id, place
        self.ready = place is not None  # who knows the place has just made something to be sent
        self.woken, self.resting = asyncio.Event(), asyncio.Event()
        self.booked: float | None = None
        self.task: asyncio.Task[None] | None = None


class Outbox:
    """Sends what waits. `wake` from anywhere in the process; `drain`, then `close` at its end."""

    def __init__(
        self,
        name: str,
        house: House,
        clock: Clock,
        platforms: Mapping[str, Platform],
        figures: Figures,
        places: int = 64,
        settling_s: float = 4.0,
        fitting: Fitting | None = None,
    ) -> None:
        """Send as worker `name`, at most `places` at once, pictures as `fitting` makes them (none: as they are).

        `settling_s`: until what a platform took stands in its list.
        """
        self._name = name
        self._house = house
        self._platforms = platforms
        self._figures = figures
        self._accounts = OpenAccounts(house)
        self._roll = Roll(house.redis, name)
        self._gate = Gate(places)
        self._courier = Courier(name, house, clock, platforms, figures, Reconciler(house.app, clock, settling_s), fitting)
        self._senders: dict[UUID, _Sender] = {}
        self._carrying: set[asyncio.Task[Rest | None]] = set()
        self._later: set[asyncio.TimerHandle] = set()
        self._closing = False

    @property
    def claims_as(self) -> str:
        """The name under which this outbox claims, which no other one ever has."""
        return self._courier.name

    def wake(self, agency_id: UUID, conversation_id: UUID, after_s: float = 0.0, place: Place | None = None) -> None:
        """Look whether something is to be sent in a conversation, now or in some seconds.

        `place` saves a look into the database where the caller has just made something to be sent.
        """
        if after_s > 0:
            self._wake_later(agency_id, conversation_id, after_s)
        elif not self._closing:
            self._wake(agency_id, conversation_id, place)

    async def deliver(self, agency_id: UUID, conversation_id: UUID) -> None:
        """Wake, and come back when nothing more may leave now."""
        if not self._closing:
            await self._wake(agency_id, conversation_id, None).resting.wait()

    async def drain(self, patience_s: float) -> int:
        """Begin no more sends, and wait for those on their way; return how many are still."""
        self._closing = True
        for handle in self._later:
            handle.cancel()
        for sender in self._senders.values():
            sender.woken.set()
        if self._carrying:
            await asyncio.wait(self._carrying, timeout=patience_s)
        return len(self._carrying)

    async def close(self) -> None:
        """End all senders; what is on its way goes on by itself while the process lives."""
        await self.drain(0)
        tasks = [sender.task for sender in self._senders.values() if sender.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_WORDS_S)  # a look or a booking ends by itself
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _wake_later(self, agency_id: UUID, conversation_id: UUID, after_s: float) -> None:
        def call() -> None:
            self._later.discard(handle)
            self.wake(agency_id, conversation_id)

        handle = asyncio.get_running_loop().call_later(after_s, call)
        self._later.add(handle)

    def _wake(self, agency_id: UUID, conversation_id: UUID, place: Place | None) -> _Sender:
        sender = self._senders.get(conversation_id)
        if sender is None:
            sender = self._senders[conversation_id] = _Sender(agency_id, conversation_id, place)
            sender.task = asyncio.create_task(self._run(sender))
        sender.woken.set()
        sender.resting.clear()
        return sender

    async def _run(self, sender: _Sender) -> None:
        try:
            while not self._closing:
                sender.woken.clear()
                wait_s = await self._round(sender)
                if sender.woken.is_set() or wait_s == 0:
                    continue
                if wait_s is None or wait_s > LINGER_S:
                    return
                sender.resting.set()
                with suppress(TimeoutError):
                    await asyncio.wait_for(sender.woken.wait(), wait_s)
        except MuseError as error:  # the sweep comes by again
            log.warning(
                "delivery_put_off", conversation=str(sender.conversation_id), error=type(error).__name__, detail=str(error)
            )
        except Exception:
            log.exception("delivery_failed", conversation=str(sender.conversation_id))
        finally:
            del self._senders[sender.conversation_id]
            sender.resting.set()

    async def _round(self, sender: _Sender) -> float | None:
        """Send all that may leave now; return the seconds until the next may, or nothing."""
        ready = sender.ready or sender.booked is not None
        sender.ready = False
        while not self._closing:
            looked = not ready
            if not ready:
                step = await self._look(sender)
                if step.status != "ready":
                    return await self._wait(sender, step)
            if sender.place is None:
                return None
            account = await self._accounts.get(sender.agency_id, sender.place.account_id)
            wait_s = await self._book(sender, account)
            if wait_s > 0:
                return wait_s
            rest = await self._carry(sender, account)
            if rest is None and looked:
                return SURE_S  # it was ready and could not be claimed: an echo waits for a send on its way
            if rest is not None and rest.echoes:
                await self._settle_echoes(sender, account)
            elif rest is not None and rest.wait_s is None:
                return None
            ready = rest is not None and rest.wait_s == 0
        return None

    async def _look(self, sender: _Sender) -> Step:
        quiet_s = None
        if sender.place is not None:
            quiet_s = self._courier.quiet_s(await self._accounts.get(sender.agency_id, sender.place.account_id))
        async with self._house.app.statement(sender.agency_id) as unit:
            step = await deliveries.look(unit, sender.conversation_id, quiet_s)
        if step.account_id is None or step.chat is None:
            return step
        known, sender.place = sender.place, Place(step.account_id, step.chat)
        account = await self._accounts.get(sender.agency_id, step.account_id)
        if step.echoes and await self._settle_echoes(sender, account):
            return await self._look(sender)
        if known is None and self._courier.quiet_s(account) is not None:
            return await self._look(sender)  # the first look did not know that it is night there
        return step

    async def _wait(self, sender: _Sender, step: Step) -> float | None:
        """Return how long to wait for what stands first, showing that somebody types where a person would be typing."""
        if step.status == "busy":
            return await self._wait_for_other(sender, step)
        if step.wait_s is None or sender.place is None:
            return None
        if step.status == "held":
            self._accounts.forget(sender.place.account_id)  # so that a renewed token is read
        if step.status != "wait" or not step.pause_s or not SHORTEST_TYPING_S < step.wait_s <= LINGER_S or step.attempts:
            return step.wait_s
        account = await self._accounts.get(sender.agency_id, sender.place.account_id)
        platform = self._platforms[account.platform]
        await self._house.live.publish(sender.conversation_id, {"event": "typing", "seconds": 5})
        if platform.policy.typing_seconds is None:
            return step.wait_s
        began = time.monotonic()
        with suppress(MuseError, TimeoutError):
            async with asyncio.timeout(step.wait_s):  # a sign that comes late must not hold the words up
                await platform.typing(account, sender.place.chat)
        left_s = max(0.0, step.wait_s - (time.monotonic() - began))
        return min(left_s, platform.policy.typing_seconds)  # looking again in between: the conversation may change hands

    async def _wait_for_other(self, sender: _Sender, step: Step) -> float | None:
        """Leave a send to the worker that has it, unless that one is gone, or it is ours and was never begun."""
        claimed, age_s = step.claimed(), step.age_s or 0.0
        if claimed.id in self._courier.carried and age_s < STUCK_S:
            return SURE_S
        account = await self._accounts.get(sender.agency_id, claimed.account_id)
        if step.claimed_by == self._courier.name and claimed.id not in self._courier.carried:
            error = MuseError("The claim was not heard of.")
            await self._courier.settle(account, claimed, deliveries.Result("retry", counted=False, error=error))
            return 0.0
        name = (step.claimed_by or "").partition("#")[0]
        if age_s < STUCK_S and (age_s < LIVES_S or not await self._roll.is_gone(name)):
            return SURE_S if age_s > LIVES_S else None
        await self._courier.judge(account, claimed, age_s, "The sender died between the call and its answer.")
        return 0.0

    async def _book(self, sender: _Sender, account: Account) -> float:
        """Return 0 when the platform's rates let a message leave now, else seconds to wait; a booked moment is kept."""
        now = time.monotonic()
        if sender.booked is None:
            rates = self._platforms[account.platform].policy.rates
            if not rates or account.options.get("rates") == "off":
                return 0.0
            chat = sender.place.chat if sender.place else ""
            booking = await self._house.limiter.book([_limit(rate, account, chat) for rate in rates], HORIZON_S)
            if not booking.booked:
                return max(0.001, booking.wait_s)
            sender.booked = now + booking.wait_s
        return max(0.0, sender.booked - now)

    async def _carry(self, sender: _Sender, account: Account) -> Rest | None:
        async with self._gate.place(account.id):
            sender.booked = None
            if self._closing:
                return None
            task = asyncio.create_task(self._courier.carry(sender.conversation_id, account))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)
            return await asyncio.shield(task)

    async def _settle_echoes(self, sender: _Sender, account: Account) -> bool:
        """Say whose the waiting echoes are; return whether any was settled."""
        async with self._house.app.unit(sender.agency_id) as unit:
            echoed = await settle_echoes(unit, sender.conversation_id, account.platform)
        if echoed.matched or echoed.foreign:
            self._figures.count("takeovers", echoed.foreign)
            await self._house.live.publish(sender.conversation_id, {"event": "change"})
        return bool(echoed.matched or echoed.foreign)


def _limit(rate: Rate, account: Account, chat: str) -> Limit:
    """Return the limit that a platform's rate is for one chat of an account."""
    whose = {"chat": f"{account.id}:{chat}", "account": str(account.id)}.get(rate.scope, account.platform)
    key = f"{rate.scope}:{whose}:{rate.calls:g}/{rate.seconds:g}"
    return Limit(key, rate.seconds / rate.calls, rate.burst, shared=rate.scope != "chat")
