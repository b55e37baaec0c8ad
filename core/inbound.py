"""What reaches us from a platform, after its adapter has verified and parsed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from core.money import Money


class WebhookRequest(Struct, frozen=True):
    """One HTTP request as it arrived; header names are lower-case."""

    raw: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]


class Sender(Struct, frozen=True):
    """The platform's own words for who wrote: its user id and what it shows of the person.

    `vouched`: handles elsewhere ("telegram:12345") that this platform has verified to be the same person's.
    """

    handle: str
    username: str | None = None
    display_name: str | None = None
    language: str | None = None
    is_bot: bool = False
    vouched: tuple[str, ...] = ()


class MediaRef(Struct, frozen=True):
    """A file that the platform holds. `kind` is photo, voice, sticker, video, audio or document; `bytes` as announced."""

    kind: str
    file_id: str
    mime: str | None = None
    bytes: int | None = None


class Fetched(Struct, frozen=True):
    """A fan's file as we got it; `mime` is what its bytes say."""

    data: bytes
    mime: str


class InboundEvent(Struct, frozen=True, tag_field="event", kw_only=True):
    """What all events share. `event_key` is the platform's own id of the event: the dedupe key within the account.

    `conversation_key` is the platform's id of the chat and where a reply is sent.
    """

    event_key: str
    at: datetime


class InboundMessage(InboundEvent, frozen=True, tag="message", kw_only=True):
    """A fan wrote. `kind` is text, media or command; `group_key` joins the parts of an album.

    `connection_key`: the `InboundConnection` under which the chat reaches us, where it belongs to one.
    """

    sender: Sender
    conversation_key: str
    message_key: str
    kind: str = "text"
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    group_key: str | None = None
    reply_to: str | None = None
    connection_key: str | None = None


class InboundEdit(InboundEvent, frozen=True, tag="edit", kw_only=True):
    """A fan changed an earlier message; `text` is the whole new text, `connection_key` as in `InboundMessage`."""

    sender: Sender
    conversation_key: str
    message_key: str
    text: str
    connection_key: str | None = None


class InboundDelete(InboundEvent, frozen=True, tag="delete", kw_only=True):
    """A fan took messages back."""

    conversation_key: str
    message_keys: tuple[str, ...]


class InboundPurchase(InboundEvent, frozen=True, tag="purchase", kw_only=True):
    """The platform says that the fan bought what was offered under `payload`.

    `hand_over`: the platform shows nothing of it by itself, so the pictures are ours to send. `paid`: what it says that it
    took; where that is not what was offered, a person must look.
    """

    sender: Sender
    conversation_key: str
    payload: str
    paid: Money | None = None
    charge_key: str | None = None
    sandbox: bool = False
    hand_over: bool = False


class InboundReach(InboundEvent, frozen=True, tag="reach", kw_only=True):
    """The fan blocked the account (`reachable` false) or let it in again."""

    sender: Sender
    conversation_key: str
    reachable: bool


class InboundEcho(InboundEvent, frozen=True, tag="echo", kw_only=True):
    """Something that was sent from our side came back: by us, or by a person in the platform's own app.

    `ours` is true or false where the platform says which, none where it does not. A chat that we do not know is kept raw.
    """

    conversation_key: str
    message_key: str
    text: str = ""
    ours: bool | None = None


class InboundReaction(InboundEvent, frozen=True, tag="reaction", kw_only=True):
    """A fan reacted to a message; `emoji` are all that stand now, none when they were taken back."""

    sender: Sender
    conversation_key: str
    message_key: str
    emoji: tuple[str, ...] = ()


class InboundCheckout(InboundEvent, frozen=True, tag="checkout", kw_only=True):
    """The platform asks whether a payment may go on; it must be answered under `query_key` within seconds."""

    sender: Sender
    conversation_key: str
    query_key: str
    payload: str
    amount: int
    unit: str


class InboundRefund(InboundEvent, frozen=True, tag="refund", kw_only=True):
    """A payment was given back; `charge_key` names it, `payload` the offer."""

    sender: Sender
    conversation_key: str
    charge_key: str
    payload: str


class InboundConnection(InboundEvent, frozen=True, tag="connection", kw_only=True):
    """Somebody lets the account speak in their name in some chats (`connection_key`), or does so no more.

    `owner_handle` is whose chats they are; `can_reply` is what they allow.
    """

    connection_key: str
    owner_handle: str
    enabled: bool
    can_reply: bool


class InboundOther(InboundEvent, frozen=True, tag="other", kw_only=True):
    """Kept and not acted on. `kind` is the platform's own name; `readable` is false when the body made no sense."""

    kind: str
    readable: bool = True


AnyInbound: TypeAlias = (
    InboundMessage
    | InboundEdit
    | InboundDelete
    | InboundPurchase
    | InboundReach
    | InboundEcho
    | InboundReaction
    | InboundCheckout
    | InboundRefund
    | InboundConnection
    | InboundOther
)
