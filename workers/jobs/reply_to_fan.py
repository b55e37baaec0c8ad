"""`ReplyToFan`: think the turn that is due in a conversation, and commit what comes out of it.

Whatever happens to this process, the messages stay unanswered rows until one commit answers them: a crash leaves a lease
that runs out, a failure gives the lease back, and the sweep finds both.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any
from uuid import UUID

from msgspec import structs

from core.errors import EffectRefused, LeaseLost, MuseError
from core.log import correlated, get_logger
from core.nouns import Lease, TurnInput
from core.ports import effective_autonomy, quiet_time, splitter
from core.turns import Hold, Outcome, RememberFact, Send, Trace
from storage import conversations, turns
from workers.engine import Engine
from workers.pictures import look

RETHINKS = 2
SOON_S = 1.0
TYPING_AFTER_S = 0.4
log = get_logger(__name__)


async def reply_to_fan(ctx: dict[str, Any], agency_id: str, conversation_id: str) -> None:
    """Think one turn, if one is due now."""
    engine: Engine = ctx["engine"]
    try:
        async with engine.slots:
            lease = await _claim(engine, UUID(agency_id), UUID(conversation_id))
            if lease is not None:
                await _gather_and_think(engine, lease)
    except MuseError as error:  # the sweep comes by again
        log.warning("turn_put_off", conversation=conversation_id, error=type(error).__name__, detail=str(error))


async def _claim(engine: Engine, agency_id: UUID, conversation_id: UUID) -> Lease | None:
    """Claim the turn; one that is due within a moment is waited for, since a wake-up may run a little early."""
    settings = engine.settings
    for _ in range(2):
        async with engine.house.app.unit(agency_id) as unit:
            lease = await turns.claim(unit, conversation_id, engine.name, settings.lease_s)
            wait = None if lease else await turns.seconds_until_due(unit, conversation_id)
        if lease is not None or wait is None or wait > SOON_S:
            return lease
        await asyncio.sleep(wait + 0.002)
    return None


async def _gather_and_think(engine: Engine, lease: Lease) -> None:
    try:
        async with engine.house.app.unit(lease.agency_id) as unit:
            turn = await turns.gather(unit, engine.house.seal, lease)
    except Exception as error:  # a turn that cannot even be read must not go round for ever
        engine.figures.count("turns_failed")
        log.exception("turn_unreadable", conversation=str(lease.conversation_id), attempt=lease.attempts)
        await _give_back(engine, lease, f"{type(error).__name__}: {error}")
        if lease.attempts > engine.settings.turn_attempts:
            async with engine.house.app.unit(lease.agency_id) as unit:
                await conversations.give_up(unit, lease.conversation_id)
        return
    if turn is not None:
        await _think_leased(engine, lease, _under_ceiling(engine, turn))


def _under_ceiling(engine: Engine, turn: TurnInput) -> TurnInput:
    """Let the platform's policy bound how freely the account speaks."""
    ceiling = engine.platforms[turn.account.platform].policy.autonomy_ceiling
    bounded = effective_autonomy(turn.account.autonomy, ceiling)
    return structs.replace(turn, account=structs.replace(turn.account, autonomy=bounded))


async def _think_leased(engine: Engine, lease: Lease, turn: TurnInput) -> None:
    with correlated(turn.correlation_id):
        thinking = asyncio.create_task(_think_and_commit(engine, turn))
        beating = asyncio.create_task(_keep_lease(engine, lease, thinking))
        showing = asyncio.create_task(_show_typing(engine, turn))
        try:
            await thinking
        except LeaseLost:
            engine.figures.count("turns_lost")
            log.info("turn_lost", conversation=str(lease.conversation_id), fence=lease.fence)
        except asyncio.CancelledError:
            thinking.cancel()
            await asyncio.gather(thinking, return_exceptions=True)
            if beating.done():
                engine.figures.count("turns_lost")
                log.info("turn_lost", conversation=str(lease.conversation_id), fence=lease.fence)
                return
            await asyncio.shield(_give_back(engine, lease, None))
            raise
        except Exception as error:  # whatever it was: the turn is tried again, and at last held for a person
            engine.figures.count("turns_failed")
            log.exception("turn_failed", conversation=str(lease.conversation_id), attempt=lease.attempts)
            await _give_back(engine, lease, f"{type(error).__name__}: {error}")
        finally:
            for task in (beating, showing):
                task.cancel()
            await asyncio.gather(beating, showing, return_exceptions=True)


async def _think_and_commit(engine: Engine, turn: TurnInput) -> None:
    refusals: list[str] = []
    turn = await look(engine, turn)
    while True:
        outcome = await _think(engine, turn, refusals)
        try:
            await _commit(engine, turn, outcome)
            return
        except EffectRefused as refusal:
            log.info("effect_refused", conversation=str(turn.conversation.id), detail=str(refusal))
            refusals.append(str(refusal))


async def _think(engine: Engine, turn: TurnInput, refusals: list[str]) -> Outcome:
    if turn.lease.attempts > engine.settings.turn_attempts:
        return _held(turn, f"failed {turn.lease.attempts - 1} times: {turn.last_error or 'the worker died'}")
    if len(refusals) > RETHINKS:
        return _held(turn, f"effect refused: {refusals[-1]}")
    started = time.perf_counter()
    try:
        return await engine.thinker.think(turn, tuple(refusals))
    finally:
        engine.figures.count("thinking_seconds", time.perf_counter() - started)


def _held(turn: TurnInput, reason: str) -> Outcome:
    """Hold a turn that could not be thought; the fan gets the persona's waiting line, unless they want no messages."""
    waiting = turn.influencer.persona.get("waiting") if turn.fan.opted_out_at is None else None
    return Outcome(verdict=Hold(reason, waiting=waiting), trace=Trace(brain="none", notes=(reason,)))


async def _commit(engine: Engine, turn: TurnInput, outcome: Outcome) -> None:
    platform = engine.platforms[turn.account.platform]
    quiet_s = quiet_time(turn.account, platform.policy, engine.settings.quiet_s)
    split = splitter(platform, turn.account)
    async with engine.house.app.unit(turn.lease.agency_id) as unit:
        more = await turns.commit(unit, turn, outcome, engine.handlers, split, engine.clock.now(), quiet_s)
    engine.figures.count(f"turns_{type(outcome.verdict).__name__.lower()}")
    engine.figures.count("fallbacks", any(note.startswith("fallback") for note in outcome.trace.notes))
    jobs, where = engine.house.jobs, (turn.lease.agency_id, turn.conversation.id)
    log.info("turn_committed", conversation=str(where[1]), verdict=type(outcome.verdict).__name__, brain=outcome.trace.brain)
    await engine.house.live.publish(where[1], {"event": "change"})
    if isinstance(outcome.verdict, Send | Hold):
        await jobs.deliver_messages(*where)
    if more:
        await jobs.reply_to_fan(*where, quiet_s)
    if any(isinstance(effect, RememberFact) for effect in outcome.effects):
        await jobs.index_facts(where[0])


async def _give_back(engine: Engine, lease: Lease, error: str | None) -> None:
    after_s = 0.0 if error is None else min(30.0, 2.0**lease.attempts)
    with suppress(MuseError):
        async with engine.house.app.unit(lease.agency_id) as unit:
            await turns.give_back(unit, lease, error, after_s, counted=error is not None)
        await engine.house.jobs.reply_to_fan(lease.agency_id, lease.conversation_id, after_s)


async def _keep_lease(engine: Engine, lease: Lease, thinking: asyncio.Task[None]) -> None:
    """Prolong the lease until it is lost; then the thinking is stopped, for its commit would be refused."""
    while True:
        await asyncio.sleep(engine.settings.lease_s / 4)
        with suppress(MuseError):  # an absent database is no reason: the commit decides
            async with engine.house.app.unit(lease.agency_id) as unit:
                kept = await turns.heartbeat(unit, lease, engine.settings.lease_s)
            if not kept:
                thinking.cancel()
                return


async def _show_typing(engine: Engine, turn: TurnInput) -> None:
    if turn.fan.opted_out_at is not None or turn.account.autonomy not in ("auto", "risk"):
        return  # no answer comes by itself
    platform = engine.platforms[turn.account.platform]
    seconds = platform.policy.typing_seconds
    while True:
        await engine.house.live.publish(turn.conversation.id, {"event": "typing", "seconds": 5})
        await asyncio.sleep(TYPING_AFTER_S)
        if seconds is not None:
            with suppress(MuseError):
                await platform.typing(turn.account, turn.conversation.platform_key)
        await asyncio.sleep((seconds or 5.0) - TYPING_AFTER_S)
