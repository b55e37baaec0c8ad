"""Facts that bear on a text. The index finds, the rows decide what is true."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from core.clock import Clock, SystemClock
from core.errors import Unavailable
from core.log import get_logger
from core.ports import Embedder, IndexHit, VectorIndex
from core.recall import RecalledFact
from memory.embedders import Embedders, embedder_for
from memory.fusion import Candidate, fuse
from memory.glossary import in_english
from memory.patience import DEADLINE_S, WITHOUT_MEANING, PatientIndex
from memory.relations import OF_THE_CLOSE, find_asked, may_answer
from memory.tiers import TierIndexes, index_of
from memory.voice import in_first_person
from storage import facts as rows
from storage.database import Database
from storage.facts import Found, Whose
from storage.unit import Unit

DEPTH = 24
"""Hits asked of each way of finding."""

WAITING = 16
"""Facts told just now, not indexed yet, that are looked at."""

LONGEST = 1000
MOST = 50

_EVERYTHING = re.compile(
    r"\b(?:know|remember|learn(?:ed|t)?|told you|tell me)\b(?:\s+\w+){0,3}\s+(?:about|of) (?:me|myself)\b"
    r"|\bwei(?:ß|ss)t du\b.{0,20}\büber mich\b|\bsabes de mí\b|\bsais(?:-tu)? (?:de|sur) moi\b|\bsai di me\b"
    r"|\bsabes? (?:de|sobre) mim\b",
    re.IGNORECASE,
)

log = get_logger(__name__)


class FactRecall:
    """Finds facts by meaning, through an index or exactly in the rows, else by words."""

    def __init__(
        self,
        database: Database,
        embedder: Embedder | Embedders,
        index: VectorIndex | TierIndexes | None,
        *,
        deadline_s: float = DEADLINE_S,
        clock: Clock | None = None,
    ) -> None:
        """Recall from rows and an index of the same facts; without one, a fan's rows are searched exactly.

        `deadline_s` is the index's, in seconds.
        """
        self._database = database
        self._embedder = embedder
        self._index = index
        self._clock = clock or SystemClock()
        self._asking = PatientIndex(deadline_s)

    async def find(self, agency_id: UUID, whose: Whose, text: str, k: int, marks: set[str] | None = None) -> list[RecalledFact]:
        """Return at most `k` facts, best first; empty when nothing bears on the text. What is away is added to `marks`.

        Raises `Unavailable` without Postgres.
        """
        asked, k, marks = text.strip()[:LONGEST], min(k, MOST), set() if marks is None else marks
        if not asked or k < 1:
            return []
        if _EVERYTHING.search(asked):
            async with self._database.unit(agency_id) as unit:
                found = await rows.find_weightiest(unit, whose, k)
            return [RecalledFact(f.id, f.kind, f.subject, f.text, f.importance, "everything") for f in found]
        asked = f"{asked} {in_english(asked)}".strip()
        embedder = await embedder_for(self._embedder, agency_id)
        try:
            (vector,) = await embedder.embed([asked])
        except Unavailable as error:
            log.warning("recall without meaning", error=str(error))
            marks.add(WITHOUT_MEANING)
            candidates = await self._by_words(agency_id, whose, asked)
        else:
            candidates = await self._by_meaning(agency_id, whose, asked, (embedder, vector), marks)
        of = find_asked(asked)
        bearing = [c for c in candidates if may_answer(of, c.fact.kind, c.fact.subject)]
        named = [c._replace(worded=c.worded or (bool(of) and c.fact.kind in OF_THE_CLOSE)) for c in bearing]
        return fuse(named, k, self._clock.now())

    async def _by_words(self, agency_id: UUID, whose: Whose, text: str) -> list[Candidate]:
        async with self._database.unit(agency_id) as unit:
            return [Candidate(fact, None, "fulltext", True) for fact in await rows.find_worded(unit, whose, text, DEPTH)]

    async def _by_meaning(
        self, agency_id: UUID, whose: Whose, text: str, seen: tuple[Embedder, Sequence[float]], marks: set[str]
    ) -> list[Candidate]:
        embedder, vector = seen
        index = index_of(self._index, embedder.name)
        if index is None:
            async with self._database.unit(agency_id) as unit:
                bearing = await rows.find_bearing(unit, whose, embedder.name, vector, text, DEPTH, WAITING)
            found = [Candidate(fact, fact.similarity, "exact") for fact in bearing if fact.why == "nearest"]
            waiting: Sequence[Found] = [fact for fact in bearing if fact.why == "waiting"]
            worded: dict[UUID, Found] = {fact.id: fact for fact in bearing if fact.why == "worded"}
        else:
            hits = await self._ask(index, agency_id, whose, vector, marks)
            async with self._database.unit(agency_id) as unit:
                found = await self._from_rows(unit, index, whose, seen, hits)
                waiting = await rows.find_waiting(unit, whose, embedder.name, vector, WAITING)
                worded = {fact.id: fact for fact in await rows.find_worded(unit, whose, text, DEPTH)}
        known = {f.id: Candidate(f, f.similarity, "waiting") for f in waiting} | {c.fact.id: c for c in found}
        for fact in worded.values():
            known.setdefault(fact.id, Candidate(fact, None, "fulltext"))
        bare = [c for c in known.values() if c.similarity is None and c.why == "waiting"]
        if bare:
            try:
                vectors = await embedder.embed([in_first_person(c.fact.text) for c in bare])
            except Unavailable:
                vectors = []
                marks.add(WITHOUT_MEANING)
            for c, own in zip(bare, vectors, strict=bool(vectors)):
                known[c.fact.id] = Candidate(c.fact, sum(a * b for a, b in zip(vector, own, strict=True)), c.why)
        return [Candidate(c.fact, c.similarity, c.why, c.fact.id in worded) for c in known.values()]

    async def _from_rows(
        self,
        unit: Unit,
        index: VectorIndex,
        whose: Whose,
        seen: tuple[Embedder, Sequence[float]],
        hits: list[IndexHit] | None,
    ) -> list[Candidate]:
        name, vector = seen[0].name, seen[1]
        if hits is not None:
            similarity = {hit.id: hit.similarity for hit in hits}
            if len(similarity) >= min(DEPTH, await rows.count_indexed(unit, whose, name)):
                found = await rows.load_found(unit, whose, list(similarity))
                return [Candidate(fact, similarity[fact.id], "vector") for fact in found]
            lost = await rows.mark_missing(unit, whose, list(similarity))
            log.warning("index is behind", index=index.name, facts=lost)
        exact: list[Found] = await rows.find_nearest(unit, whose, name, vector, DEPTH)
        return [Candidate(fact, fact.similarity, "exact") for fact in exact]

    async def _ask(
        self, index: VectorIndex, agency_id: UUID, whose: Whose, vector: Sequence[float], marks: set[str]
    ) -> list[IndexHit] | None:
        """Ask the index of each of the person's selves; none where one of them has no answer in time."""
        found: list[IndexHit] = []
        for fan_id in whose.fan_ids:
            scope = {"influencer_id": str(whose.influencer_id), "fan_id": str(fan_id), "agency_id": str(agency_id)}
            hits = await self._asking.ask(index, vector, scope, DEPTH, marks)
            if hits is None:
                return None
            found += hits
        return found
