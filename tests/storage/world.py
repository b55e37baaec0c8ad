"""What storage tests need around them: an influencer with an account, and events to send in."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from core.ids import new_id
from core.inbound import AnyInbound, InboundMessage, Sender
from core.nouns import Account
from storage.accounts import find_account, put_account, put_influencer
from storage.house import House
from storage.ingress import Arrival, Ingested, ingest

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def make_account(
    house: House, agency_id: UUID, key: str = "luna", *, sandbox: bool = True, autonomy: str = "auto"
) -> Account:
    """Write an influencer and an account of that key on `telegram`."""
    async with house.app.unit(agency_id) as unit:
        influencer = await put_influencer(unit, key, key.title(), {"name": key}, "checksum")
        account = Account(
            id=new_id(),
            agency_id=agency_id,
            influencer_id=influencer.id,
            platform="telegram",
            key=key,
            inbound="webhook",
            sandbox=sandbox,
            autonomy=autonomy,
            secrets={"webhook_secret": "hush"},
        )
        await put_account(unit, house.seal, account)
    return await find_account(house.app, house.seal, "telegram", key)


def message(text: str, number: int, handle: str = "7", at: datetime = NOON) -> InboundMessage:
    """Return a fan's message; the number is the platform's id of event and message."""
    return InboundMessage(
        event_key=f"{handle}-{number}",
        at=at,
        sender=Sender(handle=handle, display_name="Mia"),
        conversation_key=f"chat-{handle}",
        message_key=str(number),
        text=text,
    )


async def send_in(house: House, account: Account, *events: AnyInbound, quiet_s: float = 0.0) -> list[Ingested]:
    """Bring events in as one batch."""
    return await ingest(house.app, [Arrival(account, event, b"{}", "corr-1", quiet_s, 8.0) for event in events])
