"""A data folder whose stack is started and stopped by its own commands, as people do it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cli.settings import ROOT, as_environment
from cli.stack.ports import choose_any_port
from core.errors import Unavailable
from core.settings import Settings


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
async def open_household() -> AsyncIterator[CommandHousehold]:
    """Give a folder that is gone afterwards, and the commands for it."""
    folder = Path(tempfile.mkdtemp(prefix="muse-scratch-"))
    household = CommandHousehold(folder)
    try:
        yield household
    finally:
        await household.down()
        shutil.rmtree(folder, ignore_errors=True)
