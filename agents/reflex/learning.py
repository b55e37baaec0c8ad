"""Learning from the labelled examples for one embedder, and keeping what was learnt for the next start."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from msgspec import Struct

from agents.embeddings import LexicalEmbedder, OnceEmbedder
from agents.reflex.features import Features, Floats
from agents.reflex.kept import keep_arrays, read_arrays
from agents.reflex.scope import Scope
from agents.reflex.softmax import Linear
from agents.reflex.sorter import Examples, Sorter, fit_sorter
from core.ports import Embedder

FOLDER = Path(__file__).parent
BATCH = 64
"""Examples embedded at a time, so that a fan's words do not wait behind all of them."""

_LEARNT: dict[str, Sorter] = {}  # by the embedder's name, which stands for the vectors that it makes


class IntentExamples(Struct, frozen=True):
    """All labelled examples, one intent per text, grouped by intent."""

    texts: tuple[str, ...]
    intents: tuple[str, ...]


@cache
def load_examples() -> IntentExamples:
    """Read the labelled examples of all languages."""
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / "examples").glob("*.toml"))]
    labelled = sorted((intent, text) for table in tables for intent, examples in table.items() for text in examples)
    return IntentExamples(tuple(text for _, text in labelled), tuple(intent for intent, _ in labelled))


def choose_folder(data: Path) -> Path:
    """Return where what was learnt is kept: beside the packages, for every stack of this environment, else in a data folder."""
    beside = Path(sys.prefix)
    return beside / "share" / "muse" if os.access(beside, os.W_OK) else data / "learnt"


async def learn(embedder: Embedder, folder: Path | None = None) -> Sorter:
    """Learn from the examples, once for each embedder's name in a process. Raises what the embedder raises.

    `folder`: where what was learnt is kept for the next start; none: it is learnt again then.
    """
    if embedder.name not in _LEARNT:
        _LEARNT[embedder.name] = await _learn(embedder, folder)
    return _LEARNT[embedder.name]


async def _learn(embedder: Embedder, folder: Path | None) -> Sorter:
    examples = load_examples()
    file = folder / f"intents-{_digest(examples, embedder.name)}.npz" if folder else None
    if file and (known := await asyncio.to_thread(_read, file, examples)):
        return known
    vectors = await _embed(embedder, examples.texts)
    labelled = list(zip(examples.intents, examples.texts, strict=True))
    meaning = embedder.name != LexicalEmbedder.name
    made = Examples.sort(labelled, vectors)
    found = await asyncio.to_thread(fit_sorter, made, meaning=meaning)
    if file:
        await asyncio.to_thread(_keep, file, found)
    return found


async def _embed(embedder: Embedder, texts: Sequence[str]) -> Floats:
    """Embed a batch of like length at a time; rows in the order of `texts`."""
    embed = embedder.embed_aside if isinstance(embedder, OnceEmbedder) else embedder.embed
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    found: list[list[float]] = []
    for start in range(0, len(order), BATCH):
        found += await embed([texts[row] for row in order[start : start + BATCH]])
    return np.asarray(found, np.float32)[np.argsort(order)]


def _digest(examples: IntentExamples, embedder: str) -> str:
    """Name what was learnt by all that it hangs on: the examples, the embedder, and the way of learning."""
    digest = hashlib.sha256(embedder.encode())
    for part in (*examples.intents, *examples.texts):
        digest.update(part.encode() + b"\0")
    for module in ("features", "scope", "softmax", "sorter"):
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    return digest.hexdigest()[:24]


def _keep(file: Path, found: Sorter) -> None:
    keep_arrays(
        file,
        vectors=found.examples.vectors,
        rarity=found.features.rarity,
        weights=found.layer.weights,
        bias=found.layer.bias,
        scope=np.asarray([found.scope.slope, found.scope.bias, found.scope.threshold]),
        meaning=np.asarray(found.features.meaning),
    )


def _read(file: Path, examples: IntentExamples) -> Sorter | None:
    kept = read_arrays(file)
    if kept is None:
        return None
    try:
        made = Examples.sort(list(zip(examples.intents, examples.texts, strict=True)), kept["vectors"])
        slope, bias, threshold = (float(value) for value in kept["scope"])
        learnt = Features(kept["rarity"], bool(kept["meaning"]))
        return Sorter(made, learnt, Linear(kept["weights"], kept["bias"]), Scope(slope, bias, threshold))
    except (ValueError, KeyError, IndexError):
        return None
