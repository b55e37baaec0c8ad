"""Reads LoCoMo's `locomo10.json` and parts of it (snap-research/LoCoMo; CC BY-NC, so no line of it lies in this repository).

The first speaker is taken for the fan, the second for the influencer. A picture counts by its caption, as in LoCoMo's own code.
Turns of a session are a minute apart. Evidence is read by pattern: `D8:6; D9:17` are two, `D:11:26` is `D11:26`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from core.errors import BadInput
from evals.memory.corpus import Corpus, Line, Question, Talk

UNANSWERABLE = "5"
_EVIDENCE = re.compile(r"D:?(\d+):(\d+)")
_SESSION = re.compile(r"session_(\d+)")


def read_locomo(path: Path) -> Corpus:
    """Return the talks of a file. Raises `BadInput` when it is no LoCoMo."""
    try:
        samples = msgspec.json.decode(path.read_bytes())
        read = [_read(sample) for sample in samples]
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"{path.name} is not in LoCoMo's format ({type(error).__name__}: {error}).") from error
    talks = tuple(talk for talk, _, _ in read)
    return Corpus(talks, sum(r[1] for r in read), sum(r[2] for r in read), frozenset({UNANSWERABLE}))


def _read(sample: dict[str, Any]) -> tuple[Talk, int, int]:
    chat = sample["conversation"]
    lines = [line for number in _sessions(chat) for line in _lines(chat, number)]
    known, questions, skipped, unasked = {line.id for line in lines}, [], 0, 0
    for asked in sample["qa"]:
        named = asked.get("evidence") or []
        ids = [f"D{session}:{turn}" for text in named for session, turn in _EVIDENCE.findall(text)]
        skipped += sum(not _EVIDENCE.search(text) for text in named) + sum(id_ not in known for id_ in ids)
        evidence = frozenset(ids) & known
        unasked += not evidence
        if evidence:
            questions.append(Question(asked["question"], evidence, str(asked["category"])))
    talk = Talk(str(sample["sample_id"]), chat["speaker_a"], chat["speaker_b"], tuple(lines), tuple(questions))
    return talk, skipped, unasked


def _sessions(chat: dict[str, Any]) -> list[int]:
    return sorted(int(match[1]) for key in chat if (match := _SESSION.fullmatch(key)))


def _lines(chat: dict[str, Any], number: int) -> list[Line]:
    began = datetime.strptime(chat[f"session_{number}_date_time"], "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
    lines = []
    for place, turn in enumerate(chat[f"session_{number}"]):
        caption = turn.get("blip_caption")
        text = f"{turn['text']} [shares {caption}]" if caption else turn["text"]
        author = "fan" if turn["speaker"] == chat["speaker_a"] else "agent"
        lines.append(Line(turn["dia_id"], author, text, began + timedelta(minutes=place)))
    return lines
