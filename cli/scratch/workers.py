"""One more worker beside a scratch stack's own, started and stopped like it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec.structs import replace

from cli.scratch.stack import Scratch
from cli.stack.apps import app_parts
from cli.stack.child import Child

SECOND = "worker-2"


@asynccontextmanager
async def second_worker(scratch: Scratch) -> AsyncIterator[int]:
    """Run another worker until the context is left; yields its pid once it is warm. Raises `Unavailable`."""
    folder = scratch.stack.folder
    ready = folder.run / "worker.ready"  # whoever got ready last has its pid in it

    async def is_warm() -> bool:
        return child.process is not None and ready.exists() and ready.read_text() == str(child.process.pid)

    [part] = [part for part in app_parts(scratch.settings) if part.name == "worker"]
    child = Child(replace(part, name=SECOND, prepare=None, is_ready=is_warm), folder.logs, folder.run)
    await child.start()
    try:
        await child.wait_ready()
        yield child.process.pid if child.process else 0
    finally:
        await child.stop(asyncio.Event())
