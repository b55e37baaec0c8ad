"""Rolling summaries: what was said before the window, in a few dated lines.

Without a model, the telling sentences are taken out of what was said, word for word; nothing is invented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from msgspec import Struct

from core.errors import BadInput, Busy, MuseError, Unavailable
from core.log import get_logger
from core.nouns import Message
from core.ports import Embedder, Summariser
from memory.extraction import RuleExtractor, split_sentences
from memory.guards import is_in_earnest, is_meant_wish, is_question, is_storable, is_wish
from storage.house import House
from storage.summaries import add_summary, latest_summary, list_unsummarised

BOUND = 48
"""Messages of a window at which it is cut; turns go on with all of them until the job has done so."""

REMAIN = 24
"""Messages that stay in the window."""

LONGEST = 1600
"""Characters of a summary."""

LINES = 8
"""Sentences taken out of one stretch of talk."""

SHORTEST, LONGEST_SENTENCE = 4, 160
READ = 200
TOLD, BY_FAN, UNLIKE = 0.5, 0.25, 0.85

log = get_logger(__name__)


class _Line(Struct, frozen=True):
    """A sentence that might be told: when and by whom it was said, and how much it tells."""

    at: datetime
    fan: bool
    text: str
    told: bool


class ExtractiveSummariser:
    """Implements `core.ports.Summariser` without a model: sentences that tell facts, and those nearest to all the others."""

    name = "extract"

    def __init__(self, embedder: Embedder) -> None:
        """Compare sentences by this embedder; without it, by what they tell alone."""
        self._embedder = embedder

    async def summarise(self, before: str, messages: Sequence[Message]) -> str:
        """Return the lines of `before` and of what was said since; the oldest go when it grows too long."""
        lines = await _find_lines(messages)
        picked = await self._pick(lines)
        return fit("\n".join([*before.splitlines(), *(_write(line) for line in picked)]))

    async def _pick(self, lines: Sequence[_Line]) -> list[_Line]:
        if not lines:
            return []
        weights = np.array([TOLD * line.told + BY_FAN * line.fan for line in lines])
        try:
            vectors = np.asarray(await self._embedder.embed([line.text for line in lines]))
        except Unavailable:
            alike = np.eye(len(lines))
        else:
            alike = vectors @ vectors.T
            weights = weights + alike.mean(axis=1)
        picked: list[int] = []
        for number in np.argsort(-weights):
            if len(picked) < LINES and all(alike[number, other] < UNLIKE for other in picked):
                picked.append(int(number))
        return [lines[number] for number in sorted(picked)]


def fit(text: str) -> str:
    """Return the newest lines that fit, without what must not be kept and without orders to a machine."""
    kept: list[str] = []
    room = LONGEST
    for line in reversed([line.strip() for line in text.splitlines() if line.strip()]):
        if len(line) + 1 > room or not (is_storable(line) and is_wish(line)):
            continue
        kept.insert(0, line)
        room -= len(line) + 1
    return "\n".join(kept)


async def summarise_conversation(
    house: House, agency_id: UUID, conversation_id: UUID, embedder: Embedder, model: Summariser | None = None
) -> int:
    """Bring a conversation's summary forward so that `REMAIN` messages stay in the window; return how many it newly tells of.

    `model` is asked first, if there is one; what it fails at is done without. Raises `Busy` while it has no place for this, and
    `Unavailable` without Postgres.
    """
    done = 0
    while True:
        async with house.app.unit(agency_id) as unit:
            last = await latest_summary(unit, conversation_id)
            waiting = await list_unsummarised(unit, conversation_id, last.upto_message_id if last else None, READ)
        if len(waiting) <= BOUND:
            return done
        told = waiting[: len(waiting) - REMAIN]
        text, made_by = await _tell(last.text if last else "", told, embedder, model)
        async with house.app.unit(agency_id) as unit:
            if not await add_summary(unit, conversation_id, text, told, made_by):
                return done
        done += len(told)


async def _tell(before: str, told: Sequence[Message], embedder: Embedder, model: Summariser | None) -> tuple[str, str]:
    if model is not None:
        try:
            if text := fit(await model.summarise(before, told)):
                return text, model.name
            log.warning("summary_empty", model=model.name)
        except Busy:
            raise
        except (MuseError, BadInput) as error:
            log.warning("summary_without_model", model=model.name, error=type(error).__name__)
    plain = ExtractiveSummariser(embedder)
    return await plain.summarise(before, told), plain.name


async def _find_lines(messages: Sequence[Message]) -> list[_Line]:
    extractor, lines = RuleExtractor(), []
    for message in messages:
        if message.kind not in ("text", "media") or message.author not in ("fan", "agent", "operator"):
            continue
        told = {word for fact in await extractor.extract([message]) for word in re.findall(r"\w+", fact.text.casefold())}
        for sentence in split_sentences(message.text):
            if _is_telling(sentence):
                by_rule = len(told & set(re.findall(r"\w+", sentence.casefold()))) >= 1 and bool(told)
                lines.append(_Line(message.sent_at, message.author == "fan", sentence, by_rule))
    return lines


def _is_telling(sentence: str) -> bool:
    short = len(sentence.split()) < SHORTEST or len(sentence) > LONGEST_SENTENCE
    meant = is_in_earnest(sentence) or is_meant_wish(sentence)
    return not short and meant and not is_question(sentence) and is_storable(sentence) and is_wish(sentence)


def _write(line: _Line) -> str:
    return f"{line.at.day} {line.at:%B %Y}: {'the fan' if line.fan else 'you'} said: {line.text}"
