"""One stack on a stage: the real supervisor and servers in a scratch folder, driven through its command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli.settings import ROOT
from cli.stack.folder import DataFolder
from cli.stack.ports import choose_any_port
from cli.stack.processes import is_alive
from cli.stack.state import PartState, StackState, read_living_state, read_state
from core.settings import describe

PATIENCE = 20.0
NOBODY = 65534
# As root the tests play an ordinary user: nobody, who may read (the interpreter may lie below /root) but not write.
ORDINARY = [
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
    "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--bounding-set=-all,+dac_read_search",
]  # fmt: skip


class Stage:
    """Commands over one data folder."""

    def __init__(self, data: Path, *, ordinary: bool = False, **settings: str) -> None:
        """Use a folder; settings are given without their prefix, in small letters."""
        self.folder = DataFolder(data)
        self.prefix = ORDINARY if ordinary and os.geteuid() == 0 else []
        chosen = {"data_dir": str(data), "port": str(choose_any_port()), **settings}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MUSE_")}
        unset = {name: "" for name, _, _ in describe()}  # an empty one is as if not set, and hides a developer's own `.env`
        self.environment = kept | unset | {f"MUSE_{name.upper()}": value for name, value in chosen.items()}

    def up(self, *arguments: str, detach: bool = True) -> subprocess.CompletedProcess[str]:
        """Start the stack and wait for the command's end."""
        return self.command(["-m", "tests.cli.stand_in_stack", "detach" if detach else "up", *arguments])

    def up_in_foreground(self) -> subprocess.Popen[str]:
        """Start the stack as a child of ours and return when it is ready."""
        process = subprocess.Popen(
            [*self.prefix, sys.executable, "-m", "tests.cli.stand_in_stack", "up"],
            env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        wait_for(lambda: process.poll() is not None or (self.living() is not None and self.state().phase == "ready"))
        return process

    def muse(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a `muse` command."""
        return self.command([str(ROOT / "muse_cli.py"), *words])

    def command(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.prefix, sys.executable, *words], env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=60
        )

    def living(self) -> StackState | None:
        return read_living_state(self.folder.run)

    def state(self) -> StackState:
        state = read_state(self.folder.run)
        assert state is not None
        return state

    def part(self, name: str) -> PartState:
        return self.state().parts[name]

    def pid(self, name: str) -> int:
        pid = self.part(name).pid
        assert pid is not None, f"{name} does not run"
        return pid

    def kill_supervisor(self) -> None:
        """End the supervisor as nothing can prepare for, and wait until the system has forgotten it."""
        supervisor = self.state().supervisor
        os.kill(supervisor.pid, signal.SIGKILL)
        wait_for(lambda: not is_alive(supervisor))

    def query(self, sql: str, role: str = "postgres", database: str = "muse") -> str:
        """Ask the embedded Postgres."""
        from cli.stack.binaries import find_postgres

        password = (self.folder.secrets / f"{role}.password").read_text().strip()
        user = role if role == "postgres" else f"muse_{role}"
        asked = [str(find_postgres("psql")), "-h", self.part("postgres").address, "-U", user, "-d", database, "-XAtqc", sql]
        answer = subprocess.run(asked, env={"PGPASSWORD": password}, capture_output=True, text=True, check=True)
        return answer.stdout.strip()

    def diary(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder.root / "diary.jsonl").read_text().splitlines()]

    def gateway_environment(self) -> dict[str, str]:
        """Return the settings that the stand-in gateway was given."""
        with urllib.request.urlopen(f"{self.state().url}/health/live", timeout=5) as answer:
            found: dict[str, str] = json.load(answer)
            return found


@contextmanager
def on_stage(data: Path, *, ordinary: bool = False, **settings: str) -> Iterator[Stage]:
    """Give a stage and take it down whatever happens."""
    stage = Stage(data, ordinary=ordinary, **settings)
    try:
        yield stage
    finally:
        stage.muse("down")


def wait_for(condition: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait until something holds; fail after so many seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.03)
