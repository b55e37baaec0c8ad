"""What the gateway's API answers, as far as the desk shows it; fields that are not named here are passed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct


class InboxRow(Struct, frozen=True):
    """One conversation in the inbox. `held` and `unanswered` count drafts and messages that wait; `pictures` wait, too."""

    id: UUID
    platform: str
    account: str
    influencer: str
    handle: str
    fan: str | None
    owner: str
    owner_name: str | None
    last_message_at: datetime
    attempts: int
    last_error: str | None
    held: int
    unanswered: int
    tags: tuple[str, ...] = ()
    pictures: tuple[UUID, ...] = ()

    @property
    def title(self) -> str:
        """Name the fan as a person would."""
        return self.fan or f"{self.platform} {self.handle[:8]}"


class Message(Struct, frozen=True):
    """One thing said."""

    id: UUID
    direction: str
    author: str
    kind: str
    text: str
    sent_at: datetime
    meta: dict[str, Any]
    delivery_state: str | None
    persona_version: int | None = None


class Draft(Struct, frozen=True):
    """A reply that waits for a person, or what a person made of it."""

    id: UUID
    conversation_id: UUID
    reason: str
    parts: list[dict[str, Any]]
    state: str
    created_at: datetime


class Turn(Struct, frozen=True):
    """The record of a turn; `trace` is its inside, `persona_version` the version that spoke."""

    id: UUID
    verdict: str
    reason: str | None
    brain: str
    trace: dict[str, Any]
    correlation_id: str
    committed_at: datetime
    persona_version: int = 0


class Conversation(Struct, frozen=True):
    """In whose hands a conversation is."""

    id: UUID
    owner: str
    owner_name: str | None


class Reaction(Struct, frozen=True):
    """What a fan has put under a message; `message_id` is none for one that is not kept here."""

    message_id: UUID | None
    emoji: list[str]


class Tag(Struct, frozen=True):
    """One thing the fan was read to want, and in how many turns."""

    tag: str
    times: int


class Thread(Struct, frozen=True):
    """One conversation in full."""

    conversation: Conversation
    messages: list[Message]
    reactions: list[Reaction]
    drafts: list[Draft]
    latest_turn: Turn | None
    tags: list[Tag] = []


class TakeOver(Struct, frozen=True):
    """Deliveries that were on their way when the conversation was taken."""

    still_leaving: list[UUID]


class AccountRow(Struct, frozen=True):
    """An account and how freely its agent speaks; `in_force` is the stricter of what was set and what the platform allows."""

    id: UUID
    platform: str
    key: str
    influencer: str
    inbound: str
    sandbox: bool
    autonomy: str
    ceiling: str
    in_force: str
    quiet_s: float | None
    sell_by: str | None
    rates: str
    business_owners: list[str]
    region: str | None = None
    business_authorised: dict[str, dict[str, str]] = {}

    @property
    def address(self) -> str:
        """Name the account as a person types it."""
        return f"{self.platform}/{self.key}"


class EventRow(Struct, frozen=True):
    """One event as a platform sent it; `bytes` is its size."""

    id: UUID
    platform: str
    account: str
    kind: str
    state: str
    received_at: datetime
    correlation_id: str
    conversation_id: UUID | None
    bytes: int


class Event(EventRow, frozen=True):
    """One event with its body; none: it was too old to be kept."""

    body: bytes | None


class Replayed(Struct, frozen=True):
    """What reading an event again did."""

    id: UUID
    outcome: str
    messages: int


class Purchase(Struct, frozen=True):
    """Something that a fan bought, and what became of it."""

    id: UUID
    purchased_at: datetime
    platform: str
    account: str
    fan: str
    title: str
    amount: int
    unit: str
    sandbox: bool
    refunded_at: datetime | None
    refund_state: str | None
    refund_error: str | None
    handover_state: str | None
    refund_reason: str | None = None


class Delivery(Struct, frozen=True):
    """One send and its outcome."""

    id: UUID
    conversation_id: UUID
    state: str
    attempts: int
    error_class: str | None
    error: str | None
    created_at: datetime
    text: str
    kind: str
