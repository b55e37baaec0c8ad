"""A worker that starts again estimates prompts as the one before it had learnt to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from langchain_core.messages import HumanMessage
from msgspec.structs import replace

from agents.models import ChatBrain
from core.settings import Settings
from evals.simulators.ollama import OllamaSimulator
from storage import calibrations
from storage.house import House
from workers.app import open_engine

HELLO = [HumanMessage("hello there, and how is the glue today?")]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        for _ in range(10_000):
            if await holds():
                return
            await asyncio.sleep(0.05)


async def test_what_was_learnt_outlives_a_worker(settings: Settings, house: House) -> None:
    async with OllamaSimulator() as server:
        here = replace(settings, chat_model="ollama:llama3.2", ollama_url=server.base_url)
        async with open_engine(here, "first") as (_, brain):
            await brain.answer(HELLO)
            learnt = brain.scale.state
            await until(lambda: kept(house))
        async with open_engine(here, "second") as (_, brain):
            await until(lambda: knows(brain))
            assert brain.scale.state == learnt


async def kept(house: House) -> bool:
    return bool(await calibrations.load(house.redis))


async def knows(brain: ChatBrain) -> bool:
    return brain.scale.state.plain_seen > 0
