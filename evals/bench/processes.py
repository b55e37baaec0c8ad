"""Programs of the bench: the baseline server, the driver."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from core.errors import Unavailable

HERE = Path(__file__).parent
BASELINE = HERE / "baselines" / "bare_litestar.py"
START_WITHIN_S = 20.0
LOOK_S = 0.05


def free_port() -> int:
    """Return a port of loopback that was free a moment ago."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


@asynccontextmanager
async def serve_baseline(mode: str, **environment: str) -> AsyncIterator[str]:
    """Run the bare handler in a process of its own; yields the webhook's address. Raises `Unavailable`."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(BASELINE),
        *("--port", str(port), "--mode", mode),
        env={**os.environ, **environment},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await _wait_open(port, process)
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()


async def run_program(*words: str) -> str:
    """Run a Python program to its end and return what it printed. Raises `Unavailable` with its last words."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        out, err = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise Unavailable(f"{words[0]} failed: {err.decode(errors='replace').strip()[-300:]}")
    return out.decode()


async def _wait_open(port: int, process: asyncio.subprocess.Process) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while process.returncode is None and time.monotonic() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(LOOK_S)
            continue
        writer.close()
        return
    raise Unavailable("The baseline server did not start.")
