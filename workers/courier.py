"""One delivery on its way: claimed, sent, settled. What it learnt of the outcome is not lost while this process lives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from random import uniform
from uuid import UUID

from msgspec.structs import replace

from core.clock import Clock
from core.errors import EffectRefused, MuseError, OutcomeUnknown, Unavailable, Unreachable, WindowClosed
from core.ids import new_id
from core.log import correlated, get_logger
from core.nouns import Account
from core.outbound import PackPart, Part, TextPart
from core.platforms import Platform
from shop.offers import offer_stands
from shop.restraint import why_not_leave
from storage import deliveries
from storage.accounts import PREVIEW
from storage.deliveries import Claimed, Rest, Result, Step
from storage.house import House
from storage.pacing import quiet_for
from storage.packs import offer_standing
from studio.keeping import Fitting
from workers.figures import Figures
from workers.reconcile import Reconciler
from workers.results import decide

FRESH_S = 5.0  # a claim that lay about for longer is given back: others may have called its sender dead
SPREAD_S = 120.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
log = get_logger(__name__)


class Courier:
    """Carries deliveries of any conversation, one a call; the caller keeps the order within one."""

    def __init__(
        self,
        name: str,
        house: House,
        clock: Clock,
        platforms: Mapping[str, Platform],
        figures: Figures,
        reconciler: Reconciler,
        fitting: Fitting | None = None,
    ) -> None:
        """Claim as `name`, with something of this process's own behind it."""
        self.name = f"{name}#{new_id().hex[-8:]}"
        self.carried: set[UUID] = set()
        self._house = house
        self._clock = clock
        self._platforms = platforms
        self._figures = figures
        self._reconciler = reconciler
        self._fitting = fitting

    def quiet_s(self, account: Account) -> float | None:
        """Return for how long the persona sleeps, with a little spread so that not all replies leave at one stroke.

        Who tries a persona out need not wait for the morning.
        """
        if account.platform == PREVIEW:
            return None
        left = quiet_for(self._clock.now(), account.pace, account.zone)
        return None if left is None else left + uniform(1.0, SPREAD_S)  # noqa: S311 - no secret

    async def carry(self, conversation_id: UUID, account: Account) -> Rest | None:
        """Claim and send the first delivery of a conversation, if it may leave now, and say what is open after it.

        Raises `Unavailable` when nothing was claimed, as far as is known.
        """
        began = time.monotonic()
        step, stands = await self._claim(conversation_id, account)
        if step.status != "claimed":
            return None
        claimed = step.claimed()
        self.carried.add(claimed.id)
        try:
            with correlated(claimed.correlation_id):
                result = await self._send(account, claimed, stands=stands, fresh=time.monotonic() - began < FRESH_S)
                return await self.settle(account, claimed, await self._with_doubt(account, claimed, result))
        finally:
            self.carried.discard(claimed.id)

    async def judge(self, account: Account, claimed: Claimed, age_s: float, why: str) -> Rest:
        """Settle a send whose sender is gone, as one of which nobody knows whether it left."""
        with correlated(claimed.correlation_id):
            platform = self._platforms[account.platform]
            result = await self._reconciler.decide(platform, account, claimed, age_s, OutcomeUnknown(why))
            return await self.settle(account, claimed, result)

    async def settle(self, account: Account, claimed: Claimed, result: Result) -> Rest:
        """Write down what became of a send, however long Postgres is away."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                async with self._house.app.statement(account.agency_id) as unit:
                    rest = await deliveries.settle(unit, claimed.id, result, claimed.attempts)
                break
            except Unavailable as error:
                log.warning("outcome_kept", delivery=str(claimed.id), outcome=result.outcome, error=str(error))
                await asyncio.sleep(pause_s)
                pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
        self._tell(account, claimed, result)
        await self._house.live.publish(claimed.conversation_id, {"event": "change"})
        return rest

    async def _claim(self, conversation_id: UUID, account: Account) -> tuple[Step, bool]:
        """Claim in one round trip; where the reply makes offers, look at them in the claim's own transaction."""
        quiet_s = self.quiet_s(account)
        async with self._house.app.statement(account.agency_id) as unit:
            step = await deliveries.claim(unit, conversation_id, self.name, quiet_s, careful=True)
        if step.status != "careful":
            return step, True
        async with self._house.app.unit(account.agency_id) as unit:
            policy, offers = self._platforms[account.platform].policy, step.offers or ()
            stands = all([await offer_stands(unit, one, policy) and not await why_not_leave(unit, one) for one in offers])
            return await deliveries.claim(unit, conversation_id, self.name, quiet_s), stands

    async def _send(self, account: Account, claimed: Claimed, *, stands: bool, fresh: bool) -> Result:
        platform, began = self._platforms[account.platform], time.monotonic()
        if not fresh:
            return Result("retry", counted=False, error=Unavailable("The worker was too slow to begin."))
        try:
            _check(platform, claimed, stands=stands)
            part = await self._fit(account, claimed)
        except Exception as error:  # nothing has left
            log.warning("not_begun", delivery=str(claimed.id), platform=platform.name, error=type(error).__name__)
            why = error if isinstance(error, MuseError) else Unavailable(f"It was not made ready: {type(error).__name__}.")
            return decide(why, claimed.attempts) or Result("not_sent", error=why)
        try:
            return Result("sent", await platform.send(account, claimed.chat, part, str(claimed.id)))
        except Exception as error:
            log.warning("send_failed", delivery=str(claimed.id), platform=platform.name, error=type(error).__name__)
            decided = decide(error, claimed.attempts)
            if decided is not None:
                return decided
            return await self._reconciler.decide(platform, account, claimed, time.monotonic() - began, error)

    async def _with_doubt(self, account: Account, claimed: Claimed, result: Result) -> Result:
        """Let no refusal of a repeat say that the first try did not arrive: nobody knows that. What was bought did arrive."""
        if claimed.attempts < 2 or result.outcome not in ("not_sent", "unreachable", "retry"):
            return result
        part = claimed.decode()
        with suppress(Unavailable):  # then it counts as in doubt
            async with self._house.app.unit(account.agency_id) as unit:
                if not await deliveries.is_in_doubt(unit, claimed.id):
                    return result
                standing = await offer_standing(unit, part.offer_id) if isinstance(part, PackPart) else None
            if standing is not None and standing.bought:
                return Result("sent")
        error = OutcomeUnknown(f"An earlier try may have arrived; the repeat did not: {result.error}")
        return replace(result, error=error) if result.outcome == "retry" else Result("unknown", error=error)

    async def _fit(self, account: Account, claimed: Claimed) -> Part:
        """Return what is sent, with its pictures as the platform takes them."""
        part = claimed.decode()
        if self._fitting is None or isinstance(part, TextPart):
            return part
        return await self._fitting.fit_part(account.agency_id, part, account.platform)

    def _tell(self, account: Account, claimed: Claimed, result: Result) -> None:
        what = {"delivery": str(claimed.id), "platform": account.platform, "attempt": claimed.attempts}
        self._figures.count(FIGURES[result.outcome])
        if result.outcome == "sent":
            log.info("delivered", **what)
            return
        log.warning("not_delivered", outcome=result.outcome, error=type(result.error).__name__, **what)
        if result.outcome == "held":
            log.error(
                "account_held", account=str(account.id), detail=f"Nothing leaves from {account.platform}/{account.key} until a"
                f" person has set it right: {result.error}",
            )  # fmt: skip


FIGURES = {
    "sent": "deliveries_sent",
    "retry": "deliveries_retry",
    "held": "deliveries_retry",
    "not_sent": "deliveries_not_sent",
    "unreachable": "deliveries_not_sent",
    "unknown": "deliveries_unknown",
}


def _check(platform: Platform, claimed: Claimed, *, stands: bool) -> None:
    """Refuse before the call what the platform would refuse, or what is not true any more."""
    if not claimed.reachable:
        raise Unreachable("The fan blocked the account, or the connection that this chat goes through is closed.")
    if not stands:
        raise EffectRefused(
            "An offer of this reply does not stand any more: bought, withdrawn, at another price, without its promo, or"
            " not to be made now."
        )
    window_s = platform.reply_window(claimed.chat)
    if window_s is not None and claimed.silent_s is not None and claimed.silent_s > window_s:
        raise WindowClosed("The platform's reply window is over; the fan must write first.")
