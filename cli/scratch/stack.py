"""Runs the embedded stack in a temporary folder, whatever the settings of this machine say."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from cli.stack.apps import app_parts
from cli.stack.child import Part, last_words
from cli.stack.connection import connect
from cli.stack.folder import DataFolder
from cli.stack.ports import choose_any_port
from cli.stack.stack import Stack
from cli.stack.state import StackState
from cli.stack.supervisor import Backoff
from core.errors import Unavailable
from core.settings import Settings

WARM_WITHIN_S = 180.0
LOOK_S = 0.05


class Scratch(Struct, frozen=True):
    """A running scratch stack: its settings with all addresses filled in, the gateway's address, the operator token."""

    settings: Settings
    url: str
    token: str
    stack: Stack

    @property
    def logs(self) -> Path:
        """Return the folder of its logs."""
        return self.stack.folder.logs


@asynccontextmanager
async def scratch_stack(
    show: Callable[[StackState], None] = lambda _: None,
    apps: Callable[[Settings], list[Part]] = app_parts,
    backoff: Backoff | None = None,
    **chosen: Any,
) -> AsyncIterator[Scratch]:
    """Start everything, wait until the worker is warm, and leave nothing behind.

    `chosen` are settings; all others are the defaults. `apps` and `backoff` as the stack's. Raises `MuseError` when a part does
    not start.
    """
    root = Path(tempfile.mkdtemp(prefix="muse-scratch-"))
    try:
        folder = DataFolder(root)
        folder.create()
        settings = Settings(data_dir=str(root), port=choose_any_port(), **chosen)
        with folder.lock():
            stack = Stack(settings, folder, apps=apps, backoff=backoff, show=show)
            running = asyncio.create_task(stack.run())
            try:
                await _wait_warm(stack, running)
                token = (folder.secrets / "operator.token").read_text().strip()
                yield Scratch(connect(settings), stack.state.url, token, stack)
            finally:
                stack.ask_to_stop()
                await asyncio.gather(running, return_exceptions=True)
    finally:
        shutil.rmtree(root, ignore_errors=True)


async def _wait_warm(stack: Stack, running: asyncio.Task[None]) -> None:
    """Wait until the gateway serves and the worker has loaded its models. Raises what the start raised, `Unavailable`."""
    deadline = time.monotonic() + WARM_WITHIN_S
    while True:
        if running.done():
            await running
            raise Unavailable(f"The scratch stack ended early: {last_words(stack.folder.logs / 'supervisor.log')}")
        worker = stack.state.parts.get("worker")
        if stack.state.phase == "ready" and worker is not None and worker.state == "running":
            return
        if time.monotonic() > deadline or (worker is not None and worker.restarts > 2):
            words = last_words(stack.folder.logs / "worker.log")
            raise Unavailable(f"The scratch stack's worker does not get ready: {words}")
        await asyncio.sleep(LOOK_S)
