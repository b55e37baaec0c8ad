"""A talk with one version, or with two side by side: the same line goes to each, and their answers stand in columns."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from cli.api_client import ApiClient
from cli.desk.shapes import Message, Thread
from cli.terminal import tame
from core.turns import Trace

LOOK_S = 0.2
LEAVING = ("pending", "sending")
PROMPT = "you › "
WELCOME = "You talk as a new fan whom nobody else sees. /quit leaves."


class Answer(Struct, frozen=True):
    """What came back to one line: messages, why nothing or a draft did, and after how many seconds."""

    messages: list[Message]
    note: str
    seconds: float
    inside: str = ""


class _Begun(Struct, frozen=True):
    conversation_id: UUID
    influencer: str
    name: str
    version: int


class Preview:
    """One conversation on the `preview` platform."""

    def __init__(self, api: ApiClient, begun: _Begun) -> None:
        """Talk through the operators' API."""
        self._api, self._begun = api, begun
        self._path = f"/api/conversations/{begun.conversation_id}"
        self._seen: set[UUID] = set()
        self._turn: UUID | None = None
        self._asked_at = 0.0

    @classmethod
    def begin(cls, api: ApiClient, slug: str, version: int | None, language: str | None) -> Preview:
        """Begin a conversation. Raises `NotFound`, `BadInput`, `Unavailable`."""
        wish = {"influencer": slug, "version": version, "language": language}
        return cls(api, api.post("/api/previews", _Begun, wish))

    @property
    def title(self) -> str:
        """Name whom one talks to."""
        return f"{self._begun.name}, version {self._begun.version}"

    def say(self, text: str) -> None:
        """Send the fan's words. Raises `Unavailable`, `BadInput`."""
        self._asked_at = time.monotonic()
        self._api.post(f"/api/previews/{self._begun.conversation_id}/messages", dict[str, Any], {"key": uuid4(), "text": text})

    def look(self) -> Answer | None:
        """Return the answer if it is whole, else nothing."""
        thread = self._api.get(self._path, Thread)
        turn = thread.latest_turn
        new = [one for one in thread.messages if one.id not in self._seen and one.author != "fan"]
        if turn is None or turn.id == self._turn or any(one.delivery_state in LEAVING for one in new):
            return None
        self._turn = turn.id
        self._seen |= {one.id for one in new}
        note = "" if turn.verdict == "send" else f"{'held' if turn.verdict == 'hold' else 'no answer'}: {turn.reason}"
        return Answer(new, note, time.monotonic() - self._asked_at, _inside(turn.trace))


def converse(console: Console, previews: Sequence[Preview], patience_s: float, *, inside: bool) -> int:
    """Read lines to the end and show what each answers; return the exit code. Raises `MuseError`."""
    console.print(Text(WELCOME, "dim"))
    console.print(_row(previews, [Text(tame(one.title), "bold magenta") for one in previews]))
    while (line := _read(console)) is not None and line != "/quit":
        if not line:
            continue
        for one in previews:
            one.say(line)
        answers = _await(previews, patience_s)
        console.print(_row(previews, [_drawn(answer, patience_s, inside) for answer in answers]))
    return 0


def _await(previews: Sequence[Preview], patience_s: float) -> list[Answer | None]:
    """Wait until all have answered, or as long as patience lasts."""
    answers: list[Answer | None] = [None] * len(previews)
    gives_up = time.monotonic() + patience_s
    while any(answer is None for answer in answers) and time.monotonic() < gives_up:
        time.sleep(LOOK_S)
        answers = [answer or one.look() for one, answer in zip(previews, answers, strict=True)]
    return answers


def _row(previews: Sequence[Preview], cells: Sequence[Text | Group]) -> Table:
    grid = Table.grid(padding=(0, 3), expand=True)
    for _ in previews:
        grid.add_column(ratio=1, overflow="fold")
    grid.add_row(*cells)
    return grid


def _drawn(answer: Answer | None, patience_s: float, inside: bool) -> Group:
    if answer is None:
        return Group(Text(f"no answer within {patience_s:g} s; type: muse status", "yellow"))
    shown = [Text(_words(one), "yellow" if one.author == "system" else "") for one in answer.messages]
    if answer.note:
        shown.append(Text(tame(answer.note), "yellow"))
    if inside and answer.inside:
        shown.append(Text(tame(answer.inside), "dim"))
    return Group(*shown, Text(f"{answer.seconds:.1f} s", "dim"))


def _words(message: Message) -> str:
    if message.kind == "pack":
        return tame(f"[pack “{message.meta.get('title', '')}”, {message.meta.get('price', '')}] {message.text}")
    return tame(message.text)


def _inside(trace: dict[str, Any]) -> str:
    read = msgspec.convert(trace, Trace)
    timings = ", ".join(f"{name} {ms:.0f} ms" for name, ms in read.timings.items())
    return "; ".join(part for part in (read.brain, *read.notes, timings) if part)


def _read(console: Console) -> str | None:
    """Return what the person typed, none at the end; a piped line is shown."""
    if sys.stdin.isatty():
        try:
            return input(PROMPT).strip()
        except EOFError:
            return None
    line = sys.stdin.readline()
    if line.strip():
        console.print(Text.assemble((PROMPT, "cyan"), tame(line.strip())))
    return line.strip() if line else None
