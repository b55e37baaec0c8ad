"""The house's own words on the chat page, in the language that the fan's browser asks for; the chat is not among them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request

from core.errors import EffectRefused
from gateway.languages import pick_language
from shop import checkouts

REFUSALS = {checkouts.GONE: "gone", checkouts.CHEAPER: "cheaper", checkouts.RESTS: "rests", checkouts.TOO_MUCH: "too_much"}


@cache
def load_words() -> dict[str, dict[str, Any]]:
    """Read the words by language."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


class PageWords:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """Take those of a language that there is."""
        self.language = language
        self._words = load_words()[language]

    def say(self, key: str, **filled: str) -> str:
        """Return one text, filled in."""
        text: str = self._words[key]
        for name, value in filled.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def refuse(self, error: EffectRefused) -> EffectRefused:
        """Return the refusal of an offer in this language; one without words here as it is."""
        key = REFUSALS.get(str(error))
        return EffectRefused(self._words["refused"][key]) if key else error


async def provide_words(request: Request[Any, Any, Any]) -> PageWords:
    """Return the words that the browser asks for."""
    return PageWords(pick_language(request.headers.get("accept-language", ""), load_words()))
