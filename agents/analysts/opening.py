"""Opening the analysts of a worker; pydantic-ai is loaded when the first is asked, not while a worker starts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from agents.models import DataBrain
from core.nouns import Message
from core.ports import FactExtractor, Summariser
from core.turns import RememberFact

AT_ONCE = 2
"""Analysts asked at a time in one worker: a fan who waits for an answer comes first. Further ones are told `Busy`, as a job
that waits for them would take the place of a payment's."""


class LateFactAnalyst:
    """The analyst of facts, made at its first use."""

    def __init__(self, brain: DataBrain, slots: asyncio.Semaphore) -> None:
        self._brain, self._slots = brain, slots
        self._made: FactExtractor | None = None

    async def extract(self, messages: Sequence[Message]) -> list[RememberFact]:
        """Return candidate facts. Raises like the analyst."""
        if self._made is None:
            self._made = await asyncio.to_thread(_make_facts, self._brain, self._slots)
        return await self._made.extract(messages)


class LateSummaryAnalyst:
    """The analyst of summaries, made at its first use."""

    def __init__(self, brain: DataBrain, slots: asyncio.Semaphore) -> None:
        self._brain, self._slots, self.name = brain, slots, brain.name
        self._made: Summariser | None = None

    async def summarise(self, before: str, messages: Sequence[Message]) -> str:
        """Return a summary. Raises like the analyst."""
        if self._made is None:
            self._made = await asyncio.to_thread(_make_summary, self._brain, self._slots)
        return await self._made.summarise(before, messages)


def open_analysts(brain: DataBrain) -> tuple[FactExtractor | None, Summariser | None]:
    """Return the analysts over a chat model; none where there is no model, for then rules do what they can."""
    if not brain.speaks:
        return None, None
    slots = asyncio.Semaphore(AT_ONCE)
    return LateFactAnalyst(brain, slots), LateSummaryAnalyst(brain, slots)


def _make_facts(brain: DataBrain, slots: asyncio.Semaphore) -> FactExtractor:
    from agents.analysts.facts import FactAnalyst

    return FactAnalyst(brain, slots)


def _make_summary(brain: DataBrain, slots: asyncio.Semaphore) -> Summariser:
    from agents.analysts.summary import SummaryAnalyst

    return SummaryAnalyst(brain, slots)
