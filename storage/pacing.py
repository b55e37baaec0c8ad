"""How a person would write a reply: in several short messages, each after the time that typing it takes, and not at night.

Pure functions over a persona's `Pace`. Cutting happens where a commit makes deliveries; the pauses are kept with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from core.nouns import Pace
from core.outbound import PackPart, Part, PicturePart, TextPart

MOST_MESSAGES = 8
LONGEST_PAUSE_S = 8.0
LONGEST_REPLY_S = 20.0
SENTENCE_END = re.compile(r"(?:[.!?…]+[\"'”’)\]]*|[。！？]+)(?=\s|$)|\n+")
NO_WORD = re.compile(r"\s*[^\w\s]+(?=\s|$)")  # an emoji after a sentence belongs to it
OVERFULL = 1.3  # a sentence that would make a message this much longer than wished begins the next one


class Splitter(Protocol):
    """Cuts a part into pieces that fit one send each."""

    def __call__(self, part: Part) -> list[Part]:
        """Return the pieces in order."""
        ...


def paced_split(split: Splitter, pace: Pace) -> Splitter:
    """Return a splitter that first cuts texts into short messages; a pack stays whole."""
    about = pace.message_chars
    if about is None:
        return split

    def cut(part: Part) -> list[Part]:
        if not isinstance(part, TextPart):
            return split(part)
        return [piece for text in short_messages(part.text, about) for piece in split(TextPart(text))]

    return cut


def short_messages(text: str, about: int) -> list[str]:
    """Cut a text after sentences into messages of about so many characters, `MOST_MESSAGES` at most; only space is lost."""
    about = max(about, len(text) // MOST_MESSAGES)
    messages: list[str] = []
    for sentence in _sentences(text):
        full = bool(messages) and len(messages[-1]) + len(sentence) > about * OVERFULL
        if not messages or full or len(messages[-1]) >= about:
            messages.append(sentence)
        else:
            messages[-1] += sentence
    stripped = [message.strip() for message in messages if message.strip()]
    return [*stripped[: MOST_MESSAGES - 1], *_joined(stripped[MOST_MESSAGES - 1 :])]


def pauses(pieces: Sequence[Part], pace: Pace, spent_s: float) -> list[float]:
    """Return how many seconds each piece waits for the one before it: as long as typing it takes, all within a bound.

    The first waits only for what thinking (`spent_s`) took less than typing.
    """
    waits = []
    for number, piece in enumerate(pieces):
        typing_s = 0.0 if pace.chars_per_s is None else _length(piece) / pace.chars_per_s
        wait_s = typing_s + pace.pause_s if number else typing_s - max(0.0, spent_s)
        waits.append(min(LONGEST_PAUSE_S, max(0.0, wait_s)))
    scale = min(1.0, LONGEST_REPLY_S / sum(waits)) if sum(waits) > 0 else 1.0
    return [wait * scale for wait in waits]


def quiet_for(now: datetime, pace: Pace, zone: str) -> float | None:
    """Return the seconds until the quiet hours end, or nothing outside them; `now` is aware. Hours may go over midnight."""
    if pace.quiet_hours is None:
        return None
    start, end = (time.fromisoformat(hour) for hour in pace.quiet_hours)
    here = now.astimezone(ZoneInfo(zone))
    moment = here.time()
    inside = start <= moment < end if start <= end else (moment >= start or moment < end)
    if not inside:
        return None
    ends = here.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0, fold=0)
    if moment >= end:
        ends += timedelta(days=1)
    return max(0.0, ends.timestamp() - now.timestamp())


def _sentences(text: str) -> list[str]:
    """Cut a text after each sentence and what belongs to it; joined again they are the text."""
    found, start = [], 0
    for end in SENTENCE_END.finditer(text):
        cut = end.end()
        while (sign := NO_WORD.match(text, cut)) is not None:
            cut = sign.end()
        if cut > start:
            found.append(text[start:cut])
            start = cut
    return [*found, text[start:]] if text[start:].strip() else found


def _joined(messages: list[str]) -> list[str]:
    return [" ".join(messages)] if messages else []


def _length(part: Part) -> int:
    return len(words_of(part))


def words_of(part: Part) -> str:
    """Return what a part says; bought pictures say nothing."""
    match part:
        case TextPart():
            return part.text
        case PackPart() | PicturePart():
            return part.caption
        case _:
            return ""
