"""Recall: what an influencer has in mind of a fan for one turn: profile and summary, facts and episodes that bear on it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from core.clock import Clock, SystemClock
from core.errors import Unavailable
from core.log import get_logger
from core.ports import Embedder, VectorIndex
from core.recall import Asked, Recalled, RecalledEpisode, RecalledFact
from memory.asking import hints_of, question_of, texts_of
from memory.embedders import Embedders, embedder_for
from memory.guards import is_recallable
from memory.patience import DEADLINE_S, WITHOUT_MEANING, PatientIndex
from memory.ranking import REACH_S, Ranked, rank
from memory.recall_facts import FactRecall
from memory.tiers import TierIndexes, index_of
from storage import episodes as rows
from storage.database import Database
from storage.episodes import Saying, Search
from storage.facts import Whose, list_standing

DEPTH = 100
"""Pieces asked of each way of finding."""
MOST_STANDING = 24
SHOWN = 600
"""Characters of one message that come back; of a longer one the beginning."""

log = get_logger(__name__)


class MemoryRecall:
    """Implements `core.ports.Recall`."""

    def __init__(
        self,
        database: Database,
        embedder: Embedder | Embedders,
        index: VectorIndex | TierIndexes | None,
        *,
        episodes: VectorIndex | TierIndexes | None = None,
        deadline_s: float = DEADLINE_S,
        clock: Clock | None = None,
    ) -> None:
        """Recall from rows, and from an index of facts and one of `episodes`; without one, a fan's rows are searched exactly.

        `deadline_s` is the indexes', in seconds.
        """
        self._database = database
        self._embedder = embedder
        self._episodes = episodes
        self._asking = PatientIndex(deadline_s)
        self._facts = FactRecall(database, embedder, index, deadline_s=deadline_s, clock=clock or SystemClock())

    async def __call__(self, asked: Asked) -> Recalled:
        """Return profile, facts and episodes, best first; a way of finding that is away is marked. Raises `Unavailable`."""
        marks: set[str] = set()
        embedder = await embedder_for(self._embedder, asked.agency_id)
        try:
            async with asyncio.TaskGroup() as group:
                talk = group.create_task(self._find_talk(asked, embedder, marks))
                lookups = [group.create_task(self._find_facts(asked, text, marks)) for text in texts_of(asked)]
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        episodes, profile = talk.result()
        facts = _merge([lookup.result() for lookup in lookups], asked.most_facts)
        return Recalled(profile, facts, episodes, asked.summary, tuple(sorted(marks)))

    async def _find_facts(self, asked: Asked, text: str, marks: set[str]) -> list[RecalledFact]:
        return await self._facts.find(asked.agency_id, _whose(asked), text, asked.most_facts, marks)

    async def _find_talk(
        self, asked: Asked, embedder: Embedder, marks: set[str]
    ) -> tuple[tuple[RecalledEpisode, ...], tuple[RecalledFact, ...]]:
        """Return episodes and, since the transaction is open, the profile."""
        whose, text, vector, near = _whose(asked), question_of(asked), None, None
        if text and asked.most_episodes:
            vector = await self._embed(embedder, text, marks)
            near = await self._near(asked, embedder, vector, marks)
        async with self._database.unit(asked.agency_id) as unit:
            standing = await list_standing(unit, whose, whose.also, MOST_STANDING)
            profile = tuple(RecalledFact(f.id, f.kind, f.subject, f.text, f.importance, "standing") for f in standing)
            if not text or not asked.most_episodes:
                return (), profile
            if near is not None and len(near) < min(DEPTH, await rows.count_indexed(unit, whose, embedder.name)):
                log.warning("index of episodes is behind")
                marks.add("index behind")
                near = None
            pieces = await rows.search_episodes(
                unit,
                Search(
                    fan_ids=asked.fan_ids,
                    influencer_id=asked.influencer_id,
                    text=text,
                    vector=vector,
                    embedder=embedder.name,
                    near=near,
                    without=[*asked.burst, *(message.id for message in asked.window)],
                    depth=DEPTH,
                    reach_s=REACH_S,
                ),
            )
            ranked = rank(pieces, hints_of(asked))[: asked.most_episodes]
            said = await rows.load_sayings(unit, [one.message_id for one in ranked]) if ranked else []
        return _within(asked.tokens, ranked, said), profile

    async def _embed(self, embedder: Embedder, text: str, marks: set[str]) -> list[float] | None:
        try:
            (vector,) = await embedder.embed([text])
        except Unavailable as error:
            log.warning("episodes without meaning", error=str(error))
            marks.add(WITHOUT_MEANING)
            return None
        return vector

    async def _near(
        self, asked: Asked, embedder: Embedder, vector: Sequence[float] | None, marks: set[str]
    ) -> list[UUID] | None:
        """Ask the index of episodes for the nearest of each of the fan's selves; none where there is no answer in time."""
        index = index_of(self._episodes, embedder.name)
        if index is None or vector is None:
            return None
        near: list[UUID] = []
        for fan_id in asked.fan_ids:
            ids = {"agency_id": asked.agency_id, "influencer_id": asked.influencer_id, "fan_id": fan_id}
            scope = {name: str(id_) for name, id_ in ids.items()}
            hits = await self._asking.ask(index, vector, scope, DEPTH, marks)
            if hits is None:
                return None
            near += [hit.id for hit in hits]
        return near


def _whose(asked: Asked) -> Whose:
    return Whose(asked.fan_ids[0], asked.influencer_id, tuple(asked.fan_ids[1:]))


def estimate_tokens(text: str) -> int:
    """Estimate what a text costs in a prompt: about a token for four characters."""
    return len(text) // 4 + 1


def _within(tokens: int, ranked: Sequence[Ranked], said: Sequence[Saying]) -> tuple[RecalledEpisode, ...]:
    """Return the best that fit; what is too long for the rest is passed over."""
    sayings, found = {saying.message_id: saying for saying in said}, []
    for one in ranked:
        saying = sayings.get(one.message_id)
        if saying is None:
            continue  # deleted meanwhile
        if not is_recallable(saying.text):
            continue
        text = saying.text if len(saying.text) <= SHOWN else f"{saying.text[:SHOWN].rstrip()} …"
        cost = estimate_tokens(text)
        if cost <= tokens:
            tokens -= cost
            found.append(RecalledEpisode(one.message_id, saying.author, text, saying.said_at, one.score, one.why))
    return tuple(found)


def _merge(found: Sequence[list[RecalledFact]], most: int) -> tuple[RecalledFact, ...]:
    best: dict[UUID, RecalledFact] = {}
    for fact in (fact for facts in found for fact in facts):
        if fact.fact_id not in best or fact.score > best[fact.fact_id].score:
            best[fact.fact_id] = fact
    return tuple(sorted(best.values(), key=lambda fact: -fact.score)[:most])
