"""The conversation as a chat model reads it: system prefix, summary, what was said, the burst, and the moment at the very end.

What would be too long for the model is left out in one order: episodes, lesser facts, lore, then the window, whose beginning
moves in steps of a dozen messages, so that the prompts of consecutive turns go on beginning alike.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from math import ceil
from typing import Any, TypeAlias
from uuid import UUID

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage
from msgspec import Struct
from msgspec.structs import replace

from agents.state import STEP, Thinking, shown_window
from agents.tokens import PER_MESSAGE, PER_PICTURE, weigh
from core.nouns import Message, Picture
from core.recall import Recalled
from personas.render import Moment, event, fence, render_moment, render_prefix, render_summary

OWN_LINES = {"text"}
"""Kinds of our messages that are the persona's own words; the rest is told as something that happened."""

TOP_FACTS = 3
"""Recalled facts that are left out only after everything else of the moment."""

QUANTUM = 256
"""Tokens in which the moment's length is counted, so that a few words more or less do not move the window."""

Line: TypeAlias = tuple[bool, str]
"""Whether it is the persona's own, and how it is shown."""


class Prompt(Struct, frozen=True):
    """A prompt's messages, and what was left out of it for its length ("2 episodes")."""

    messages: tuple[AnyMessage, ...]
    left_out: tuple[str, ...] = ()


def build_prompt(thinking: Thinking, recalled: Recalled, lore: Sequence[str], notes: Sequence[str], room: float) -> Prompt:
    """Write the prompt within `room` tokens, plainly estimated. Turn by turn it only grows at the end, until the window moves.

    Never left out: the prefix, the profile, the summary, what could not be done, the house's notes, the end of the burst.
    """
    turn, persona = thinking.turn, thinking.persona
    seen = frozenset(picture.message_id for picture in turn.pictures)
    prefix = render_prefix(persona, [(tool.name, tool.description) for tool in thinking.tools])
    standing = {fact.fact_id for fact in recalled.profile}
    moment = Moment(
        now=thinking.now,
        lore=tuple(lore),
        profile=tuple(fact.text for fact in recalled.profile),
        facts=tuple(fact.text for fact in recalled.facts if fact.fact_id not in standing),
        episodes=recalled.episodes,
        refusals=thinking.refusals,
        notes=tuple(notes),
    )
    window = [line for message in shown_window(turn) if (line := _show(message, seen))[1]]
    burst = [line for message in turn.burst if (line := _show(message, seen))[1]]
    summary = render_summary(recalled.summary) if recalled.summary.strip() else ""
    fixed = weigh(prefix) + weigh(summary) + PER_MESSAGE * 3 + PER_PICTURE * len(turn.pictures)
    cut = _Cut(
        room - fixed, window, burst, moment, lambda chosen: ceil(weigh(render_moment(persona, chosen)) / QUANTUM) * QUANTUM
    )
    cut.fit()
    said = ([(False, summary)] if summary else []) + cut.window + cut.burst
    words = render_moment(persona, cut.moment)
    return Prompt((SystemMessage(prefix), *_speak(said, words, turn.pictures)), tuple(cut.left_out))


def remind(messages: Sequence[AnyMessage], notes: Sequence[str]) -> list[AnyMessage]:
    """Return a prompt whose last answer is taken back, with notes for the next one after everything that the fan said."""
    kept = list(messages[:-1]) if messages and isinstance(messages[-1], AIMessage) else list(messages)
    at = next((n for n in reversed(range(len(kept))) if isinstance(kept[n], HumanMessage)), None)
    words = "\n".join(["Your first try at this answer was not right; write it anew, better:", *(f"- {n}" for n in notes)])
    if at is None:
        return [*kept, HumanMessage(words)]
    content = kept[at].content
    added: Any = f"{content}\n\n{words}" if isinstance(content, str) else [*content, {"type": "text", "text": words}]
    return [*kept[:at], HumanMessage(added), *kept[at + 1 :]]


class _Cut:
    """Leaves out what does not fit, in the order of the module's first lines."""

    def __init__(
        self, room: float, window: list[Line], burst: list[Line], moment: Moment, measure: Callable[[Moment], float]
    ) -> None:
        self._room = room
        self._measure = measure
        self.window, self.burst, self.moment = window, burst, moment
        self.left_out: list[str] = []

    def fit(self) -> None:
        """Leave out until it fits, or until only what must stay is left."""
        said = _weigh_lines(self.window) + _weigh_lines(self.burst)
        self._shed("episodes", 0, said)
        self._shed("facts", TOP_FACTS, said)
        self._shed("lore", 0, said)
        self.window = self._drop("window", self.window, STEP, 0, _weigh_lines(self.burst))
        self._shed("facts", 0, _weigh_lines(self.window) + _weigh_lines(self.burst))
        self.burst = self._drop("burst", self.burst, 1, 1, _weigh_lines(self.window))

    def _shed(self, name: str, least: int, said: float) -> None:
        items = getattr(self.moment, name)
        keep = len(items)
        while keep > least and said + self._measure(self.moment) > self._room:
            keep -= 1
            self.moment = replace(self.moment, **{name: items[:keep]})
        self._note(name, len(items) - keep)

    def _drop(self, name: str, lines: list[Line], step: int, least: int, rest: float) -> list[Line]:
        left, kept = self._room - self._measure(self.moment) - rest, lines
        while len(kept) > least and _weigh_lines(kept) > left:
            kept = kept[min(step if len(kept) > step else 1, len(kept) - least) :]
        self._note(name, len(lines) - len(kept))
        return kept

    def _note(self, name: str, count: int) -> None:
        if count:
            self.left_out.append(f"{count} {name}")


def _weigh_lines(lines: Sequence[Line]) -> float:
    return sum(weigh(text) + PER_MESSAGE for _, text in lines)


def _speak(lines: Iterable[Line], moment: str, pictures: Sequence[Picture]) -> Iterable[AnyMessage]:
    """Join what one side said in a row; the moment closes the fan's last words."""
    spoken: list[AnyMessage] = []
    for own, group in groupby(lines, key=lambda line: line[0]):
        text = "\n\n".join(shown for _, shown in group)
        spoken.append(AIMessage(text) if own else HumanMessage(text))
    last = spoken.pop() if spoken and isinstance(spoken[-1], HumanMessage) else HumanMessage("")
    return [*spoken, HumanMessage(_with_pictures(f"{last.content}\n\n{moment}".lstrip(), pictures))]


def _with_pictures(words: str, pictures: Sequence[Picture]) -> str | list[str | dict[str, Any]]:
    """Put the pictures beside the words, inline; nothing is fetched by the model's server."""
    if not pictures:
        return words
    urls = [f"data:{picture.mime};base64,{base64.b64encode(picture.data).decode()}" for picture in pictures]
    return [{"type": "text", "text": words}, *({"type": "image_url", "image_url": {"url": url}} for url in urls)]


def _is_own(message: Message) -> bool:
    return message.author in ("agent", "operator") and message.kind in OWN_LINES


def _show(message: Message, seen: frozenset[UUID]) -> Line:
    return _is_own(message), _render(message, seen)


def _render(message: Message, seen: frozenset[UUID]) -> str:
    if _is_own(message):
        return message.text
    if message.author == "fan" and message.kind == "purchase":
        return event(f"The fan bought: {message.text or 'a pack'}. Thank them once, warmly, and offer nothing.")
    if message.author == "fan" and message.kind == "media":
        words = f"\n{fence(message.text)}" if message.text else ""
        sight = (
            "The fan sent a picture; it is attached."
            if message.id in seen
            else "The fan sent a file. You cannot see or hear it."
        )
        return event(sight) + words
    if message.author == "fan":
        return fence(message.text)
    if message.kind == "pack":
        return event(f"You offered the pack: {message.text}")
    return event(f"The house told the fan: {message.text}")
