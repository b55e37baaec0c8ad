"""What does the fan want? Each sentence is compared to labelled examples by meaning, and to a few telling words."""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from uuid import UUID

import numpy as np
from msgspec import Struct

from agents.embeddings import LexicalEmbedder
from core.errors import MuseError
from core.nouns import Message
from core.ports import Embedder

FOLDER = Path(__file__).parent
CUE_WEIGHT = 0.22
PLAIN_CUE_WEIGHT = 0.35
"""Where only wording is compared, telling words tell more."""
MOST_SENTENCES = 10
LONGEST_SENTENCE = 400
THRESHOLDS = {"lexical": 0.42}
THRESHOLD = 0.40

_SENTENCE = re.compile(
    r"(?<=[.!?…¿])\s+|\n+|(?<=[,;])\s+(?=(?:can|could|do|did|are|what|where|how|who|send|show|btw|by the way)\b)", re.I
)
_ASKING = re.compile(
    r"\?|^(?:\W*(?:so|and|hey|ok|okay|wait|but|hm+|btw|luna|matteo|please|now|tell me|guess)\b)*\W*"
    r"(?:what|who|where|when|which|how|why|whats|whos|wheres|do|does|did|can|could|are|is|was|were|have|"
    r"wie|was|wo|wer|wann|welche\w*|wei(?:ß|ss)t|como|cómo|qué|que|quién|dónde|cuándo|te acuerdas|comment|qui|où|quand|"
    r"tu te|come|chi|dove|ti ricordi|qual\w*|quem|onde|você)\b"
    r"|\b(?:remember|recall|know|knew|forget|forgot|forgotten|remind|erinner\w*|recuerd\w*|souvien\w*|ricord\w*|lembr\w*)\b",
    re.I,
)
_HELLO = re.compile(
    r"^\s*((?:hi+|hey+|hello+|hiya|hola|hallo|servus|ciao|salut|bonjour|ol[aá])(?:\s+\w+)?)\s*[,.!…-]+\s+(?=\S)", re.I
)


class Sight(Struct, frozen=True):
    """One sentence of the burst and what it wants; `score` is the likeness to the nearest example, about 0..1.2."""

    message_id: UUID
    text: str
    intent: str
    score: float


class IntentExamples(Struct, frozen=True):
    """All labelled examples, one intent per text, grouped by intent; `starts` is where each of `names` begins."""

    texts: tuple[str, ...]
    intents: tuple[str, ...]
    names: tuple[str, ...]
    starts: tuple[int, ...]


@cache
def load_examples() -> IntentExamples:
    """Read the labelled examples of all languages."""
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / "examples").glob("*.toml"))]
    labelled = sorted((intent, text) for table in tables for intent, examples in table.items() for text in examples)
    intents = tuple(intent for intent, _ in labelled)
    names = tuple(dict.fromkeys(intents))
    return IntentExamples(tuple(text for _, text in labelled), intents, names, tuple(intents.index(name) for name in names))


@cache
def load_cues() -> dict[str, tuple[re.Pattern[str], ...]]:
    """Read the telling words of each intent."""
    table = tomllib.loads((FOLDER / "cues.toml").read_text(encoding="utf-8"))
    return {intent: tuple(re.compile(pattern) for pattern in patterns) for intent, patterns in table.items()}


def split_sentences(text: str) -> list[str]:
    """Cut a message into sentences, a leading hello apart; at most ten, the last ones of a long text."""
    hello = _HELLO.match(text)
    pieces = [hello.group(1), *_SENTENCE.split(text[hello.end() :])] if hello else _SENTENCE.split(text)
    sentences = [piece.strip()[:LONGEST_SENTENCE] for piece in pieces if re.search(r"\w", piece)]
    return sentences[-MOST_SENTENCES:] or ([text.strip()[:LONGEST_SENTENCE]] if text.strip() else [])


class IntentClassifier:
    """Nearest labelled example wins, telling words help; below the threshold it is `other`."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._plain = LexicalEmbedder()
        self._matrices: dict[str, np.ndarray] = {}
        self._lock = asyncio.Lock()

    async def warm(self) -> None:
        """Embed the examples ahead of the first turn. Raises `Unavailable`."""
        await self._matrix(self._embedder)

    async def classify(self, messages: Sequence[Message]) -> tuple[tuple[Sight, ...], str]:
        """Label every sentence of the messages; also return which embedder it was done with."""
        said = [(message.id, sentence) for message in messages for sentence in split_sentences(message.text)][-MOST_SENTENCES:]
        if not said:
            return (), self._embedder.name
        texts = [text for _, text in said]
        try:
            guesses, name = await self._guess(texts, self._embedder), self._embedder.name
        except MuseError:
            guesses, name = await self._guess(texts, self._plain), self._plain.name
        return tuple(Sight(id_, text, *guess) for (id_, text), guess in zip(said, guesses, strict=True)), name

    async def _guess(self, texts: list[str], embedder: Embedder) -> list[tuple[str, float]]:
        matrix = await self._matrix(embedder)
        # einsum, not @: for matrices this small BLAS would wake threads that burn more than they help
        likeness = np.einsum("ij,kj->ik", matrix, np.asarray(await embedder.embed(texts)))
        threshold = THRESHOLDS.get(embedder.name, THRESHOLD)
        weight = PLAIN_CUE_WEIGHT if embedder.name == LexicalEmbedder.name else CUE_WEIGHT
        return [_decide(text, likeness[:, column], threshold, weight) for column, text in enumerate(texts)]

    async def _matrix(self, embedder: Embedder) -> np.ndarray:
        async with self._lock:
            if embedder.name not in self._matrices:
                self._matrices[embedder.name] = np.asarray(await embedder.embed(load_examples().texts))
            return self._matrices[embedder.name]


def _decide(text: str, likeness: np.ndarray, threshold: float, cue_weight: float) -> tuple[str, float]:
    examples = load_examples()
    scores = dict(zip(examples.names, np.maximum.reduceat(likeness, examples.starts).tolist(), strict=True))
    lowered = text.lower().replace("’", "'")
    for intent, cues in load_cues().items():
        if any(cue.search(lowered) for cue in cues):
            scores[intent] += cue_weight
    if not _ASKING.search(lowered):
        scores["ask_recalled_fact"] = 0.0  # a statement asks for nothing, however like a question it reads
    best = max(scores, key=lambda intent: scores[intent])
    if scores[best] < threshold:
        return "other", scores[best]
    return _by_person(lowered, best), scores[best]


def _by_person(lowered: str, intent: str) -> str:
    """Tell "where do I live?" from "where do you live?", which mean nearly the same to a model of sentences."""
    if intent not in ("ask_recalled_fact", "question_about_me"):
        return intent
    mine, yours = re.search(r"\b(i|i'm|my|me)\b", lowered), re.search(r"\b(you|your|you're|u)\b", lowered)
    if mine and (not yours or re.search(r"\b(remember|recall|know|told|forget|forgot)\b", lowered)):
        return "ask_recalled_fact"
    return "question_about_me" if yours and not mine else intent
