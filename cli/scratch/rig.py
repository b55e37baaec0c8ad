"""Gives a bench its rig: simulators, a scratch stack, a connected bot, a hand on the processes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from cli.scratch.stack import Scratch, scratch_stack
from cli.scratch.telegram import connect_bot
from cli.scratch.workers import second_worker
from cli.stack.apps import app_parts
from cli.stack.child import Part
from cli.stack.connection import socket_folder
from cli.stack.database import DATABASE
from cli.stack.postgres import admin_dsn
from core.settings import Settings
from evals.bench.rig import Rig, instant
from evals.simulators.ollama import Brain, OllamaSimulator
from evals.simulators.telegram import TelegramSimulator
from storage.benches import Past, open_past

INFLUENCER = "luna"
MODEL = "llama3.2"


@asynccontextmanager
async def open_rig(
    brain: Brain = instant, apps: Callable[[Settings], list[Part]] = app_parts, **chosen: Any
) -> AsyncIterator[Rig]:
    """Start a stack that talks to simulators, quiet time 0 unless `chosen` says otherwise. Raises `MuseError`."""
    async with (
        OllamaSimulator(brain=brain) as ollama,
        TelegramSimulator(limits=None) as telegram,
        scratch_stack(
            apps=apps,
            **{
                "telegram_api_url": telegram.base_url,
                "chat_model": f"ollama:{MODEL}",
                "ollama_url": ollama.base_url,
                "quiet_s": 0.0,
                "quiet_max_s": 0.0,
                "loop_guard": False,  # the fans are programs, and answer within a breath
                **chosen,
            },
        ) as scratch,
    ):
        yield await _rig(scratch, telegram, ollama)


async def _rig(scratch: Scratch, telegram: TelegramSimulator, ollama: OllamaSimulator) -> Rig:
    extra: dict[str, int] = {}

    def processes() -> dict[str, int]:
        children = scratch.stack.supervisor.children.items()
        return {name: child.process.pid for name, child in children if child.process is not None} | extra

    @asynccontextmanager
    async def second() -> AsyncIterator[int]:
        async with second_worker(scratch) as pid:
            extra["worker-2"] = pid
            try:
                yield pid
            finally:
                del extra["worker-2"]

    bot = telegram.add_bot("Luna")
    return Rig(
        telegram=telegram,
        bot=bot,
        ollama=ollama,
        settings=scratch.settings,
        url=scratch.url,
        token=scratch.token,
        account=await connect_bot(scratch.settings, scratch.url, bot.token, INFLUENCER),
        processes=processes,
        second_worker=second,
        admin_dsn=admin_dsn(scratch.stack.folder, socket_folder(scratch.stack.state, scratch.stack.folder)),
    )


def rig_past(rig: Rig) -> AbstractAsyncContextManager[Past]:
    """Open the rig's database for filling."""
    return open_past(rig.admin_dsn, DATABASE)
