"""A person at the terminal: runs `muse` commands against a gateway that runs in this process."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from cli import main


class TerminalUser:
    """Types commands; what they print and how they end comes back."""

    def __init__(self, url: str, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """Work with the data folder and the gateway at `url`."""
        self.data, self._monkeypatch, self._capsys = data, monkeypatch, capsys
        self.look_at(url)

    def look_at(self, url: str) -> None:
        """Ask a gateway at this address from now on."""
        self._monkeypatch.setenv("MUSE_DATA_DIR", str(self.data))
        self._monkeypatch.setenv("MUSE_PORT", str(urlsplit(url).port))

    async def type(self, *words: str) -> tuple[int, str]:
        """Run a command in a thread of its own; return exit code and everything printed."""
        self._capsys.readouterr()
        code = await asyncio.to_thread(main.run, list(words))
        printed = self._capsys.readouterr()
        return code, printed.out + printed.err

    async def see(self, *words: str) -> str:
        """Run a command that must succeed."""
        code, printed = await self.type(*words)
        assert code == 0, printed
        return printed

    async def read(self, *words: str) -> Any:
        """Run a command with `--json` and decode what it prints."""
        return json.loads(await self.see(*words, "--json"))
