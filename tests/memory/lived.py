"""Episodes for tests of the vectors: messages that a fan wrote, and their rows as memory keeps them."""

from __future__ import annotations

from uuid import UUID

from core.ids import new_id
from storage.house import House
from tests.memory.world import Chat

MESSAGE = """INSERT INTO messages (id, agency_id, conversation_id, direction, author, kind, text, correlation_id,
    sent_at, received_at)
VALUES ($1, $2, $3, 'in', 'fan', 'text', $4, 'test', now(), now())"""
EPISODE = """INSERT INTO episodes (id, agency_id, influencer_id, fan_id, conversation_id, message_id, author, text, said_at)
VALUES ($1, $2, $3, $4, $5, $6, 'fan', $7, now())"""


async def live_through(house: House, chat: Chat, *texts: str) -> list[UUID]:
    """Write messages of the fan with their episodes; return the episodes' ids."""
    made = []
    agency_id = chat.account.agency_id
    async with house.app.unit(agency_id) as unit:
        for text in texts:
            message_id, episode_id = new_id(), new_id()
            await unit.connection.execute(MESSAGE, message_id, agency_id, chat.conversation.id, text)
            whose = (chat.whose.influencer_id, chat.whose.fan_id)
            await unit.connection.execute(EPISODE, episode_id, agency_id, *whose, chat.conversation.id, message_id, text)
            made.append(episode_id)
    return made
