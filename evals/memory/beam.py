"""Reads BEAM (mohammadtavakoli78/BEAM): a chat's folder, or a folder of such folders (`chats/100K`).

Read of a folder: `chat.json` and `probing_questions/probing_questions.json`. The user is the fan, the assistant the influencer;
`->->` marks at the end of a user's message are not words of theirs. Evidence is every number under `source_chat_ids`, whatever
its shape; categories are BEAM's abilities. Questions without a source (abstention) and those of whole talks (`summarization`,
which names none) are left out and counted. A batch begins on its `time_anchor`; messages are a minute apart. Of the ten-million
size, whose plans hold several chats with ids of their own, each plan is a talk only if its ids are unique.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from core.errors import BadInput
from evals.memory.corpus import Corpus, Line, Question, Talk

_MARK = re.compile(r"\s*->->\s*[\d,.\s]*(?:N/A)?$")
_DAY = "%B-%d-%Y"
_BEGIN = datetime(2024, 1, 1, 12, tzinfo=UTC)


def read_beam(path: Path) -> Corpus:
    """Return the chats under a folder. Raises `BadInput` when there is none or one cannot be read."""
    folders = sorted(file.parent for file in path.rglob("chat.json")) if path.is_dir() else [path.parent]
    if not folders:
        raise BadInput(f"There is no chat.json under {path.name}.")
    read = [_read(folder) for folder in folders]
    return Corpus(tuple(r[0] for r in read), sum(r[1] for r in read), sum(r[2] for r in read))


def _read(folder: Path) -> tuple[Talk, int, int]:
    try:
        chat = msgspec.json.decode((folder / "chat.json").read_bytes())
        probes = msgspec.json.decode((folder / "probing_questions" / "probing_questions.json").read_bytes())
        lines = _lines(chat)
        if len({line.id for line in lines}) != len(lines):
            raise BadInput(f"{folder.name}: message ids stand twice; give the folder of one chat.")
        return _ask(folder.name, lines, probes)
    except OSError as error:
        raise BadInput(f"{folder.name}: {error.strerror}: {Path(error.filename or '').name}.") from error
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"{folder.name} is not in BEAM's format ({type(error).__name__}: {error}).") from error


def _lines(chat: list[dict[str, Any]]) -> list[Line]:
    lines: list[Line] = []
    at = _BEGIN
    for batch in chat:
        for said in (said for turn in batch["turns"] for said in turn):
            anchor = said.get("time_anchor")
            at = max(at + timedelta(minutes=1), _day(anchor)) if anchor else at + timedelta(minutes=1)
            author = "fan" if said["role"] == "user" else "agent"
            lines.append(Line(str(said["id"]), author, _MARK.sub("", said["content"]), at))
    return lines


def _day(anchor: str) -> datetime:
    try:
        return datetime.strptime(anchor, _DAY).replace(hour=12, tzinfo=UTC)
    except ValueError:
        return _BEGIN


def _ask(name: str, lines: list[Line], probes: dict[str, list[dict[str, Any]]]) -> tuple[Talk, int, int]:
    known, questions, skipped, unasked = {line.id for line in lines}, [], 0, 0
    for category, asked in probes.items():
        for one in asked:
            ids = set(_numbers(one.get("source_chat_ids")))
            skipped += len(ids - known)
            evidence = frozenset(ids & known)
            unasked += not evidence
            if evidence:
                questions.append(Question(one["question"], evidence, category))
    return Talk(name, "User", "Assistant", tuple(lines), tuple(questions)), skipped, unasked


def _numbers(value: Any) -> list[str]:
    """Return every number in lists and tables, whatever they are called."""
    if isinstance(value, dict):
        return [number for part in value.values() for number in _numbers(part)]
    if isinstance(value, list):
        return [number for part in value for number in _numbers(part)]
    return [str(value)] if isinstance(value, int) else []
