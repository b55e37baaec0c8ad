"""Two platforms, one influencer: what tests of links and of forgetting stand on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct, structs

from core.ids import new_id
from core.inbound import AnyInbound, InboundMessage, Sender
from core.nouns import Account, Conversation
from storage.accounts import find_account, put_account
from storage.conversations import load_conversation
from storage.house import House
from storage.ingress import Arrival, Ingested, ingest
from tests.storage.world import NOON


class Side(Struct, frozen=True):
    """One person's chat on one platform."""

    account: Account
    conversation: Conversation

    @property
    def fan(self) -> UUID:
        """Return the fan row."""
        return self.conversation.fan_id


async def other_account(house: House, account: Account, platform: str = "http", key: str = "luna") -> Account:
    """Write a further account of the same influencer."""
    async with house.app.unit(account.agency_id) as unit:
        await put_account(unit, house.seal, structs.replace(account, id=new_id(), platform=platform, key=key, secrets={}))
    return await find_account(house.app, house.seal, platform, key)


def says(text: str, handle: str, number: int = 1, at: datetime = NOON, **sender: object) -> InboundMessage:
    """Return what a fan writes."""
    return InboundMessage(
        event_key=f"{handle}-{number}", at=at, sender=Sender(handle=handle, **sender), conversation_key=f"chat-{handle}",  # type: ignore[arg-type]  # whatever a sender has
        message_key=str(number), text=text,
    )  # fmt: skip


async def arrive(house: House, account: Account, *events: AnyInbound, raw: bytes = b"{}") -> list[Ingested]:
    """Bring events in as one body, marked as the gateway marks them."""
    marks = house.marks
    return await ingest(
        house.app,
        [
            Arrival(account, event, raw, f"corr-{event.event_key}", 0.0, 8.0, mark=marks.of_arrival(account, event))
            for event in events
        ],
    )


async def write_in(house: House, account: Account, handle: str, text: str, number: int = 1, **sender: object) -> Side:
    """Let a fan write, and return their side."""
    (one,) = await arrive(house, account, says(text, handle, number, **sender))
    assert one.conversation_id
    async with house.app.unit(account.agency_id) as unit:
        return Side(account, await load_conversation(unit, one.conversation_id))
