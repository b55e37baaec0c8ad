"""What memory tests need: the real MiniLM once for the run, a quick stand-in that knows words only, and facts told."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from msgspec import Struct

from core.errors import Unavailable
from core.ids import new_id
from core.nouns import Account, Conversation, Message
from core.recall import Asked
from core.turns import RememberFact
from memory.embedder import SentenceEmbedder, open_embedder
from memory.facts import apply_remember_fact
from storage.conversations import load_conversation, read_thread
from storage.effects import EffectContext
from storage.facts import FactRow, Whose, list_facts
from storage.house import House
from tests.storage.world import NOON, message, send_in


@cache
def bundled() -> SentenceEmbedder:
    """The bundled MiniLM, loaded once."""
    return open_embedder("bundled")


class WordEmbedder:
    """Counts words into a unit vector; `away` makes it fail, `calls` counts batches."""

    name = "words"
    dimensions = 64

    def __init__(self) -> None:
        self.away = False
        self.calls = 0

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.calls += 1
        if self.away:
            raise Unavailable("The embedder is away.")
        return [self.vector(text) for text in texts]

    def vector(self, text: str) -> list[float]:
        vector = [0.0] * self.dimensions
        for word in text.lower().split():
            vector[zlib.crc32(word.strip(".?!'").encode()) % self.dimensions] += 1.0
        norm = sum(x * x for x in vector) ** 0.5 or 1.0
        return [x / norm for x in vector]


class Chat(Struct, frozen=True):
    """A conversation to tell facts in."""

    account: Account
    conversation: Conversation

    @property
    def whose(self) -> Whose:
        return Whose(self.conversation.fan_id, self.conversation.influencer_id)


async def open_chat(house: House, account: Account, handle: str = "7") -> Chat:
    """Let a fan write once."""
    (event,) = await send_in(house, account, message("hi", 1, handle))
    assert event.conversation_id
    async with house.app.unit(account.agency_id) as unit:
        return Chat(account, await load_conversation(unit, event.conversation_id))


def fact(kind: str, subject: str, text: str, *, standing: bool = False, ends: str = "", **more: float) -> RememberFact:
    sure = (more.get("importance", 0.5), more.get("confidence", 0.8))
    return RememberFact(new_id(), kind, subject, text, (), *sure, standing=standing, ends=ends)


async def tell(house: House, chat: Chat, *facts: RememberFact) -> None:
    """Make facts true, one commit each."""
    for one in facts:
        async with house.app.unit(chat.account.agency_id) as unit:
            await apply_remember_fact(unit, EffectContext(chat.account, chat.conversation, new_id()), one)


def asking(chat: Chat, *texts: str, **more: Any) -> Asked:
    """A burst of the chat's fan, as recall is asked about it."""
    whose = chat.whose
    where = {"agency_id": chat.account.agency_id, "influencer_id": whose.influencer_id, "fan_ids": (whose.fan_id,)}
    return Asked(**{**where, "texts": texts, "now": NOON, "conversation_id": chat.conversation.id, **more})


async def known(house: House, chat: Chat) -> list[FactRow]:
    async with house.app.unit(chat.account.agency_id) as unit:
        return await list_facts(unit, chat.whose)


def said(text: str, **more: str) -> Message:
    return Message(new_id(), UUID(int=1), "in", more.get("author", "fan"), more.get("kind", "text"), text, NOON, {}, None, None)


async def say_at(house: House, chat: Chat, text: str, number: int, at: datetime) -> UUID:
    """Let the fan of a chat write at a time; return the message."""
    await send_in(house, chat.account, message(text, number, chat.conversation.platform_key.removeprefix("chat-"), at))
    async with house.app.unit(chat.account.agency_id) as unit:
        return (await read_thread(unit, chat.conversation.id))[-1].id


async def execute(house: House, chat: Chat, sql: str, *arguments: object) -> None:
    """Say a statement of a test's own in the agency of a chat."""
    async with house.app.unit(chat.account.agency_id) as unit:
        await unit.connection.execute(sql, *arguments)
