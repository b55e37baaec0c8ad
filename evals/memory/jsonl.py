"""Reads our own simple format, one JSON object a line (docs/memory-bench.md)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from core.errors import BadInput
from evals.memory.corpus import Corpus, Line, Question, Talk


class _Said(Struct, tag_field="type", tag="message", forbid_unknown_fields=True):
    """One message of a conversation."""

    conversation: str
    id: str
    author: Literal["fan", "agent"]
    text: str
    at: datetime
    name: str | None = None


class _Asked(Struct, tag_field="type", tag="question", forbid_unknown_fields=True):
    """One question about a conversation."""

    conversation: str
    text: str
    evidence: list[str]
    category: str = "all"


_LINE = msgspec.json.Decoder(_Said | _Asked)


def read_jsonl(path: Path) -> Corpus:
    """Return the talks of a file. Raises `BadInput` with the line that cannot be read."""
    said: dict[str, list[_Said]] = {}
    asked: dict[str, list[_Asked]] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip():
            continue
        try:
            one = _LINE.decode(line)
        except msgspec.DecodeError as error:
            raise BadInput(f"{path.name}, line {number}: {error}.") from error
        if isinstance(one, _Said):
            if one.at.tzinfo is None:
                raise BadInput(f"{path.name}, line {number}: `at` needs a time zone, for instance 2026-05-01T12:00:00Z.")
            said.setdefault(one.conversation, []).append(one)
        else:
            asked.setdefault(one.conversation, []).append(one)
    if unknown := sorted(set(asked) - set(said)):
        raise BadInput(f"{path.name}: there are questions about {unknown[0]}, in which nothing was said.")
    read = [_talk(name, lines, asked.get(name, [])) for name, lines in said.items()]
    return Corpus(tuple(r[0] for r in read), sum(r[1] for r in read), sum(r[2] for r in read))


def _talk(name: str, said: list[_Said], asked: list[_Asked]) -> tuple[Talk, int, int]:
    known = {one.id for one in said}
    if len(known) != len(said):
        raise BadInput(f"Conversation {name}: a message id stands twice.")
    names = {one.author: one.name for one in said if one.name}
    lines = sorted((Line(one.id, one.author, one.text, one.at) for one in said), key=lambda line: line.at)
    questions = [Question(one.text, frozenset(one.evidence) & known, one.category) for one in asked]
    skipped = sum(len(set(one.evidence) - known) for one in asked)
    kept = tuple(question for question in questions if question.evidence)
    talk = Talk(name, names.get("fan") or "Fan", names.get("agent") or "Influencer", tuple(lines), kept)
    return talk, skipped, len(questions) - len(kept)
