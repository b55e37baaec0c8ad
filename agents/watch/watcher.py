"""Watching a fan's sentences for what must not be missed: a crisis, a fan under age, words that would steer the tools.

One linear layer over what the turn has embedded anyway, beside the wording; patterns of the rules come on top of it. Learnt of
labelled examples of ours in six languages, and of the intents' examples as ordinary talk; kept on disk for the next start.
"""

from __future__ import annotations

import asyncio
import hashlib
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from uuid import UUID

import numpy as np
from msgspec import Struct

from agents.embeddings import LexicalEmbedder, OnceEmbedder
from agents.reflex.features import Features, Floats, wording
from agents.reflex.intents import Sight
from agents.reflex.kept import keep_arrays, read_arrays
from agents.reflex.learning import learn as learn_intents
from agents.reflex.learning import load_examples as load_intents
from agents.reflex.softmax import Labels, Linear, fit_softmax
from agents.reflex.sorter import nearest
from core.errors import MuseError
from core.nouns import Message
from core.ports import Embedder

FOLDER = Path(__file__).parent
KINDS = ("ordinary", "crisis", "minor", "steering")
ELSEWHERE = {"crisis": "crisis", "age_statement": "minor"}
"""Intents whose examples are of a kind that is watched for."""
STRENGTH = 10.0
BATCH = 64
LONGEST = 1000
_LEARNT: dict[str, Watch] = {}


class Sign(Struct, frozen=True):
    """One sentence of the burst, or a whole message of several, and the chance, 0..1, that it is of each watched kind.

    `near`: the likeness, -1..1, to the nearest example of each kind, ordinary talk included: a chance says little about a
    sentence that is like nothing which was learnt.
    """

    message_id: UUID
    text: str
    chances: dict[str, float]
    near: dict[str, float]

    def is_of(self, kind: str, chance: float, near: float, lead: float = -1.0) -> bool:
        """Whether it is of a kind: by chance, by likeness, and by so much more likeness than to ordinary talk."""
        return self.chances[kind] >= chance and self.near[kind] >= near and self.near[kind] - self.near["ordinary"] >= lead


class Watch(Struct, frozen=True):
    """What was learnt, for the vectors of the embedder it was learnt with.

    `vectors`, shape (n, d), are those of the examples and `labels`, shape (n,), their kinds, sorted by kind.
    """

    features: Features
    layer: Linear
    vectors: Floats
    labels: Labels

    def chances(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """Return the chance of each kind for each text, shape (n, kinds)."""
        table = self.features.join(vectors, wording(texts))
        scores = np.einsum("nd,cd->nc", table, self.layer.weights) + self.layer.bias
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)

    def liken(self, vectors: Floats) -> Floats:
        """Return the likeness of each vector to the nearest example of each kind, shape (n, kinds)."""
        return nearest(vectors, self.vectors, self.labels, len(KINDS))


@cache
def load_labelled() -> tuple[tuple[str, str], ...]:
    """Return all (text, kind) pairs, each text once; what the watch's own files say of a text counts."""
    found: dict[str, tuple[str, str]] = {}
    intents = load_intents()
    for text, intent in zip(intents.texts, intents.intents, strict=True):
        found[text.lower()] = (text, ELSEWHERE.get(intent, "ordinary"))
    for path in sorted((FOLDER / "examples").glob("*.toml")):
        for kind, texts in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found |= {text.lower(): (text, kind) for text in texts}
    return tuple(sorted(found.values()))


class Watcher:
    """Looks at the sentences of a burst; learns anew for whatever embedder it is given.

    `folder`: where what was learnt is kept for the next start; none: it is learnt again.
    """

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        self._embedder = embedder
        self._folder = folder
        self._plain = LexicalEmbedder()
        self._lock = asyncio.Lock()

    async def warm(self) -> None:
        """Learn ahead of the first turn. Raises `Unavailable`."""
        await self._watch(self._embedder)

    async def look(self, messages: Sequence[Message], sights: Sequence[Sight]) -> tuple[Sign, ...]:
        """Return a sign per sentence, and one per message of several sentences; nothing that recall did not embed already."""
        parts = [(sight.message_id, sight.text) for sight in sights]
        several = {id_ for id_, _ in parts if sum(other == id_ for other, _ in parts) > 1}
        parts += [(message.id, message.text) for message in messages if message.id in several]
        if not parts:
            return ()
        texts = [text for _, text in parts]
        try:
            judged = await self._judge(texts, self._embedder)
        except MuseError:
            judged = await self._judge(texts, self._plain)
        return tuple(
            Sign(id_, text, dict(zip(KINDS, chances, strict=True)), dict(zip(KINDS, near, strict=True)))
            for (id_, text), chances, near in zip(parts, *judged, strict=True)
        )

    async def _judge(self, texts: list[str], embedder: Embedder) -> tuple[list[list[float]], list[list[float]]]:
        watch = await self._watch(embedder)
        vectors = np.asarray(await embedder.embed(texts), np.float32)
        return watch.chances(texts, vectors).tolist(), watch.liken(vectors).tolist()

    async def _watch(self, embedder: Embedder) -> Watch:
        async with self._lock:
            if embedder.name not in _LEARNT:
                _LEARNT[embedder.name] = await _learn(embedder, self._folder)
            return _LEARNT[embedder.name]


async def _learn(embedder: Embedder, folder: Path | None) -> Watch:
    labelled = load_labelled()
    file = folder / f"watch-{_digest(labelled, embedder.name)}.npz" if folder else None
    if file and (kept := await asyncio.to_thread(_read, file)):
        return kept
    vectors = await _embed(embedder, [text for text, _ in labelled], folder)
    made = await asyncio.to_thread(fit_watch, labelled, vectors, meaning=embedder.name != LexicalEmbedder.name)
    if file:
        await asyncio.to_thread(_keep, file, made)
    return made


def fit_watch(labelled: Sequence[tuple[str, str]], vectors: Floats, *, meaning: bool = True) -> Watch:
    """Learn of (text, kind) pairs with one vector each, shape (n, d)."""
    words = wording([text for text, _ in labelled])
    labels = np.asarray([KINDS.index(kind) for _, kind in labelled], np.int64)
    features = Features.learn(words, meaning=meaning)
    order = np.argsort(labels, kind="stable")
    layer = fit_softmax(features.join(vectors, words), labels, len(KINDS), STRENGTH)
    return Watch(features, layer, np.ascontiguousarray(vectors[order]), labels[order])


async def _embed(embedder: Embedder, texts: Sequence[str], folder: Path | None) -> Floats:
    """Embed what the intents have not embedded already, a batch of like length at a time; rows in the order of `texts`."""
    sorter = await learn_intents(embedder, folder)
    known = dict(zip(sorter.examples.texts, sorter.examples.vectors, strict=True))
    embed = embedder.embed_aside if isinstance(embedder, OnceEmbedder) else embedder.embed
    fresh = sorted((text for text in texts if text not in known), key=len)
    for start in range(0, len(fresh), BATCH):
        batch = fresh[start : start + BATCH]
        known |= zip(batch, np.asarray(await embed(batch), np.float32), strict=True)
    return np.asarray([known[text] for text in texts], np.float32)


def _digest(labelled: Sequence[tuple[str, str]], embedder: str) -> str:
    digest = hashlib.sha256(embedder.encode())
    for text, kind in labelled:
        digest.update(f"{kind}\0{text}\0".encode())
    for module in (Path(__file__), FOLDER.parent / "reflex" / "features.py", FOLDER.parent / "reflex" / "softmax.py"):
        digest.update(module.read_bytes())
    return digest.hexdigest()[:24]


def _keep(file: Path, made: Watch) -> None:
    keep_arrays(
        file,
        rarity=made.features.rarity,
        meaning=np.asarray(made.features.meaning),
        weights=made.layer.weights,
        bias=made.layer.bias,
        vectors=made.vectors,
        labels=made.labels,
    )


def _read(file: Path) -> Watch | None:
    kept = read_arrays(file)
    if kept is None:
        return None
    try:
        features, layer = Features(kept["rarity"], bool(kept["meaning"])), Linear(kept["weights"], kept["bias"])
        return Watch(features, layer, kept["vectors"], kept["labels"])
    except (ValueError, KeyError, IndexError):
        return None
