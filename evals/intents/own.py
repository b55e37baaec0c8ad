"""Our own set: messages to an influencer in six languages, read by the product's own path, beside baselines."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from agents.embeddings import LexicalEmbedder, OnceEmbedder
from agents.reflex.intents import (
    CUE_WEIGHT,
    PLAIN_CUE_WEIGHT,
    IntentClassifier,
    asks,
    find_cues,
    split_sentences,
    tell_persons_apart,
)
from agents.reflex.learning import learn, load_examples
from agents.reflex.sorter import OTHER, Sorter
from core.ports import Embedder
from evals.intents.baselines import TfidfSvm
from evals.intents.datasets import HALVES, Labelled, load_own
from evals.intents.figures import Figure, Share, confusions, judge, share

AS_BEFORE = {LexicalEmbedder.name: (0.42, PLAIN_CUE_WEIGHT)}
BEFORE = (0.40, CUE_WEIGHT)
"""Threshold and weight of telling words when the nearest example alone decided."""


async def run_own(embedder: Embedder, say: Callable[[str], None]) -> tuple[list[Figure], dict[str, list[tuple[str, Share]]]]:
    """Read both halves with the embedder and without, and by the baselines; also return shares by language and intent."""
    figures: list[Figure] = []
    tables: dict[str, list[tuple[str, Share]]] = {}
    for half in HALVES:
        rows = load_own(half)
        for used in (embedder, LexicalEmbedder()):
            say(f"reading the {half} half with {used.name}")
            once = used if isinstance(used, OnceEmbedder) else OnceEmbedder(used)
            found = await read_by_product(once, rows)
            figures.append(_judge(half, f"ours, {used.name}", rows, found))
            figures.append(_judge(half, f"nearest example as before, {used.name}", rows, await _read_as_before(once, rows)))
            if half == "test":
                tables |= _tables(used.name, rows, found)
        figures.append(_judge(half, "TF-IDF + linear SVM, no threshold", rows, _read_by_machine(rows)))
    return figures, tables


async def read_by_product(embedder: Embedder, rows: Sequence[Labelled]) -> list[set[str]]:
    """Return the intents of each message's sentences."""
    classifier = IntentClassifier(embedder)
    return [{reading.intent for reading in (await classifier.explain(row.text))[0]} for row in rows]


async def time_sentences(embedder: Embedder, rows: Sequence[Labelled]) -> float:
    """Return the milliseconds that reading a sentence costs beside its embedding: the median over messages."""
    classifier = IntentClassifier(embedder)
    spent = []
    for row in rows:
        await embedder.embed(split_sentences(row.text))  # remembered: what is timed embeds nothing
        started = time.perf_counter()
        await classifier.explain(row.text)
        spent.append((time.perf_counter() - started) * 1000 / len(split_sentences(row.text)))
    return float(np.median(spent))


def _judge(half: str, method: str, rows: Sequence[Labelled], found: Sequence[set[str]]) -> Figure:
    return judge(half, method, [row.intent for row in rows], verdicts(rows, found), OTHER)


def verdicts(rows: Sequence[Labelled], found: Sequence[set[str]]) -> list[str]:
    """Return one intent per message: the wanted one if any sentence has it; out of scope only if every sentence is."""
    chosen = []
    for row, intents in zip(rows, found, strict=True):
        named = sorted(intents - {OTHER}) or [OTHER]
        chosen.append(row.intent if row.intent in named else named[0])
    return chosen


def _tables(name: str, rows: Sequence[Labelled], found: Sequence[set[str]]) -> dict[str, list[tuple[str, Share]]]:
    got = verdicts(rows, found)
    right = [(row, row.intent == have) for row, have in zip(rows, got, strict=True)]
    return {
        f"by language, {name}": [
            (key, share(sum(ok for row, ok in right if row.language == key), sum(row.language == key for row in rows)))
            for key in dict.fromkeys(row.language for row in rows)
        ],
        f"by intent, {name}": [
            (key, share(sum(ok for row, ok in right if row.intent == key), sum(row.intent == key for row in rows)))
            for key in sorted({row.intent for row in rows})
        ],
        f"taken for, {name}": [
            (f"{one} → {two}", share(count, sum(row.intent == one for row in rows)))
            for one, two, count in confusions([row.intent for row in rows], got)[:12]
        ],
    }


async def _read_as_before(embedder: Embedder, rows: Sequence[Labelled]) -> list[set[str]]:
    threshold, weight = AS_BEFORE.get(embedder.name, BEFORE)
    sorter = await learn(embedder)
    return [await _nearest(sorter, embedder, split_sentences(row.text), threshold, weight) for row in rows]


async def _nearest(sorter: Sorter, embedder: Embedder, texts: list[str], threshold: float, weight: float) -> set[str]:
    vectors = np.asarray(await embedder.embed(texts), np.float32)
    likeness = sorter.liken(vectors) + weight * np.stack([find_cues(text, sorter.examples.names) for text in texts])
    names = sorter.examples.names
    for row, text in enumerate(texts):
        if not asks(text):
            likeness[row, names.index("ask_recalled_fact")] = 0.0
    return {
        tell_persons_apart(text, names[int(row.argmax())]) if row.max() >= threshold else OTHER
        for text, row in zip(texts, likeness, strict=True)
    }


def _read_by_machine(rows: Sequence[Labelled]) -> list[set[str]]:
    examples = load_examples()
    machine = TfidfSvm(examples.texts, examples.intents)
    return [set(machine.guess(split_sentences(row.text))[0]) for row in rows]
