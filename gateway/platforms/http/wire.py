"""The JSON in both directions, and an account's options. Unknown fields are let pass: apps grow."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta, Raw, Struct

from core.errors import BadInput, CredentialExpired
from core.nouns import Account
from gateway.platforms.foreign import Long, decode

Words: TypeAlias = Annotated[str, Meta(min_length=1, max_length=256)]
Id: TypeAlias = Words | Long
Vouched: TypeAlias = Annotated[str, Meta(max_length=128, pattern=r"^[a-z_]{2,32}:\S+$")]
"""An app's own id of something, text or number."""

FRAME = re.compile(rb"webhook-id: ([!-\-/-~]{1,256})\n\n")
BATCH, FILE_READ = "batch", "file.read"
LONGEST_BATCH = 100


class Options(Struct, frozen=True):
    """What an operator set for an account: where the app listens and how it behaves. `text_limit` in characters."""

    url: str = ""
    list_url: str = ""
    text_limit: Annotated[int, Meta(ge=100, le=4000)] = 4000
    dedupes: bool = True
    typing: bool = False
    media_hosts: tuple[str, ...] = ()


class Event(Struct, frozen=True):
    """One event, or a batch of them."""

    type: Annotated[str, Meta(min_length=1)]
    data: Raw = Raw(b"{}")
    timestamp: datetime | None = None


class Fan(Struct, frozen=True):
    """Who wrote, bought or blocked. `verified`: handles elsewhere that the app has verified, such as "telegram:12345"."""

    id: Id
    name: str | None = None
    username: str | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None
    bot: bool = False
    verified: Annotated[tuple[Vouched, ...], Meta(max_length=8)] = ()


class Media(Struct, frozen=True):
    """A file at the app, which the account's `media_hosts` must allow."""

    kind: Literal["photo", "voice", "sticker", "video", "audio", "document"]
    url: Annotated[str, Meta(min_length=1, max_length=2000)]
    mime: Annotated[str, Meta(max_length=100)] | None = None
    bytes: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None


class Message(Struct, frozen=True):
    """A message of a fan, or one that left from our side."""

    id: Id
    text: Annotated[str, Meta(max_length=20_000)] = ""
    media: Annotated[tuple[Media, ...], Meta(max_length=10)] = ()
    reply_to: Id | None = None
    group: Id | None = None


class FromFan(Struct, frozen=True):
    """What a fan did. Without a `conversation` it is the fan's own."""

    fan: Fan
    conversation: Id | None = None


class Written(FromFan, frozen=True, kw_only=True):
    """`message.created` and `message.edited`."""

    message: Message


class Deleted(Struct, frozen=True):
    """`message.deleted`."""

    conversation: Id
    messages: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=100)]


class Echoed(Struct, frozen=True):
    """`message.sent`: somebody wrote to the fan from our side."""

    conversation: Id
    message: Message
    by: Literal["person", "muse"] | None = None


class Reacted(FromFan, frozen=True, kw_only=True):
    """`reaction.changed`: all that stands under a message now."""

    message: Id
    emoji: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=20)] = ()


class Paid(Struct, frozen=True):
    """What was taken, in minor units."""

    amount: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    unit: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]


class Bought(FromFan, frozen=True, kw_only=True):
    """`purchase.completed`; `test` says that no money moved, `paid` what was taken."""

    payload: Words
    paid: Paid | None = None
    charge: Id | None = None
    test: bool = False


class Refunded(FromFan, frozen=True, kw_only=True):
    """`purchase.refunded`."""

    payload: Words
    charge: Id


class FileRead(Struct, frozen=True):
    """`file.read`: the app asks for a picture of an offer, of a post, or for one made for the fan (`picture` is its job)."""

    file: UUID
    offer: UUID | None = None
    picture: UUID | None = None
    post: UUID | None = None


class Answer(Struct, frozen=True):
    """What an app may say of a message: its own id of it, or a reason by code."""

    id: Id | None = None
    error: str | None = None


class Listed(Struct, frozen=True):
    """One message that stands in a chat; `key` is the webhook-id that brought it."""

    id: Id
    timestamp: datetime
    text: str = ""
    key: str | None = None


class Listing(Struct, frozen=True):
    """The answer of an app's list address."""

    items: tuple[Listed, ...] = ()


def options_of(account: Account) -> Options:
    """Read an account's options. Raises `CredentialExpired` for ones that cannot be read: it must be connected anew."""
    try:
        return msgspec.convert(account.options, Options)
    except msgspec.ValidationError as error:
        raise CredentialExpired(f"An option of the account http/{account.key} cannot be read: {error}.") from None


def frame(webhook_id: str, body: bytes) -> bytes:
    """Put the id of a webhook, which stands in a header only, before its body."""
    return b"webhook-id: " + webhook_id.encode() + b"\n\n" + body


def unframe(kept: bytes) -> tuple[str, bytes]:
    """Return id and body of what `frame` made. Raises `BadInput`."""
    found = FRAME.match(kept)
    if found is None:
        raise BadInput("The body has no webhook-id before it.")
    return found[1].decode(), kept[found.end() :]


def read_file_request(raw: bytes) -> FileRead | None:
    """Read what an app asks for; None for any other event. Raises `BadInput`."""
    event = decode(raw, Event)
    return decode(event.data, FileRead) if event.type == FILE_READ else None
