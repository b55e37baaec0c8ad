"""The conversation as a chat model reads it: system prefix, what was said, the burst, and the moment at the very end."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage

from agents.state import Thinking
from core.nouns import Message, Picture
from personas.render import event, fence, render_moment, render_prefix

OWN_LINES = {"text"}
"""Kinds of our messages that are the persona's own words; the rest is told as something that happened."""


def build_messages(thinking: Thinking, recalled: Sequence[str], notes: Sequence[str]) -> list[AnyMessage]:
    """Write the prompt. Turn by turn it only grows at the end, until the window moves."""
    prefix = render_prefix(thinking.persona, [(tool.name, tool.description) for tool in thinking.tools])
    moment = render_moment(thinking.persona, thinking.now, recalled, thinking.refusals, notes)
    turn = thinking.turn
    spoken = list(_speak([*turn.window, *turn.burst], frozenset(picture.message_id for picture in turn.pictures)))
    last = spoken.pop() if spoken and isinstance(spoken[-1], HumanMessage) else HumanMessage("")
    words = f"{last.content}\n\n{moment}".lstrip()
    return [SystemMessage(prefix), *spoken, HumanMessage(_show(words, turn.pictures))]


def _show(words: str, pictures: Sequence[Picture]) -> str | list[str | dict[str, Any]]:
    """Put the pictures beside the words, inline; nothing is fetched by the model's server."""
    if not pictures:
        return words
    urls = [f"data:{picture.mime};base64,{base64.b64encode(picture.data).decode()}" for picture in pictures]
    return [{"type": "text", "text": words}, *({"type": "image_url", "image_url": {"url": url}} for url in urls)]


def _speak(messages: Iterable[Message], seen: frozenset[UUID]) -> Iterable[AnyMessage]:
    lines = [(_is_own(message), _render(message, seen)) for message in messages]
    for own, group in groupby((line for line in lines if line[1]), key=lambda line: line[0]):
        text = "\n\n".join(rendered for _, rendered in group)
        yield AIMessage(text) if own else HumanMessage(text)


def _is_own(message: Message) -> bool:
    return message.author in ("agent", "operator") and message.kind in OWN_LINES


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
