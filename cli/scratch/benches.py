"""Gives each benchmark what it measures: a scratch stack, a connected bot, a data folder that was used before."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

from cli.scratch.stack import scratch_stack
from cli.scratch.telegram import connect_bot
from cli.settings import ROOT, as_environment
from cli.stack.connection import socket_folder
from cli.stack.ports import choose_any_port
from cli.stack.postgres import admin_dsn
from core.errors import Unavailable
from core.settings import Settings
from evals.bench.acknowledgements import Door, measure_acknowledgements
from evals.bench.figures import Figure
from evals.bench.imports import measure_imports
from evals.bench.turns import measure_turns
from evals.bench.warm_start import measure_warm_start
from evals.simulators.ollama import OllamaSimulator
from evals.simulators.telegram import TelegramSimulator

INFLUENCER = "luna"
LATER_S = 120.0  # a quiet time that no acknowledgement bench lives to see, so that no turn competes with it
MODEL = "llama3.2"
Say: TypeAlias = Callable[[str], None]
Bench: TypeAlias = Callable[[Say], Awaitable[list[Figure]]]


async def bench_acknowledgements(say: Say) -> list[Figure]:
    """Load the webhook of a scratch stack."""
    say("acknowledgements: starting a scratch stack")
    async with (
        TelegramSimulator(limits=None) as telegram,
        scratch_stack(telegram_api_url=telegram.base_url, quiet_s=LATER_S, quiet_max_s=LATER_S) as scratch,
    ):
        bot = telegram.add_bot("Luna")
        account = await connect_bot(scratch.settings, scratch.url, bot.token, INFLUENCER)
        door = Door(f"{scratch.url}/webhooks/telegram/{account.key}", account.secrets["webhook_secret"])
        folder = scratch.stack.folder
        say("acknowledgements: our webhook, a bare handler and one insert per request, in turns")
        return await measure_acknowledgements(door, admin_dsn(folder, socket_folder(scratch.stack.state, folder)))


async def bench_turns(say: Say) -> list[Figure]:
    """Talk to a scratch stack whose brain is the reflex brain, then to one with a simulated Ollama that answers at once."""
    figures = []
    async with OllamaSimulator() as ollama:
        models: dict[str, dict[str, Any]] = {
            "reflex": {},
            f"ollama:{MODEL}": {"chat_model": f"ollama:{MODEL}", "ollama_url": ollama.base_url},
        }
        for brain, chosen in models.items():
            say(f"turns: starting a scratch stack with {brain}")
            async with (
                TelegramSimulator(limits=None) as telegram,
                scratch_stack(telegram_api_url=telegram.base_url, quiet_s=0.0, quiet_max_s=0.0, **chosen) as scratch,
            ):
                bot = telegram.add_bot("Luna")
                await connect_bot(scratch.settings, scratch.url, bot.token, INFLUENCER)
                say(f"turns: one after the other, {brain}")
                named = "reflex brain" if brain == "reflex" else "instant model"
                figures += await measure_turns(telegram, bot, named, ollama if chosen else None)
    return figures


async def bench_warm_start(say: Say) -> list[Figure]:
    """Start one data folder again and again."""
    say("warm start: making a data folder that was used before")
    async with _household() as household:
        await household.up()
        await household.wait_up()
        await household.down()
        say("warm start: up, first reply, down, several times")
        return await measure_warm_start(household, INFLUENCER)


async def bench_imports(say: Say) -> list[Figure]:
    """Import the gateway in fresh processes."""
    say("imports: gateway.app and a bare Litestar, in turns")
    return await measure_imports(ROOT)


BENCHES: dict[str, Bench] = {
    "imports": bench_imports,
    "acknowledgements": bench_acknowledgements,
    "turns": bench_turns,
    "warm-start": bench_warm_start,
}


async def run_benches(names: Sequence[str], say: Say) -> list[Figure]:
    """Run the named benches one after the other. Raises `MuseError`."""
    return [figure for name in names for figure in await BENCHES[name](say)]


class CommandHousehold:
    """A stack in a temporary folder, started and stopped by `muse up --detach` and `muse down`."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(data_dir=str(folder), port=choose_any_port(), quiet_s=0.0, quiet_max_s=0.0)
        self.url = f"http://127.0.0.1:{settings.port}"
        self._environment = as_environment(settings)
        self._starting: asyncio.subprocess.Process | None = None

    async def up(self) -> None:
        """Begin the start."""
        self._starting = await self._muse("up", "--detach")

    async def wait_up(self) -> None:
        """Wait until everything answers. Raises `Unavailable`."""
        if self._starting is not None and await self._starting.wait():
            raise Unavailable("The bench's stack did not start; muse doctor says what is missing.")

    async def down(self) -> None:
        """Stop everything."""
        with contextlib.suppress(Unavailable):
            await self.wait_up()
        await (await self._muse("down")).wait()

    async def _muse(self, *words: str) -> asyncio.subprocess.Process:
        silent = asyncio.subprocess.DEVNULL
        return await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "muse_cli.py"),
            *words,
            env={**os.environ, **self._environment},
            stdout=silent,
            stderr=silent,
        )


@asynccontextmanager
async def _household() -> AsyncIterator[CommandHousehold]:
    folder = Path(tempfile.mkdtemp(prefix="muse-scratch-"))
    household = CommandHousehold(folder)
    try:
        yield household
    finally:
        await household.down()
        shutil.rmtree(folder, ignore_errors=True)
