"""Pictures on their way to the fan who asked: into the outbox once, each, or one kind word where none comes.

What is owed is noted in the transaction that ended the picture; this makes deliveries of it, under the row's lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from core.nouns import Conversation
from core.outbound import AssetRef, Part, PicturePart, TextPart
from storage.conversations import lock_conversation
from storage.pacing import Splitter
from storage.queries import Queries
from storage.turns import Speech, enqueue_parts
from storage.unit import Unit

JOBS = Queries("image_jobs")
OPEN = ("pending", "sending")
LOOK_S = 5.0
WAIT_S = 60.0
KEPT_FOR = timedelta(days=3)
"""How long a picture waits for a person to hand the conversation back; then it stays with the operators."""


class Words(Struct, frozen=True):
    """What is said with a picture, what the page reads out, and what is said where none comes."""

    caption: str
    alt: str
    sorry: str


class Owed(Struct, frozen=True):
    """What a chat is still to hear of a picture: state done, failed or cancelled; `told`: a message was made of it."""

    id: UUID
    state: str
    fan_id: UUID | None
    finished_at: datetime | None
    told: bool
    asset_id: UUID | None
    blob_key: str | None
    mime: str | None
    width: int | None
    height: int | None
    barred: bool


class Waits(Struct, frozen=True):
    """A picture that waits for a person, of which the fan is to hear."""

    id: UUID
    barred: bool


class _Send(Struct, frozen=True):
    id: UUID
    state: str


async def owed(unit: Unit, conversation_id: UUID) -> tuple[Conversation, list[Owed]]:
    """Return a conversation and what it is still to hear of its pictures, locked to the end of the transaction.

    Whoever stops what waits for this person, in another of their chats too, has done so before or finds what is handed now.
    """
    chat = await lock_conversation(unit, conversation_id)
    await JOBS["hold_fans"].run(unit, conversation_id)
    return chat, await JOBS["owed"].all(unit, Owed, conversation_id)


async def hand(unit: Unit, chat: Conversation, one: Owed, words: Words, split: Splitter, now: datetime) -> bool:
    """Put a picture, or the word in its place, into the outbox once; say whether something may leave now.

    The agent says it, so it waits while a person has the conversation; it goes to nobody who opted out or is flagged.
    """
    if one.told:
        return await _look_after(unit, one)
    if one.barred:
        await JOBS["owe"].run(unit, one.id, None)
        return False
    if chat.owner != "agent":
        late = one.finished_at is not None and now - one.finished_at > KEPT_FOR
        await JOBS["owe"].run(unit, one.id, None if late else WAIT_S)
        return False
    speech = Speech(chat.id, None, f"picture-{one.id}", now)
    messages = await enqueue_parts(unit, speech, (_part(one, words),), "agent", split)
    await JOBS["tell"].run(unit, one.id, messages[-1])
    await JOBS["owe"].run(unit, one.id, LOOK_S)
    return True


async def waiting(unit: Unit, conversation_id: UUID, after_s: float) -> list[Waits]:
    """Return what waits for a person longer than some seconds, unsaid; both locked to the end of the transaction."""
    return await JOBS["waits"].all(unit, Waits, conversation_id, after_s)


async def say_it_waits(
    unit: Unit, chat: Conversation, late: Sequence[Waits], words: str, split: Splitter, now: datetime
) -> bool:
    """Put one kind word for all that waits into the outbox, once a picture; say whether it may leave.

    Nothing is said while a person has the conversation, and never to anybody who opted out or is flagged.
    """
    if not late or chat.owner != "agent":
        return False
    told = [one.id for one in late if not one.barred]
    if told:
        await enqueue_parts(unit, Speech(chat.id, None, f"picture-waits-{told[0]}", now), (TextPart(words),), "agent", split)
    await JOBS["waits_told"].run(unit, [one.id for one in late])
    return bool(told)


def _part(one: Owed, words: Words) -> Part:
    if one.state != "done" or not (one.asset_id and one.blob_key and one.mime and one.width and one.height):
        return TextPart(words.sorry)
    return PicturePart(one.id, words.caption, AssetRef(one.asset_id, one.blob_key, one.mime, one.width, one.height), words.alt)


async def _look_after(unit: Unit, one: Owed) -> bool:
    """See what became of the sends: those that a change of hands dropped leave once the agent has the conversation again."""
    sends = await JOBS["sends"].all(unit, _Send, one.id)
    dropped = [send for send in sends if send.state == "dropped"]
    renewed = 0 if one.barred else sum([await JOBS["renew"].run(unit, send.id) for send in dropped])
    waits = renewed > 0 or any(send.state in OPEN for send in sends)
    again = waits or (bool(dropped) and not one.barred)
    await JOBS["owe"].run(unit, one.id, WAIT_S if again else None)
    return renewed > 0
