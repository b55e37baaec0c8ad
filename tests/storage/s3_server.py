"""A server that speaks S3 on loopback: moto's, in an environment of its own inside `.venv`, for its packages are not ours.

`python -m tests.storage.s3_server` sets that environment up; the fixture does as well where nobody did.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from msgspec import Struct

from tests.architecture.tree import ROOT

PINNED = ROOT / "requirements" / "moto.txt"
ROOM = Path(sys.prefix) / "moto"
START_S = 60.0


class S3Server(Struct, frozen=True):
    """A running server; `pid` is its process."""

    endpoint: str
    pid: int

    async def make_bucket(self, name: str) -> None:
        """Make an empty bucket."""
        async with aiohttp.ClientSession() as session, session.put(f"{self.endpoint}/{name}") as answer:
            assert answer.status == 200, await answer.text()


def prepare() -> Path:
    """Return the Python of moto's environment, which is made where it is missing or of other versions."""
    wanted = hashlib.sha256(PINNED.read_bytes() + sys.version.encode()).hexdigest()
    python, stamp = ROOM / "bin" / "python", ROOM / "set-up"
    with open(Path(sys.prefix) / "moto.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may come here at once
        if not (stamp.is_file() and stamp.read_text() == wanted):
            _run(sys.executable, "-m", "venv", "--clear", str(ROOM))
            _run(str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "-r", str(PINNED))
            stamp.write_text(wanted)
    return python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:4])} failed: {done.stderr[-2000:]}")


@asynccontextmanager
async def serve_s3(folder: Path) -> AsyncIterator[S3Server]:
    """Run the server on a free port until the context is left."""
    python = await asyncio.to_thread(prepare)
    home = {"HOME": str(folder), "PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
    process = await asyncio.create_subprocess_exec(
        str(python), "-m", "moto.server", "-H", "127.0.0.1", "-p", "0",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL, env=home,
    )  # fmt: skip
    assert process.stderr
    draining = None
    try:
        async with asyncio.timeout(START_S):
            while line := (await process.stderr.readline()).decode():
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    break
            else:
                raise RuntimeError("moto's server ended before it listened")
        draining = asyncio.create_task(_drain(process.stderr))
        yield S3Server(found[0], process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        if draining is not None:
            await draining


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.readline():
        pass


if __name__ == "__main__":
    prepare()
