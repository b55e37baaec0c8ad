"""The nouns that cross rooms, as rows are read. All ids are UUIDv7; all times aware, in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, field


class Account(Struct, frozen=True):
    """An influencer's presence on a platform. `key` names it in addresses: `/webhooks/{platform}/{key}`.

    `inbound` is webhook, polling or page; `autonomy` is auto, approve, risk or off; `secrets` are open only in memory.
    """

    id: UUID
    agency_id: UUID
    influencer_id: UUID
    platform: str
    key: str
    inbound: str
    sandbox: bool
    autonomy: str
    quiet_s: float | None = None
    options: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Name the account without its secrets."""
        return f"Account({self.platform}/{self.key})"


class Influencer(Struct, frozen=True):
    """Who speaks. `persona` is the version's document as JSON; `personas.schema` decodes it."""

    id: UUID
    agency_id: UUID
    slug: str
    name: str
    persona_version_id: UUID
    persona_version: int
    persona: dict[str, Any]


class Fan(Struct, frozen=True):
    """A person who writes to us, with the identity this conversation runs under.

    `minor_signal_at`: they said to be under age, and no operator has found otherwise since.
    """

    id: UUID
    identity_id: UUID
    handle: str
    display_name: str | None
    language: str | None
    reachable: bool
    adult_confirmed_at: datetime | None
    opted_out_at: datetime | None
    minor_signal_at: datetime | None = None


class Conversation(Struct, frozen=True):
    """One identity with one account. `owner` is agent, operator or paused; the epoch rises with each change of hands."""

    id: UUID
    agency_id: UUID
    account_id: UUID
    influencer_id: UUID
    fan_id: UUID
    platform_key: str
    owner: str
    owner_name: str | None
    owner_epoch: int
    disclosed_at: datetime | None
    waiting_sent_at: datetime | None


class Message(Struct, frozen=True):
    """One thing said. `author` is fan, agent, operator or system; `kind` is text, media, command, purchase, pack or notice.

    `meta` holds what the kind needs: media references of a media message, the offer of a pack.
    """

    id: UUID
    conversation_id: UUID
    direction: str
    author: str
    kind: str
    text: str
    sent_at: datetime
    meta: dict[str, Any] = field(default_factory=dict)
    platform_message_id: str | None = None
    delivery_state: str | None = None


class Pack(Struct, frozen=True):
    """What can be sold, with its price on one platform in minor units."""

    id: UUID
    influencer_id: UUID
    slug: str
    title: str
    description: str
    tags: tuple[str, ...]
    amount: int
    unit: str


class Lease(Struct, frozen=True):
    """The right to think one turn. The fencing token `fence` must still be the row's when the turn is committed."""

    agency_id: UUID
    conversation_id: UUID
    turn_id: UUID
    fence: int
    attempts: int


class Picture(Struct, frozen=True):
    """A picture that came with a fan's message, for a chat model that can look."""

    message_id: UUID
    data: bytes
    mime: str


class TurnInput(Struct, frozen=True):
    """All that the ledger hands to a thinking: who, where, the unanswered `burst` and the `window` said before it.

    `last_error` is why the attempt before this one failed; `waiting_for_operator` is true while a case of this conversation
    waits for a person; `pictures` are those of the burst, where the chat model can look.
    """

    lease: Lease
    account: Account
    influencer: Influencer
    fan: Fan
    conversation: Conversation
    burst: tuple[Message, ...]
    window: tuple[Message, ...]
    correlation_id: str
    last_error: str | None = None
    waiting_for_operator: bool = False
    pictures: tuple[Picture, ...] = ()
