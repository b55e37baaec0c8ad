"""One run: fans write, blows fall, operators interfere; then calm, and the audit."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from evals.chaos.audit import Audit, Evidence, Finding, count
from evals.chaos.desk import Desk
from evals.chaos.ledger import read_ledger
from evals.chaos.plan import Focus, plan_bursts, plan_strikes
from evals.chaos.quiet import everything_shown, everything_traded, rest
from evals.chaos.report import Hit, Report
from evals.chaos.stage import Stage
from evals.chaos.steps import GONE, Steps
from evals.chaos.strikes import Striker
from evals.chaos.town import Town
from evals.chaos.trade import caption_of
from evals.simulators.signals import Signal
from storage.database import open_database
from storage.ledger import Violation, check_ledger

Say: TypeAlias = Callable[[str], None]
LOOK_S = 0.5
DESK_S = 2.0
TELL_EVERY = 250


class Storm:
    """The parts of one run that must know each other."""

    def __init__(self, seed: int, focus: Focus, town: Town, stage: Stage, say: Say) -> None:
        """Prepare; nothing happens yet."""
        self.seed, self.focus, self.town, self.stage, self.say = seed, focus, town, stage, say
        self.steps = Steps(stage.admin_dsn, town.gate)
        self.striker = Striker(stage, self.steps)
        self.desk = Desk(stage)
        self.begun = 0
        self._chance = random.Random(f"operators {seed}")  # noqa: S311 — repeatable, nothing secret
        self._free: dict[int, asyncio.Lock] = {}
        self._blow = 0 if focus.strikes else focus.bursts  # the burst after which the next blow is due
        self._struck = Signal()

    async def run(self) -> Report:
        """Run to the end and compare. Raises `MuseError` when the comparison cannot be made."""
        try:
            await self.steps.lay()
            started = time.monotonic()
            await self._rage()
            self.say("calm: platform and model work, what is open may end")
            await self.striker.thawed()
            await self.striker.wait_back()
            await self.town.calm()
            looking = asyncio.create_task(self._keep_looking())
            rested = await rest(self.town, self.stage, self.focus.rest_s)
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            took_s = time.monotonic() - started
            if not rested:
                self.striker.ask_why()
                await asyncio.sleep(LOOK_S)
            return await self._compare(took_s, rested)
        finally:
            await self.desk.close()

    async def _rage(self) -> None:
        bursts = iter(enumerate(plan_bursts(self.seed, self.focus)))
        over = asyncio.Event()

        async def write() -> None:
            for number, burst in bursts:
                await self._keep_step(number)
                self.begun += 1
                async with self._free.setdefault(burst.fan, asyncio.Lock()):
                    await self.town.write(number, burst)

        async with asyncio.TaskGroup() as beside:
            others = [beside.create_task(work(over)) for work in (self._strike, self._interrupt, self._tell)]
            async with asyncio.TaskGroup() as fans:
                for _ in range(self.focus.awake):
                    fans.create_task(write())
            over.set()
            await asyncio.wait(others)

    async def _strike(self, over: asyncio.Event) -> None:
        for number, strike in plan_strikes(self.seed, self.focus):
            self._blow = number
            self._struck.notify()
            await self._come_to(number, over)
            if over.is_set():
                return
            with suppress(*GONE):  # a server that is down already takes no blow
                await self.striker.strike(strike)
            await self.striker.wait_back()
        self._blow = self.focus.bursts
        self._struck.notify()

    async def _keep_step(self, number: int) -> None:
        """Let no fan run far ahead of the blows: on a slow machine a run takes longer, and is hit as often."""
        while number > self._blow + self.focus.spare:
            await self._struck.changed()

    async def _come_to(self, number: int, over: asyncio.Event) -> None:
        while True:
            if self.begun >= number or over.is_set():
                return
            await asyncio.sleep(LOOK_S / 10)

    async def _interrupt(self, over: asyncio.Event) -> None:
        done, posted, looked = 0, 0, time.monotonic()
        while not over.is_set():
            await asyncio.sleep(LOOK_S / 5)
            with suppress(*GONE):
                if self.town.said and done < self.begun * self.focus.operators:
                    done += 1
                    said = self._chance.choice(self.town.said[-40:])
                    words = f"This is a person of the team, number {'i' * (done % 7)}{done}."
                    await self.desk.interrupt(said.account, said.chat, words, self._chance.uniform(0.1, 0.8))
                if posted < self.focus.posts and self.begun * 2 > posted * self.focus.bursts / self.focus.posts:
                    posted += 1
                    await self.desk.post(caption_of(posted))
                if time.monotonic() - looked > DESK_S:
                    looked = time.monotonic()
                    await self.desk.resolve(self._arrived)
                    await self._look_at_pictures()

    async def _look_at_pictures(self) -> None:
        if self.focus.pictures:
            await self.desk.look_at_pictures()

    async def _keep_looking(self) -> None:
        while True:
            with suppress(*GONE):
                await self._look_at_pictures()
            await asyncio.sleep(LOOK_S)

    async def _tell(self, over: asyncio.Event) -> None:
        told = 0
        while not over.is_set():
            await asyncio.sleep(LOOK_S)
            if self.begun >= told + TELL_EVERY:
                told = self.begun
                hit = sum(self.striker.hits.values())
                self.say(f"{told} of {self.focus.bursts} bursts, {hit} blows, {self.town.undelivered} updates on their way")

    def _arrived(self, row: dict[str, object]) -> bool | None:
        """Look into the chats for words that stand in no other reply; None where that cannot be told."""
        words = str(row["text"])
        if "zx" not in words:
            return None
        return any(one.text == words for one in everything_shown(self.town))

    async def _compare(self, took_s: float, rested: bool) -> Report:
        api = frozenset(str(row["id"]) for row in await self.desk.unknown())
        ledger = await read_ledger(self.stage.admin_dsn)
        evidence = Evidence(
            self.town.said, everything_shown(self.town), ledger, self.desk.held, api, everything_traded(self.town)
        )
        findings = Audit(evidence).findings()
        return _report(self, evidence, findings, await self._check(), took_s, rested)

    async def _check(self) -> list[Violation]:
        app = await open_database(self.stage.settings.postgres_app_url, largest=2, prefix="muse chaos")
        try:
            sweeping = await open_database(self.stage.settings.postgres_sweep_url, largest=1, prefix="muse chaos")
            try:
                return await check_ledger(app, sweeping)
            finally:
                await sweeping.close()
        finally:
            await app.close()


def _report(
    storm: Storm, evidence: Evidence, findings: Sequence[Finding], violations: list[Violation], took_s: float, rested: bool
) -> Report:
    """Put a run's figures together."""
    ledger, town, striker = evidence.ledger, storm.town, storm.striker
    blows = sorted(striker.hits.keys() | striker.missed.keys(), key=str)
    return Report(
        seed=storm.seed,
        bursts=storm.begun,
        messages=len(town.said),
        redelivered=town.repeated,
        overtaken=town.overtaken,
        platform_faults=town.weather.struck,
        painter_faults=town.easel.struck,
        sold=len(town.till.bought),
        given_back=sum(sale.given_back for sale in ledger.books.sales),
        pictures=dict(Counter(made.state for made in ledger.books.pictures)),
        posts=dict(Counter(post.state for post in ledger.books.posts)),
        model_faults=town.brain.broken,
        takeovers=len(storm.desk.held),
        turns=len(ledger.turns),
        held=dict(Counter(turn.reason or "no reason" for turn in ledger.turns if turn.verdict == "hold")),
        fallbacks=sum(turn.brain in ("reflex", "none") for turn in ledger.turns),
        claims=ledger.claims,
        deliveries=dict(Counter(delivery.state for delivery in ledger.deliveries)),
        ever_unknown=sum(delivery.doubted for delivery in ledger.deliveries),
        resolved=len(storm.desk.resolved),
        shown_unknown=len(evidence.api_unknown),
        took_s=round(took_s, 1),
        rested=rested,
        totals=count(findings),
        findings=list(findings),
        violations=violations,
        coverage=[Hit(b.kind, b.target, b.step, striker.hits[b], striker.missed[b]) for b in blows],
    )
