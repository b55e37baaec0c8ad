"""One measurement: every talk of a corpus told, every question asked, beside the baselines over the same messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from uuid import UUID

import numpy as np
from msgspec import Struct

from core.ports import Embedder, FactExtractor
from evals.memory.baselines import open_baselines
from evals.memory.corpus import Corpus, Talk
from evals.memory.scores import Answer, Score, score
from evals.memory.through import Heard, ask, tell
from memory.recall import MemoryRecall
from storage.house import House

OURS = "muse"
COUNTED = "all"


class Table(Struct, frozen=True):
    """The scores of each way of finding over the questions of one category, or of all that count."""

    category: str
    ways: dict[str, Score]


class Report(Struct, frozen=True):
    """What one run measured. Times in milliseconds; `tokens` is the mean of facts and the first ten episodes of a question."""

    corpus: str
    embedder: str
    talks: int
    messages: int
    questions: int
    skipped_evidence: int
    questions_without_evidence: int
    facts: int
    ms_p50: float
    ms_p95: float
    tokens: float
    marks: dict[str, int]
    tables: list[Table]


class Bench(Struct, frozen=True):
    """What a measurement works with: an empty house, and how it says how far it is."""

    house: House
    agency_id: UUID
    embedder: Embedder
    extractor: FactExtractor
    say: Callable[[str], None]


async def measure(bench: Bench, name: str, corpus: Corpus) -> Report:
    """Measure recall over a corpus. Raises `Unavailable`."""
    answers: dict[str, list[Answer]] = {}
    heard: list[Heard] = []
    facts = 0
    for number, talk in enumerate(corpus.talks, 1):
        bench.say(f"{number}/{len(corpus.talks)} {talk.name}: {len(talk.lines)} messages, {len(talk.questions)} questions")
        told_facts, some = await _measure(bench, talk, answers)
        heard += some
        facts += told_facts
    ms = [one.ms for one in heard] or [0.0]
    return Report(
        corpus=name,
        embedder=bench.embedder.name,
        talks=len(corpus.talks),
        messages=sum(len(talk.lines) for talk in corpus.talks),
        questions=len(heard),
        skipped_evidence=corpus.skipped,
        questions_without_evidence=corpus.unasked,
        facts=facts,
        ms_p50=float(np.quantile(ms, 0.5)),
        ms_p95=float(np.quantile(ms, 0.95)),
        tokens=float(np.mean([one.tokens for one in heard] or [0])),
        marks=dict(Counter(mark for one in heard for mark in one.marks)),
        tables=tabulate(answers, corpus.apart),
    )


async def _measure(bench: Bench, talk: Talk, answers: dict[str, list[Answer]]) -> tuple[int, list[Heard]]:
    told = await tell(bench.house, bench.embedder, bench.extractor, bench.agency_id, talk)
    recall = MemoryRecall(bench.house.app, bench.embedder, None)
    ways = await open_baselines(talk, bench.embedder)
    heard = []
    for question in talk.questions:
        (vector,) = await bench.embedder.embed([question.text])
        one = await ask(recall, told, talk, question.text)
        heard.append(one)
        rankings = {OURS: one.ranking} | {name: way(question.text, vector) for name, way in ways.items()}
        for name, ranking in rankings.items():
            answers.setdefault(name, []).append(Answer(talk.name, question.category, ranking, question.evidence))
    return len(told.sources), heard


def tabulate(answers: dict[str, list[Answer]], apart: frozenset[str]) -> list[Table]:
    """Return a table of all that count, then one for each category."""
    categories = sorted({answer.category for some in answers.values() for answer in some})
    counted = [category for category in categories if category not in apart]
    tables = [Table(COUNTED, _score(answers, counted))]
    return tables + [Table(category, _score(answers, [category])) for category in categories]


def _score(answers: dict[str, list[Answer]], categories: Sequence[str]) -> dict[str, Score]:
    return {name: score([answer for answer in some if answer.category in categories]) for name, some in answers.items()}
