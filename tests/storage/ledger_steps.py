"""Steps of a turn that the ledger's tests share."""

from __future__ import annotations

from uuid import UUID

from core.nouns import Lease, TurnInput
from core.outbound import Part
from core.turns import HandToOperator, Outcome, Trace, Verdict
from storage import conversations, leases, turns
from storage.effects import EffectHandlers
from storage.house import House
from storage.turns import Committing
from tests.conftest import Agency
from tests.storage.world import NOON


def whole(part: Part) -> list[Part]:
    """Split nothing."""
    return [part]


def outcome(verdict: Verdict, *effects: object) -> Outcome:
    return Outcome(verdict=verdict, trace=Trace(brain="test"), effects=effects)  # type: ignore[arg-type]  # tests pass real ones


HANDLERS: EffectHandlers = {HandToOperator: conversations.pause}


async def claim_turn(
    house: House, agency: Agency, conversation_id: UUID | None, worker: str = "w1", lease_s: float = 30, *, ahead: bool = False
) -> Lease | None:
    """Claim the turn of one conversation, as a dispatcher would that is offered no other."""
    claims = await leases.claim_turns(house.app, worker, lease_s, 100, 100, ahead=ahead)
    async with house.app.unit(agency.id) as unit:
        for other in claims.leases:
            if other.conversation_id != conversation_id:
                await leases.give_back(unit, other, None, 0.0, counted=False)
    return next((lease for lease in claims.leases if lease.conversation_id == conversation_id), None)


async def take_turn(house: House, agency_id: UUID, conversation_id: UUID) -> TurnInput:
    """Claim and read the turn of one conversation."""
    lease = await claim_turn(house, Agency(agency_id, ""), conversation_id)
    assert lease
    return await gathered(house, lease)


async def read(house: House, lease: Lease) -> TurnInput | None:
    async with house.app.unit(lease.agency_id) as unit:
        found = await turns.Reader(house.seal).gather(unit, lease)
    return found[0] if found else None


async def gathered(house: House, lease: Lease) -> TurnInput:
    turn = await read(house, lease)
    assert turn is not None
    return turn


def how(handlers: EffectHandlers = HANDLERS, *, final: bool = False) -> Committing:
    return Committing(handlers, whole, NOON, 0.0, final)


async def commit(house: House, turn: TurnInput, result: Outcome, rules: Committing | None = None) -> bool:
    return await turns.commit(house.app, turn, result, rules or how())


async def is_waiting(house: House, agency_id: UUID, conversation_id: UUID) -> bool:
    """Whether a turn is due in a conversation, now or later."""
    async with house.app.unit(agency_id) as unit:
        found = await unit.connection.fetchval("SELECT due_at IS NOT NULL FROM conversations WHERE id = $1", conversation_id)
    return bool(found)
