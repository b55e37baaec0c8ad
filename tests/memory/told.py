"""Facts with the fan's own words behind them, for tests of languages."""

from __future__ import annotations

from msgspec.structs import replace

from core.ids import new_id
from storage.house import House
from tests.memory.lived import MESSAGE
from tests.memory.world import Chat, fact, tell


async def tell_in_words(house: House, chat: Chat, words: str, text: str) -> None:
    """Let the fan write words, and a fact be known of them."""
    message_id = new_id()
    async with house.app.unit(chat.account.agency_id) as unit:
        await unit.connection.execute(MESSAGE, message_id, chat.account.agency_id, chat.conversation.id, words)
    await tell(house, chat, replace(fact("other", text[:30].lower(), text), source_message_ids=(message_id,)))
