"""Facts as operators set them right: a correction supersedes, with history, and old messages never win over it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.errors import NotFound, Refused
from core.ids import new_id
from storage.facts import FACTS, Whose
from storage.queries import Queries
from storage.unit import Unit

CORRECTIONS = Queries("corrections")
OPERATOR = "operator:"  # before an operator's name, in `made_by` and `retracted_by`


class KnownFact(Struct, frozen=True):
    """A fact with its history, as an operator sees it.

    `made_by` is rules, a model, or operator:<name>; it held from `valid_from` until `valid_to`, when `superseded_by` followed
    it; a retracted one never held.
    """

    id: UUID
    fan_id: UUID
    influencer: str
    kind: str
    subject: str
    text: str
    importance: float
    confidence: float
    seen: int
    standing: bool
    made_by: str
    valid_from: datetime
    valid_to: datetime | None
    learned_at: datetime
    retracted_at: datetime | None
    retracted_by: str | None
    superseded_by: UUID | None
    source_message_ids: list[UUID]


class NewFact(Struct, frozen=True):
    """What an operator says of a fan. `standing`: it holds in every talk, as a wish or an instruction does."""

    text: str
    kind: str
    subject: str
    importance: float
    standing: bool


async def list_known(unit: Unit, fan_id: UUID, limit: int = 200) -> list[KnownFact]:
    """Return all that is and was known of a person, linked fan rows included, newest first."""
    return await CORRECTIONS["of_person"].all(unit, KnownFact, fan_id, limit)


async def load_fact(unit: Unit, fact_id: UUID) -> KnownFact:
    """Return one fact. Raises `NotFound`."""
    found = await CORRECTIONS["load"].first(unit, KnownFact, fact_id)
    if found is None:
        raise NotFound("There is no such fact.")
    return found


async def correct(unit: Unit, fact_id: UUID, text: str, operator: str) -> KnownFact:
    """Put an operator's words in the place of a fact. Raises `NotFound`, `Refused` for a fact that holds no more."""
    old = await load_fact(unit, fact_id)
    await FACTS["lock_fan"].run(unit, old.fan_id)
    made = await CORRECTIONS["correct"].value(unit, fact_id, new_id(), text, OPERATOR + operator)
    if made is None:
        raise Refused("This fact holds no more; correct the one that followed it (muse memory show).")
    await FACTS["supersede"].run(unit, fact_id, made)
    return await load_fact(unit, made)


async def add(unit: Unit, whose: Whose, fact: NewFact, operator: str) -> KnownFact:
    """Write what an operator says of a fan, beside what is known."""
    await FACTS["lock_fan"].run(unit, whose.fan_id)
    made: UUID = await CORRECTIONS["add"].value(
        unit, new_id(), whose.influencer_id, whose.fan_id, fact.kind, fact.subject, fact.text, fact.importance, fact.standing,
        OPERATOR + operator,
    )  # fmt: skip
    return await load_fact(unit, made)


async def retract(unit: Unit, fact_id: UUID, operator: str) -> KnownFact:
    """Say that a fact never held. Raises `NotFound`, `Refused` for one that was retracted already."""
    old = await load_fact(unit, fact_id)
    await FACTS["lock_fan"].run(unit, old.fan_id)
    if await CORRECTIONS["retract"].value(unit, fact_id, OPERATOR + operator) is None:
        raise Refused("This fact was retracted already.")
    return await load_fact(unit, fact_id)


async def is_outranked(unit: Unit, whose: Whose, kinds: Sequence[str], subject: str, sources: Sequence[UUID]) -> bool:
    """Say whether an operator corrected or retracted what some messages say, after they were said."""
    return bool(
        await CORRECTIONS["outranked"].value(unit, whose.fan_id, whose.influencer_id, list(kinds), subject, list(sources))
    )


async def influencers_of(unit: Unit, fan_id: UUID) -> dict[str, UUID]:
    """Return the influencers with whom a person has talked, by short name."""
    return {row.slug: row.id for row in await CORRECTIONS["influencers_of"].all(unit, _Influencer, fan_id)}


class _Influencer(Struct, frozen=True):
    id: UUID
    slug: str
