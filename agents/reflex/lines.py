"""Choosing among a persona's lines: by the turn's seed, never one that was said just now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from agents.reflex.reactions import load_reactions
from personas.schema import Persona


class LinePicker:
    """Picks lines for one turn: the same ones for the same seed and history. `said`: what the persona said, oldest first."""

    def __init__(self, persona: Persona, seed: str, said: Sequence[str] = ()) -> None:
        self._persona = persona
        self._seed = seed
        self._said = list(said)

    def pick(self, intent: str, hole: str | None = None) -> str:
        """Pick a line, the persona's own or one for small things.

        With `hole` only lines that have that hole; without it only lines that have none, if there are such.
        """
        lines = self._persona.lines.get(intent) or load_reactions(self._persona.slug)[intent]
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
