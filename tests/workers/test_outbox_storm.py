"""Two workers, many chats and everything that may go wrong at once: what holds then, holds."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from uuid import UUID

from core.errors import OutcomeUnknown, RateLimited, Unavailable
from core.nouns import Account
from core.outbound import Part, Sent
from tests.conftest import TestDatabase
from tests.workers.conftest import Crew
from tests.workers.mail import MailPlatform, mailing
from tests.workers.steps import agent_says, as_owner, fan_says, hand_back, states, take

CHATS, REPLIES, SEED = 12, 6, 20260501


class StormyPlatform(MailPlatform):
    """Fails a third of the sends, before or after the message has arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.dice = random.Random(SEED)

    async def send(self, account: Account, chat: str, part: Part, key: str) -> Sent:
        """Take a message, or fail by lot."""
        await asyncio.sleep(self.dice.random() / 100)
        lot = self.dice.random()
        if lot < 0.1:
            raise RateLimited("slow down", 0.01)
        if lot < 0.2:
            raise Unavailable("away")
        sent = await super().send(account, chat, part, key)
        if lot > 0.9:
            raise OutcomeUnknown("The line broke.")
        return sent


async def test_nothing_twice_nothing_out_of_order_and_every_message_accounted_for(crew: Crew, database: TestDatabase) -> None:
    mail = StormyPlatform()
    async with mailing(crew, mail) as first, mailing(crew, mail, "w2") as second:
        agency, dice = crew.account.agency_id, random.Random(SEED)
        chats: dict[str, UUID] = {}
        for number in range(REPLIES):
            for chat in range(CHATS):
                handle = f"chat-{chat}"
                chats[handle] = await fan_says(crew, "hi", number, handle=handle)
                await agent_says(crew, chats[handle], f"{handle} {number:02}a", f"{handle} {number:02}b")
                for outbox in dice.sample((first, second), dice.randint(1, 2)):
                    outbox.wake(agency, chats[handle])
                if dice.random() < 0.1:
                    await take(crew, chats[handle], "ana")
                    await hand_back(crew, chats[handle], "ana")
        for _ in range(12):
            await as_owner(database, "UPDATE deliveries SET not_before = now() WHERE state = 'pending'")
            await asyncio.gather(*(outbox.deliver(agency, chat) for chat in chats.values() for outbox in (first, second)))
    arrived = defaultdict(list)
    for letter in mail.letters:
        arrived[letter.chat].append(letter.text)
    found = dict(await states(crew))
    assert len(found) == CHATS * REPLIES * 2
    assert set(found.values()) <= {"sent", "unknown", "stopped", "dropped"}, "nothing is left over"
    for texts in arrived.values():
        assert texts == sorted(set(texts)), "once, and in order"
    reached = {text for texts in arrived.values() for text in texts}
    assert {text for text, state in found.items() if state == "sent"} <= reached
    assert reached <= {text for text, state in found.items() if state in ("sent", "unknown")}
