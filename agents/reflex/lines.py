"""Choosing among a persona's lines: by the turn's seed, never one that was said just now."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random

from personas.schema import Persona

HOUSE = Path(__file__).with_name("house_lines")


class LinePicker:
    """Picks lines for one turn: the same ones for the same seed and history. `said`: what the persona said, oldest first.

    They are the persona's own in a language, or the house's where it has none; without `language` in the persona's first.
    """

    def __init__(self, persona: Persona, seed: str, said: Sequence[str] = (), language: str | None = None) -> None:
        self._language = language or persona.languages[0]
        self._own = persona.lines if self._language == persona.languages[0] else persona.lines_in.get(self._language, {})
        self._seed = seed
        self._said = list(said)

    def pick(self, intent: str, hole: str | None = None) -> str:
        """Pick a line for an intent or an occasion.

        With `hole` only lines that have that hole; without it only lines that have none, if there are such.
        """
        lines = self._own.get(intent) or load_house_lines(self._language)[intent]
        fitting = [line for line in lines if (f"{{{hole}}}" in line if hole else "{" not in line)] or list(lines)
        ages = {line: self._age(line) for line in fitting}
        oldest = max(ages.values())
        rested = [line for line in fitting if ages[line] == oldest]
        line = Random(f"{self._seed}/{intent}").choice(rested)  # noqa: S311 — no secret hangs on it
        self._said.append(line)
        return line

    def _age(self, line: str) -> int:
        solid = max(re.split(r"\{\w+\}", line), key=len).strip()
        for age, text in enumerate(reversed(self._said)):
            if solid and solid in text:
                return age
        return 1_000_000


@cache
def load_house_lines(language: str) -> dict[str, tuple[str, ...]]:
    """Read what any persona says that has no lines of its own; in English where the house does not speak a language."""
    path = HOUSE / f"{language}.toml"
    chosen = path if path.is_file() else HOUSE / "en.toml"
    return {name: tuple(lines) for name, lines in tomllib.loads(chosen.read_text(encoding="utf-8")).items()}
