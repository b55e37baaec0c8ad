"""What the ledger says, read as the superuser: every conversation, message, turn and delivery of a run."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from evals.chaos.steps import SQL
from storage.roles import connect

T = TypeVar("T")


class Chat(Struct, frozen=True):
    """A conversation; `account` is the account's key, `chat` the platform's name of it."""

    id: UUID
    platform: str
    account: str
    chat: str
    owner: str
    owner_epoch: int


class Heard(Struct, frozen=True):
    """A fan's message; `key` is the platform's id of it."""

    id: UUID
    conversation_id: UUID
    key: str
    text: str
    kind: str
    answered: bool
    answered_by: UUID | None
    deleted: bool


class Thought(Struct, frozen=True):
    """A turn; `drafted`: a draft of it is or was there for a person."""

    id: UUID
    conversation_id: UUID
    verdict: str
    brain: str
    reason: str | None
    drafted: bool


class Sending(Struct, frozen=True):
    """A delivery; `doubted`: it was unknown at some time."""

    id: UUID
    seq: int
    conversation_id: UUID
    turn_id: UUID | None
    state: str
    platform_ids: list[str]
    error_class: str | None
    attempts: int
    text: str
    author: str
    correlation_id: str
    doubted: bool


class StaleClaim(Struct, frozen=True):
    """A delivery that was claimed under another epoch than its conversation's."""

    id: UUID
    conversation_id: UUID
    delivery_epoch: int
    epoch: int


class Sold(Struct, frozen=True):
    """A purchase: what was paid, beside what was offered; `person` is the fan, `given_back`: the money went back."""

    id: UUID
    payload: str
    person: UUID
    packs: list[UUID]
    amount: int
    offered: int
    given_back: bool


class OfferMade(Struct, frozen=True):
    """An offer as it is written; `amount` in Stars."""

    payload: str
    amount: int


class Made(Struct, frozen=True):
    """A picture that a fan asked for: how far its job is, and its delivery; `reserved` credits are set aside still."""

    id: UUID
    account: str
    chat: str
    state: str
    delivery: str | None
    platform_ids: list[str]
    reserved: int


class PostMade(Struct, frozen=True):
    """A post on the calendar."""

    id: UUID
    caption: str
    state: str


class Books(Struct, frozen=True):
    """What was sold, painted and posted."""

    sales: list[Sold] = []
    offers: list[OfferMade] = []
    pictures: list[Made] = []
    posts: list[PostMade] = []


class Ledger(Struct, frozen=True):
    """Everything, in no order but the deliveries, which are in the order in which they must leave."""

    chats: list[Chat]
    heard: list[Heard]
    turns: list[Thought]
    deliveries: list[Sending]
    stale_claims: list[StaleClaim]
    claims: int
    books: Books = Books()


async def read_ledger(admin_dsn: str) -> Ledger:
    """Read it. Raises `Unavailable`."""
    connection = await connect(admin_dsn)
    try:
        return Ledger(
            await _all(connection, "conversations", Chat),
            await _all(connection, "heard", Heard),
            await _all(connection, "turns", Thought),
            await _all(connection, "deliveries", Sending),
            await _all(connection, "stale_claims", StaleClaim),
            int(await connection.fetchval(SQL["count_claims"].sql)),
            Books(
                await _all(connection, "sales", Sold),
                await _all(connection, "offers", OfferMade),
                await _all(connection, "pictures", Made),
                await _all(connection, "posts", PostMade),
            ),
        )
    finally:
        await connection.close()


async def _all(connection: Any, name: str, kind: type[T]) -> list[T]:
    return [msgspec.convert(dict(row), kind) for row in await connection.fetch(SQL[name].sql)]
