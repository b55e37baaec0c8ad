"""Asking an analyst: few at a time and nobody in line, so that turns come first; what makes no sense is an error of ours."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

from pydantic_ai import Agent, PromptedOutput
from pydantic_ai.exceptions import AgentRunError, UserError

from agents.analysts.model import SeamModel
from agents.models import DataBrain
from core.errors import BadInput, Busy

RETRIES = 1
T = TypeVar("T")


class Analyst(Generic[T]):
    """One question with a typed answer; an answer of another shape is asked for once more."""

    def __init__(self, brain: DataBrain, output: type[T], orders: str, slots: asyncio.Semaphore) -> None:
        """Ask `brain` by `orders` for an `output`."""
        self._agent: Agent[None, T] = Agent(
            SeamModel(brain), output_type=PromptedOutput(output), instructions=orders, retries=RETRIES
        )
        self._slots = slots

    async def ask(self, text: str) -> T:
        """Return the answer. Raises `Busy` while no slot is free, `BadInput` for no sense twice, the seam's errors."""
        if self._slots.locked():
            raise Busy("As many analysts are asked as may be at a time.")
        async with self._slots:
            try:
                answered = await self._agent.run(text)
            except (AgentRunError, UserError) as error:
                raise BadInput(f"The analyst's answer made no sense: {type(error).__name__}.") from error
        return answered.output
