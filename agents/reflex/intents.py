"""What does the fan want? Each sentence is sorted by what labelled examples teach, and by a few telling words."""

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
from agents.plain_text import flatten
from agents.reflex.codes import find_code, is_code
from agents.reflex.features import Floats, wording
from agents.reflex.learning import learn
from agents.reflex.misheard import bargains_for_love, offers_picture
from agents.reflex.sorter import OTHER, Sorter
from core.errors import MuseError
from core.nouns import Message
from core.ports import Embedder

FOLDER = Path(__file__).parent
CUE_WEIGHT = 0.22
PLAIN_CUE_WEIGHT = 0.35
"""What a telling word adds to likeness; where only wording is compared it tells more."""
CUE_SCORE = 2.0
"""What a telling word adds to the score of its intent."""
SHOWN = 4
"""Intents and examples that a reading names."""
MOST_SENTENCES = 10
LONGEST_SENTENCE = 400
CLOSE = 0.72
"""Likeness at which an example of what the house must not miss decides by itself."""
CODE = "discount"
"""What a sentence wants that is nothing but a promo code."""
WATCHED = ("crisis", "age_statement", "opt_out", "are_you_real", "explicit_request")
"""What the house must not miss. The rules of agents/policy find these by themselves; an intent only adds."""

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
    """One sentence of the burst and what it wants.

    `score` is the likeness to the nearest example of that, telling words included, about 0..1.2; `chance` the calibrated one,
    0..1, that the sentence wants anything there are examples of. `standing`: the word of it that is one of the agency's codes.
    """

    message_id: UUID
    text: str
    intent: str
    score: float
    chance: float = 0.0
    standing: str | None = None

    @property
    def code(self) -> str | None:
        """Return the promo code that the sentence names, known or not."""
        return self.standing or find_code(self.text)


class Reading(Struct, frozen=True):
    """How one sentence was read, and why.

    `shares` of the best intents, 0..1; the `nearest` examples as (text, intent, likeness); `cues`: the intents whose telling
    words it has; `decided_by` sorting, likeness, threshold, or code.
    """

    text: str
    intent: str
    score: float
    chance: float
    threshold: float
    shares: tuple[tuple[str, float], ...]
    nearest: tuple[tuple[str, str, float], ...]
    cues: tuple[str, ...]
    decided_by: str


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
    """Sorts sentences; what the examples do not cover is `other`. Learns anew for whatever embedder it is given.

    `folder`: where what was learnt is kept for the next start, by a digest of examples and embedder; none: it is learnt again.
    """

    def __init__(self, embedder: Embedder, folder: Path | None = None) -> None:
        self._embedder = embedder
        self._folder = folder
        self._plain = LexicalEmbedder()
        self._sorters: dict[str, Sorter] = {}
        self._lock = asyncio.Lock()

    async def warm(self) -> None:
        """Learn ahead of the first turn. Raises `Unavailable`."""
        await self._sorter(self._embedder)

    async def classify(self, messages: Sequence[Message]) -> tuple[tuple[Sight, ...], str]:
        """Label every sentence of the messages; also return which embedder it was done with."""
        said = [(message.id, sentence) for message in messages for sentence in split_sentences(message.text)][-MOST_SENTENCES:]
        if not said:
            return (), self._embedder.name
        readings, name = await self._read([text for _, text in said])
        return tuple(
            Sight(id_, text, reading.intent, reading.score, reading.chance)
            for (id_, text), reading in zip(said, readings, strict=True)
        ), name

    async def explain(self, text: str) -> tuple[list[Reading], str]:
        """Tell how each sentence of a text is read, and with which embedder."""
        return await self._read(split_sentences(text)) if text.strip() else ([], self._embedder.name)

    async def _read(self, texts: list[str]) -> tuple[list[Reading], str]:
        try:
            return await self._read_with(texts, self._embedder), self._embedder.name
        except MuseError:
            return await self._read_with(texts, self._plain), self._plain.name

    async def _read_with(self, texts: list[str], embedder: Embedder) -> list[Reading]:
        sorter = await self._sorter(embedder)
        return read_sentences(sorter, texts, np.asarray(await embedder.embed(texts), np.float32), embedder.name)

    async def _sorter(self, embedder: Embedder) -> Sorter:
        async with self._lock:
            if embedder.name not in self._sorters:
                self._sorters[embedder.name] = await learn(embedder, self._folder)
            return self._sorters[embedder.name]


def read_sentences(sorter: Sorter, texts: Sequence[str], vectors: Floats, name: str) -> list[Reading]:
    """Read sentences whose vectors, shape (n, d), the embedder `name` made."""
    weight = PLAIN_CUE_WEIGHT if name == LexicalEmbedder.name else CUE_WEIGHT
    scores, likeness = sorter.score(vectors, wording(texts)), sorter.liken(vectors)
    telling = np.stack([find_cues(text, sorter.examples.names) for text in texts])
    scores, likeness = scores + CUE_SCORE * telling, likeness + weight * telling
    for row, text in enumerate(texts):
        if not asks(text):  # a statement asks for nothing, however like a question it reads
            asked = sorter.examples.names.index("ask_recalled_fact")
            scores[row, asked], likeness[row, asked] = scores[row].min(), 0.0
    chances = sorter.chance(scores, likeness)
    near = np.einsum("nd,kd->nk", vectors, sorter.examples.vectors)
    return [
        _decide(sorter, text, scores[row], likeness[row], float(chances[row]), near[row], telling[row])
        for row, text in enumerate(texts)
    ]


def _decide(
    sorter: Sorter, text: str, scores: Floats, likeness: Floats, chance: float, near: Floats, telling: Floats
) -> Reading:
    names = sorter.examples.names
    best, closest, how = int(scores.argmax()), int(likeness.argmax()), "sorting"
    if names[closest] in WATCHED and likeness[closest] >= CLOSE:
        best, how = closest, "likeness"
    elif is_code(text):
        best, how = names.index(CODE), "code"
    elif chance < sorter.scope.threshold or not text.strip():
        best, how = names.index(OTHER), "threshold"
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    return Reading(
        text,
        hear_again(text, tell_persons_apart(text, names[best])),
        float(likeness[best]),
        chance,
        sorter.scope.threshold,
        tuple((names[index], float(shares[index])) for index in np.argsort(-scores)[:SHOWN]),
        tuple(
            (sorter.examples.texts[row], names[sorter.examples.labels[row]], float(near[row]))
            for row in np.argsort(-near)[:SHOWN]
        ),
        tuple(name for name, there in zip(names, telling, strict=True) if there),
        how,
    )


def find_cues(text: str, names: tuple[str, ...]) -> Floats:
    """Return 1 for each intent whose telling words a text has, else 0; shape (intents,)."""
    plain = flatten(text)
    return np.asarray([cue.search(plain) is not None for cue in _cues(names)], np.float32)


def asks(text: str) -> bool:
    """Whether a sentence asks for anything, by its wording."""
    return _ASKING.search(flatten(text)) is not None


@cache
def _cues(names: tuple[str, ...]) -> list[re.Pattern[str]]:
    """Return one pattern per intent, that of all its telling words; one that never matches where it has none."""
    known = load_cues()
    return [re.compile("|".join(f"(?:{cue.pattern})" for cue in known.get(name, ())) or r"(?!)") for name in names]


def hear_again(text: str, intent: str) -> str:
    """Tell apart what only sounds like an ask for what is sold: love is not, and a picture that the fan has is theirs."""
    if intent in WATCHED:
        return intent
    if bargains_for_love(text):
        return "meet_up"
    return OTHER if intent == "content_request" and offers_picture(text) else intent


def tell_persons_apart(text: str, intent: str) -> str:
    """Tell "where do I live?" from "where do you live?", which mean nearly the same to a model of sentences."""
    if intent not in ("ask_recalled_fact", "question_about_me"):
        return intent
    lowered = flatten(text)
    mine, yours = re.search(r"\b(i|i'm|my|me)\b", lowered), re.search(r"\b(you|your|you're|u)\b", lowered)
    if mine and (not yours or re.search(r"\b(remember|recall|know|told|forget|forgot)\b", lowered)):
        return "ask_recalled_fact"
    return "question_about_me" if yours and not mine else intent
