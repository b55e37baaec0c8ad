"""`muse demo` as a person types it: the whole house, three fans, every expectation met, nothing left behind."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from cli.settings import ROOT


async def start_demo(temporary: Path) -> asyncio.subprocess.Process:
    """Start the command; its scratch folder lies in `temporary`, and the settings of this machine do not matter to it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MUSE_")}
    misleading = {"MUSE_POSTGRES_URL": "postgresql://nobody@127.0.0.1:1/none", "MUSE_CHAT_MODEL": "ollama:none"}
    return await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "muse_cli.py"), "demo",
        env={**kept, **misleading, "TMPDIR": str(temporary)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """A folder for temporary files that the databases' own account may pass."""
    tmp_path.chmod(0o755)
    return tmp_path


def left_in(temporary: Path) -> list[str]:
    """Name the scratch folders that are still there, and the programs that still use one."""
    folders = [path.name for path in temporary.glob("muse-*")]
    return folders + [line for line in _command_lines() if str(temporary) in line]


def words_of(shown: str) -> str:
    """Give the printed words as one line: where a panel breaks its lines hangs on the reply that was chosen."""
    lines = (re.sub(r"⏱ +[0-9.]+ s", "", line).strip("│╭╰ \t") for line in shown.splitlines())
    return " ".join(" ".join(lines).split())


async def test_the_demo_passes_and_leaves_nothing_behind(temporary: Path) -> None:
    process = await start_demo(temporary)
    printed, _ = await asyncio.wait_for(process.communicate(), 240)
    shown = printed.decode()
    assert process.returncode == 0, shown
    assert "✗" not in shown
    told = words_of(shown).lower()
    for expected in ("mia and luna", "your dog is called rex", "stars, bought", "20 of 20 as expected"):
        assert expected in told, shown
    assert left_in(temporary) == []


async def test_an_interrupted_demo_ends_what_it_started(temporary: Path) -> None:
    process = await start_demo(temporary)
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while b"servers" not in await process.stdout.readline():
            assert process.returncode is None
    process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 130
    assert left_in(temporary) == []


def _command_lines() -> list[str]:
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(place.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return found
