"""Echoes: what was sent from our side and came back. It is our own send, or a person wrote in the platform's own app.

An echo is matched by the platform's id first, then by text and time to a send whose outcome nobody knows. While a send is on
its way, what matches nothing waits: it may be that one's. After that, a person has taken over.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.ids import new_id
from core.log import get_logger
from core.nouns import Conversation
from core.outbound import Sent
from storage import deliveries
from storage.conversations import IN_APP
from storage.queries import Queries
from storage.unit import Unit

ECHOES = Queries("echoes")
CONVERSATIONS = Queries("conversations")
DELIVERIES = Queries("deliveries")
SAME_TIME_S = 120.0
log = get_logger(__name__)


class Echo(Struct, frozen=True):
    """One thing that came back; `ours` is none where the platform does not say."""

    id: UUID
    platform_message_id: str
    text: str
    ours: bool | None
    at: datetime
    correlation_id: str


class Echoed(Struct, frozen=True):
    """How many echoes were our own sends, were written by a person elsewhere, and wait for a send that is on its way."""

    matched: int = 0
    foreign: int = 0
    left: int = 0


class _Like(Struct, frozen=True):
    id: UUID
    state: str


async def settle_echoes(unit: Unit, conversation_id: UUID, app: str) -> Echoed:
    """Say of each waiting echo of a conversation whose it is; a foreign one gives the conversation to whoever uses `app`."""
    conversation = await CONVERSATIONS["lock"].one(unit, Conversation, conversation_id)
    leaving = bool(await ECHOES["leaving"].value(unit, conversation_id))
    counts = {"matched": 0, "foreign": 0, "left": 0}
    for echo in await ECHOES["waiting"].all(unit, Echo, conversation_id):
        verdict = await _judge(unit, conversation_id, echo, leaving)
        counts[verdict] += 1
        if verdict == "left":
            continue
        await ECHOES["close"].run(unit, echo.id, verdict)
        if verdict == "foreign":
            await _take_over(unit, conversation, echo, app)
            conversation = await CONVERSATIONS["lock"].one(unit, Conversation, conversation_id)
    return Echoed(**counts)


async def _judge(unit: Unit, conversation_id: UUID, echo: Echo, leaving: bool) -> str:
    if await ECHOES["known"].value(unit, conversation_id, echo.platform_message_id):
        return "matched"
    if leaving:
        return "left"
    if echo.ours is not False:
        like = await ECHOES["like"].first(unit, _Like, conversation_id, echo.text, echo.at, SAME_TIME_S)
        if like is not None:
            await _name(unit, like, echo)
            return "matched"
    return "matched" if echo.ours else "foreign"


async def _name(unit: Unit, like: _Like, echo: Echo) -> None:
    if like.state == "unknown":
        await deliveries.settle(unit, like.id, deliveries.Result("sent", Sent((echo.platform_message_id,))))
    else:
        await ECHOES["name"].run(unit, like.id, echo.platform_message_id)


async def _take_over(unit: Unit, conversation: Conversation, echo: Echo, app: str) -> None:
    """Keep what the person wrote, count the fan as answered, and stop the agent; who holds it among us keeps it."""
    where, said = conversation.id, echo.platform_message_id
    await ECHOES["say"].run(unit, new_id(), where, echo.text, {"via": app}, said, echo.correlation_id, echo.at)
    await ECHOES["answer"].run(unit, where, echo.at)
    if conversation.owner == "agent":
        await CONVERSATIONS["take"].run(unit, where, IN_APP + app)
        await DELIVERIES["drop_stale"].run(unit, where)
        log.info("taken_over_elsewhere", conversation=str(where), app=app)
