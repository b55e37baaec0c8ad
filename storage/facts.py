"""Facts: what an influencer knows of a fan. A row is the truth; vectors beside it and in an index are found again from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.turns import RememberFact
from storage.queries import Queries
from storage.unit import Unit

FACTS = Queries("facts")


class Whose(Struct, frozen=True):
    """Whose facts are meant: one influencer's of one fan, and of those who are the same person (`also`)."""

    fan_id: UUID
    influencer_id: UUID
    also: tuple[UUID, ...] = ()

    @property
    def fan_ids(self) -> list[UUID]:
        """Return all fan rows of the person."""
        return [self.fan_id, *self.also]


class Alike(Struct, frozen=True):
    """A fact that holds now under the same subject as a new one."""

    id: UUID
    kind: str
    subject: str
    text: str
    valid_from: datetime


class Found(Struct, frozen=True):
    """A fact as a search found it. `similarity` is the cosine in -1..1, where it was computed."""

    id: UUID
    kind: str
    subject: str
    text: str
    importance: float
    learned_at: datetime
    similarity: float | None


class Unindexed(Struct, frozen=True):
    """A fact that the index is wrong about: to be put in while it `holds`, else to be dropped."""

    id: UUID
    influencer_id: UUID
    fan_id: UUID
    text: str
    holds: bool
    embedding: list[float] | None


class FactRow(Struct, frozen=True):
    """A fact with its history, as a person sees it."""

    id: UUID
    kind: str
    subject: str
    text: str
    importance: float
    confidence: float
    seen: int
    valid_from: datetime
    valid_to: datetime | None
    learned_at: datetime
    retracted_at: datetime | None
    superseded_by: UUID | None


async def lock_fan(unit: Unit, fan_id: UUID) -> None:
    """Keep other writers off the facts of a fan's person until the transaction ends."""
    await FACTS["lock_fan"].run(unit, fan_id)


async def find_alike(unit: Unit, whose: Whose, kinds: Sequence[str], subject: str, *, further: bool = False) -> list[Alike]:
    """Return what holds now under a subject and any of some kinds; with `further` also "dog bo" under "dog"."""
    return await FACTS["alike"].all(unit, Alike, whose.fan_id, whose.influencer_id, list(kinds), subject, further)


class SaidBefore(Struct, frozen=True):
    """When something was said, by its platform's clock, and whether a person has taken back since what was read out of it."""

    said_at: datetime
    retracted: bool


async def find_said(unit: Unit, whose: Whose, fact: RememberFact) -> SaidBefore:
    """Return when the first of a fact's messages was said (now, if it has none), and whether such a fact was retracted."""
    sources = list(fact.source_message_ids)
    where = (sources, whose.fan_id, whose.influencer_id, fact.kind, fact.subject)
    return await FACTS["said"].one(unit, SaidBefore, *where)


async def reinforce(unit: Unit, fact_id: UUID, again: RememberFact) -> None:
    """Count that a known fact was said again."""
    sources = list(again.source_message_ids)
    await FACTS["reinforce"].run(unit, fact_id, again.confidence, again.importance, sources, again.standing)


async def add_fact(unit: Unit, whose: Whose, fact: RememberFact, valid_from: datetime) -> None:
    """Write a new fact, valid from the time its first source was said."""
    await FACTS["add"].run(
        unit,
        fact.fact_id,
        whose.influencer_id,
        whose.fan_id,
        fact.kind,
        fact.subject,
        fact.text,
        list(fact.source_message_ids),
        fact.importance,
        fact.confidence,
        valid_from,
        fact.standing,
        fact.made_by,
    )


async def supersede(unit: Unit, old: UUID, new: UUID) -> None:
    """End an older fact where a newer one begins; it stays as history."""
    await FACTS["supersede"].run(unit, old, new)


class Standing(Struct, frozen=True):
    """A standing preference or instruction of a fan; `valid_from` is when they said so."""

    id: UUID
    kind: str
    subject: str
    text: str
    importance: float
    learned_at: datetime
    valid_from: datetime


async def list_standing(unit: Unit, whose: Whose, also: Sequence[UUID] = (), limit: int = 24) -> list[Standing]:
    """Return the profile: what a fan asked for once and for all, weightiest first; `also` are fans that are the same person."""
    return await FACTS["standing"].all(unit, Standing, [whose.fan_id, *also], whose.influencer_id, limit)


async def load_found(unit: Unit, whose: Whose, ids: Sequence[UUID]) -> list[Found]:
    """Return those of some facts that are this fan's and hold now."""
    return await FACTS["by_ids"].all(unit, Found, whose.fan_ids, whose.influencer_id, list(ids))


async def find_waiting(unit: Unit, whose: Whose, embedder: str, vector: Sequence[float], limit: int) -> list[Found]:
    """Return a fan's newest facts that the index does not hold yet."""
    return await FACTS["waiting"].all(unit, Found, whose.fan_ids, whose.influencer_id, embedder, vector, limit)


async def find_nearest(unit: Unit, whose: Whose, embedder: str, vector: Sequence[float], limit: int) -> list[Found]:
    """Return a fan's facts by cosine, best first, searched exactly."""
    return await FACTS["nearest"].all(unit, Found, whose.fan_ids, whose.influencer_id, embedder, vector, limit)


async def find_worded(unit: Unit, whose: Whose, text: str, limit: int) -> list[Found]:
    """Return a fan's facts that share words with a text."""
    return await FACTS["worded"].all(unit, Found, whose.fan_ids, whose.influencer_id, text, limit)


class Bearing(Found, frozen=True):
    """A found fact and which way found it: nearest, waiting or worded."""

    why: str


async def find_bearing(
    unit: Unit, whose: Whose, embedder: str, vector: Sequence[float], text: str, depth: int, waiting: int
) -> list[Bearing]:
    """Return what `find_nearest`, `find_waiting` and `find_worded` find, in one round trip; a fact may come several times."""
    where = (whose.fan_ids, whose.influencer_id, embedder, vector, text, depth, waiting)
    return await FACTS["bearing"].all(unit, Bearing, *where)


async def find_weightiest(unit: Unit, whose: Whose, limit: int) -> list[Found]:
    """Return a fan's most important facts."""
    return await FACTS["weightiest"].all(unit, Found, whose.fan_ids, whose.influencer_id, limit)


async def count_indexed(unit: Unit, whose: Whose, embedder: str) -> int:
    """Count the facts that the index should hold of a fan."""
    found: int = await FACTS["count_indexed"].value(unit, whose.fan_ids, whose.influencer_id, embedder)
    return found


async def mark_missing(unit: Unit, whose: Whose, held: Sequence[UUID]) -> int:
    """Have the index job write again all facts of a fan but those that the index `held`; return how many."""
    return await FACTS["mark_missing"].run(unit, whose.fan_ids, whose.influencer_id, list(held))


async def list_unindexed(unit: Unit, embedder: str, limit: int) -> list[Unindexed]:
    """Return facts of the agency that the index is wrong about, oldest first."""
    return await FACTS["unindexed"].all(unit, Unindexed, embedder, limit)


async def set_embeddings(unit: Unit, embedder: str, vectors: Sequence[tuple[UUID, Sequence[float]]]) -> None:
    """Write the vectors of facts, as an embedder sees them."""
    await FACTS["set_embedding"].run_many(unit, [(fact_id, embedder, vector) for fact_id, vector in vectors])


async def drop_embeddings(unit: Unit, ids: Sequence[UUID]) -> None:
    """Forget the vectors of facts; the job makes them again while the facts hold."""
    await FACTS["drop_embedding"].run(unit, list(ids))


async def set_indexed(unit: Unit, ids: Sequence[UUID], *, hold: bool) -> None:
    """Note that the index is right about facts: holds the living (`hold`), or has dropped the dead."""
    await FACTS["set_indexed"].run(unit, list(ids), hold)


async def list_facts(unit: Unit, whose: Whose, limit: int = 200) -> list[FactRow]:
    """Return all that is and was known of a fan, newest first."""
    return await FACTS["of_fan"].all(unit, FactRow, whose.fan_id, whose.influencer_id, limit)
