"""What a turn asks of memory, and what comes to mind."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.nouns import Message


class RecalledFact(Struct, frozen=True):
    """A fact as recall found it; `score` orders within one recall, `why` says which way found it."""

    fact_id: UUID
    kind: str
    subject: str
    text: str
    score: float
    why: str


class RecalledEpisode(Struct, frozen=True):
    """Something said earlier that bears on the burst; `author` is fan, agent or operator, `why` says which way found it."""

    message_id: UUID
    author: str
    text: str
    said_at: datetime
    score: float
    why: str


class Asked(Struct, frozen=True, kw_only=True):
    """What a turn asks of memory: what bears on these `texts` of a fan's burst, said in this conversation?

    `fan_ids`: the fan, and other fans that are the same person by a confirmed link. `window`: what was said just before, which
    the prompt holds anyway, as it does the `burst`. `tokens` bounds the episodes that come back, by estimate; `most_facts` and
    `most_episodes` count.
    """

    agency_id: UUID
    influencer_id: UUID
    fan_ids: tuple[UUID, ...]
    texts: tuple[str, ...]
    now: datetime
    conversation_id: UUID | None = None
    window: tuple[Message, ...] = ()
    burst: tuple[UUID, ...] = ()
    fan_name: str = ""
    influencer_name: str = ""
    summary: str = ""
    tokens: int = 800
    most_facts: int = 8
    most_episodes: int = 12


class Recalled(Struct, frozen=True):
    """What an influencer has in mind of a fan for one turn, best first.

    `profile` are the standing preferences and instructions, there whatever is asked; `summary` tells what went before the
    window; `marks` say which ways of finding were away ("without meaning", "index late").
    """

    profile: tuple[RecalledFact, ...] = ()
    facts: tuple[RecalledFact, ...] = ()
    episodes: tuple[RecalledEpisode, ...] = ()
    summary: str = ""
    marks: tuple[str, ...] = ()
