"""One leased turn: read it, think it while the quiet time runs, think it anew when the fan goes on, and commit it.

Whatever happens to this process, the messages stay unanswered rows until one commit answers them: a crash leaves a lease
that runs out, a failure gives the lease back, and the next claim finds both.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from msgspec import structs

from core.errors import EffectRefused, LeaseLost, MuseError, Stale, Unavailable
from core.log import correlated, get_logger
from core.nouns import Lease, TurnInput
from core.platform_policy import effective_autonomy, quiet_time
from core.platforms import splitter
from core.turns import GenerateImage, Hold, Outcome, RememberFact, Send, Trace
from memory.summaries import BOUND
from storage import conversations, leases, turns
from storage.turns import Committing
from workers.engine import Engine
from workers.outbox import Place
from workers.pictures import look

RETHINKS = 2
MOST_INTERRUPTS = 5  # a fan who never stops is answered all the same
TYPING_BEFORE_S = 1.0
TYPING_AFTER_S = 0.4
GIVE_BACK_TRIES, GIVE_BACK_PAUSE_S = 4, 0.5
AWAY_S = 1.0
log = get_logger(__name__)
T = TypeVar("T")


class LeasedTurn:
    """The turn of one lease, from reading to the commit."""

    def __init__(self, engine: Engine, lease: Lease) -> None:
        """Hold the lease; `run` does the work."""
        self.lease = lease
        self._engine = engine
        self._nudged = asyncio.Event()
        self._lost = False
        self._interrupts = 0
        self._work: asyncio.Task[None] | None = None

    def nudge(self) -> None:
        """Something changed in the conversation: look whether the thinking is stale."""
        self._nudged.set()

    def lose(self) -> None:
        """The lease is another's: stop, for the commit would be refused."""
        self._lost = True
        if self._work is not None:
            self._work.cancel()

    async def run(self) -> None:
        """Think and commit, or give the lease back; raises only when it is cancelled from outside."""
        self._work = asyncio.create_task(self._reply())
        try:
            await self._work
        except asyncio.CancelledError:
            await asyncio.gather(self._work, return_exceptions=True)
            if not self._lost:
                await asyncio.shield(self._give_back(None))
                raise
            self._note_lost()
        except LeaseLost:
            self._note_lost()
        except Unavailable as error:  # a server of ours is away: nobody's fault
            log.warning("turn_put_off", conversation=str(self.lease.conversation_id), detail=str(error))
            await self._give_back(None, AWAY_S)

    def _note_lost(self) -> None:
        self._engine.figures.count("turns_lost")
        log.info("turn_lost", conversation=str(self.lease.conversation_id), fence=self.lease.fence)

    async def _reply(self) -> None:
        while True:
            self._nudged.clear()
            read = await self._read()
            if read is None:
                return
            turn, wait_s = read
            due = time.monotonic() + wait_s
            with correlated(turn.correlation_id):
                try:
                    await self._think_and_commit(turn, due)
                except Stale:
                    self._interrupts += time.monotonic() >= due
                    self._engine.figures.count("turns_stale")
                    log.info("turn_stale", conversation=str(self.lease.conversation_id))
                    continue
                except (LeaseLost, Unavailable):
                    raise
                except Exception as error:  # whatever it was: the turn is tried again, and at last held for a person
                    self._engine.figures.count("turns_failed")
                    log.exception("turn_failed", conversation=str(self.lease.conversation_id), attempt=self.lease.attempts)
                    await self._give_back(f"{type(error).__name__}: {error}")
                return

    async def _read(self) -> tuple[TurnInput, float] | None:
        engine, lease = self._engine, self.lease
        try:
            async with engine.house.app.unit(lease.agency_id) as unit:
                read = await engine.reader.gather(unit, lease)
        except Unavailable:
            raise
        except Exception as error:  # a turn that cannot even be read must not go round for ever
            engine.figures.count("turns_failed")
            log.exception("turn_unreadable", conversation=str(lease.conversation_id), attempt=lease.attempts)
            await self._give_back(f"{type(error).__name__}: {error}")
            if lease.attempts > engine.settings.turn_attempts:
                async with engine.house.app.unit(lease.agency_id) as unit:
                    await conversations.give_up(unit, lease.conversation_id, lease.fence)
            return None
        return None if read is None else (_under_ceiling(engine, read[0]), read[1])

    async def _think_and_commit(self, turn: TurnInput, due: float) -> None:
        refusals: list[str] = []
        showing = asyncio.create_task(_show_typing(self._engine, turn, due))
        try:
            turn = await look(self._engine, turn)
            while True:
                outcome = await self._unless_stale(turn, self._think(turn, refusals))
                if (wait_s := due - time.monotonic()) > 0:
                    await self._unless_stale(turn, asyncio.sleep(wait_s))
                try:
                    await self._commit(turn, outcome)
                except EffectRefused as refusal:
                    log.info("effect_refused", conversation=str(turn.conversation.id), detail=str(refusal))
                    refusals.append(str(refusal))
                else:
                    return
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)

    async def _unless_stale(self, turn: TurnInput, work: Coroutine[Any, Any, T]) -> T:
        """Do the work, and look at each nudge whether it is still worth it. Raises `Stale`, `LeaseLost`; then it is undone."""
        task = asyncio.create_task(work)
        try:
            while True:
                nudged = asyncio.create_task(self._nudged.wait())
                try:
                    await asyncio.wait({task, nudged}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    nudged.cancel()
                if task.done():
                    return task.result()
                self._nudged.clear()
                await self._check(turn)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _check(self, turn: TurnInput) -> None:
        with suppress(Unavailable):  # the commit looks again
            async with self._engine.house.app.unit(self.lease.agency_id) as unit:
                await leases.look_at(unit, turns.reading_of(turn, final=self._final))

    @property
    def _final(self) -> bool:
        return self._interrupts >= MOST_INTERRUPTS

    async def _think(self, turn: TurnInput, refusals: list[str]) -> Outcome:
        if turn.lease.attempts > self._engine.settings.turn_attempts:
            return _held(turn, f"failed {turn.lease.attempts - 1} times: {turn.last_error or 'the worker died'}")
        if len(refusals) > RETHINKS:
            return _held(turn, f"effect refused: {refusals[-1]}")
        started = time.perf_counter()
        try:
            return await self._engine.thinker.think(turn, tuple(refusals))
        finally:
            self._engine.figures.count("thinking_seconds", time.perf_counter() - started)

    async def _commit(self, turn: TurnInput, outcome: Outcome) -> None:
        engine = self._engine
        platform = engine.platforms[turn.account.platform]
        quiet_s = quiet_time(turn.account, platform.policy, engine.settings.quiet_s)
        split = splitter(platform, turn.account)
        how = Committing(engine.handlers, split, engine.clock.now(), quiet_s, final=self._final, policy=platform.policy)
        await turns.commit(engine.house.app, turn, outcome, how)
        engine.figures.count(f"turns_{type(outcome.verdict).__name__.lower()}")
        notes = outcome.trace.notes
        engine.figures.count("fallbacks", any(note.startswith("fallback") for note in notes))
        engine.figures.count("rethought", any(note.startswith("thought again") for note in notes))
        engine.figures.count("breaches", sum(note.startswith("breach: ") for note in notes))
        jobs, where = engine.house.jobs, (turn.lease.agency_id, turn.conversation.id)
        log.info(
            "turn_committed", conversation=str(where[1]), verdict=type(outcome.verdict).__name__, brain=outcome.trace.brain
        )
        if isinstance(outcome.verdict, Send | Hold):
            engine.outbox.wake(*where, place=Place(turn.account.id, turn.conversation.platform_key))
        await engine.house.live.publish(where[1], {"event": "change"})
        if any(isinstance(effect, RememberFact) for effect in outcome.effects):
            await jobs.index_facts(where[0])
        for effect in outcome.effects:
            if isinstance(effect, GenerateImage) and isinstance(outcome.verdict, Send):
                await jobs.paint_pictures(where[0], effect.job_id)
        await self._let_remember(turn)

    async def _let_remember(self, turn: TurnInput) -> None:
        """Wake the jobs that read what was said: neither the reply nor the next turn waits for them."""
        engine, agency = self._engine, turn.lease.agency_id
        if engine.analyst is not None and any(message.author == "fan" and message.text for message in turn.burst):
            await engine.house.jobs.analyse_turn(agency, turn.lease.turn_id)
        if len(turn.window) + len(turn.burst) > BOUND:
            await engine.house.jobs.summarise_conversation(agency, turn.conversation.id)

    async def _give_back(self, error: str | None, after_s: float = 0.0) -> None:
        """End the lease, so that the turn is tried again; where even that fails, the lease runs out by itself."""
        after_s = after_s if error is None else min(30.0, 2.0**self.lease.attempts)
        for _ in range(GIVE_BACK_TRIES):
            with suppress(MuseError):
                async with self._engine.house.app.unit(self.lease.agency_id) as unit:
                    await leases.give_back(unit, self.lease, error, after_s, counted=error is not None)
                return
            await asyncio.sleep(GIVE_BACK_PAUSE_S)


def _under_ceiling(engine: Engine, turn: TurnInput) -> TurnInput:
    """Let the platform's policy bound how freely the account speaks."""
    ceiling = engine.platforms[turn.account.platform].policy.autonomy_ceiling
    bounded = effective_autonomy(turn.account.autonomy, ceiling)
    return structs.replace(turn, account=structs.replace(turn.account, autonomy=bounded))


def _held(turn: TurnInput, reason: str) -> Outcome:
    """Hold a turn that could not be thought; the fan gets the persona's waiting line, unless they want no messages.

    A persona whose age nobody has stated says not even that.
    """
    speaks = turn.influencer.persona.get("age", 0) is not None and turn.fan.opted_out_at is None
    waiting = turn.influencer.persona.get("waiting") if speaks else None
    return Outcome(verdict=Hold(reason, waiting=waiting), trace=Trace(brain="none", notes=(reason,)))


async def _show_typing(engine: Engine, turn: TurnInput, due: float) -> None:
    """Show the typing sign from a moment before the reply is due until it is committed."""
    if turn.fan.opted_out_at is not None or turn.account.autonomy not in ("auto", "risk"):
        return  # no answer comes by itself
    platform = engine.platforms[turn.account.platform]
    seconds = platform.policy.typing_seconds
    if (early := due - TYPING_BEFORE_S - time.monotonic()) > 0:
        await asyncio.sleep(early)
    while True:
        await engine.house.live.publish(turn.conversation.id, {"event": "typing", "seconds": 5})
        await asyncio.sleep(TYPING_AFTER_S)
        if seconds is not None:
            with suppress(MuseError):
                await platform.typing(turn.account, turn.conversation.platform_key)
        await asyncio.sleep((seconds or 5.0) - TYPING_AFTER_S)
