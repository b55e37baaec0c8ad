"""Steps of a conversation up to its deliveries: the fan writes, the agent answers, and what became of the answer."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from core.inbound import InboundMessage, Sender
from core.outbound import Part, TextPart
from core.turns import Send
from storage import accounts, conversations, drafts
from storage.drafts import Desk
from storage.ingress import Arrival, ingest
from tests.conftest import Agency, TestDatabase
from tests.storage.ledger_steps import HANDLERS, claim_turn, commit, gathered, outcome, whole
from tests.storage.world import NOON
from tests.workers.conftest import Crew


async def fan_says(crew: Crew, text: str, number: int, handle: str | None = None) -> UUID:
    """Let a fan write; return the conversation."""
    handle = handle or str(crew.fan.id)
    event = InboundMessage(
        event_key=f"{handle}-{number}", at=NOON, sender=Sender(handle=handle), conversation_key=handle,
        message_key=f"m{number}", text=text,
    )  # fmt: skip
    (one,) = await ingest(crew.engine.house.app, [Arrival(crew.account, event, b"{}", f"corr-{handle}-{number}", 0.0, 0.0)])
    assert one.conversation_id
    return one.conversation_id


async def agent_says(crew: Crew, conversation: UUID, *said: str | Part, effects: tuple[object, ...] = ()) -> None:
    """Commit a turn with this reply, and wake nobody."""
    house, agency = crew.engine.house, Agency(crew.account.agency_id, "demo")
    lease = await claim_turn(house, agency, conversation)
    assert lease
    parts = tuple(TextPart(one) if isinstance(one, str) else one for one in said)
    await commit(house, await gathered(house, lease), outcome(Send(parts), *effects))


async def deliver(crew: Crew, conversation: UUID) -> None:
    """Send what may leave now."""
    await crew.engine.outbox.deliver(crew.account.agency_id, conversation)


async def states(crew: Crew) -> list[tuple[str, str]]:
    """Words and state of each delivery, in order."""
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        rows = await unit.connection.fetch(
            "SELECT m.text, d.state FROM deliveries d JOIN messages m ON m.id = d.message_id ORDER BY d.seq"
        )
    return [(row["text"], row["state"]) for row in rows]


async def take(crew: Crew, conversation: UUID, operator: str) -> list[UUID]:
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        return await conversations.take(unit, conversation, operator)


async def hand_back(crew: Crew, conversation: UUID, operator: str) -> None:
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        await conversations.hand_back(unit, conversation, operator)


async def operator_says(crew: Crew, conversation: UUID, operator: str, text: str) -> None:
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        await drafts.write(unit, conversation, desk(crew, operator), text)


def desk(crew: Crew, operator: str) -> Desk:
    """An operator at work."""
    return Desk(operator, crew.account, whole, HANDLERS, NOON, f"corr-{operator}")


async def live_by(crew: Crew, **persona: object) -> None:
    """Give the account's persona a pace, a time zone."""
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        document = {"name": "luna", **persona}
        await accounts.put_influencer(unit, "luna", "Luna", document, f"checksum of {persona}")


async def as_owner(database: TestDatabase, statement: str) -> None:
    """Change the database as time or an accident would."""
    owner = await asyncpg.connect(database.owner)
    try:
        await owner.execute(statement)
    finally:
        await owner.close()
