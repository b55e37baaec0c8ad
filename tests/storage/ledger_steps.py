"""Steps of a turn that the ledger's tests share."""

from __future__ import annotations

from core.nouns import Lease, TurnInput
from core.outbound import Part
from core.turns import HandToOperator, Outcome, Trace, Verdict
from storage import conversations, turns
from storage.house import House
from tests.conftest import Agency
from tests.storage.world import NOON


def whole(part: Part) -> list[Part]:
    """Split nothing."""
    return [part]


def outcome(verdict: Verdict, *effects: object) -> Outcome:
    return Outcome(verdict=verdict, trace=Trace(brain="test"), effects=effects)  # type: ignore[arg-type]  # tests pass real ones


HANDLERS = {HandToOperator: conversations.pause}


async def claim_turn(house: House, agency: Agency, conversation_id, worker: str = "w1", lease_s: float = 30) -> Lease | None:
    async with house.app.unit(agency.id) as unit:
        return await turns.claim(unit, conversation_id, worker, lease_s)


async def gathered(house: House, lease: Lease) -> TurnInput:
    async with house.app.unit(lease.agency_id) as unit:
        turn = await turns.gather(unit, house.seal, lease)
    assert turn is not None
    return turn


async def commit(house: House, turn: TurnInput, result: Outcome) -> bool:
    async with house.app.unit(turn.lease.agency_id) as unit:
        return await turns.commit(unit, turn, result, HANDLERS, whole, NOON, quiet_s=0.0)
