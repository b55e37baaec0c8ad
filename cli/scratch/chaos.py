"""Gives the chaos harness its stack: two workers, a gateway and a listener whose clocks differ, two bots connected."""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from msgspec.structs import replace

from cli.scratch.astray import Orders
from cli.scratch.stack import Scratch, scratch_stack
from cli.scratch.telegram import connect_bot
from cli.settings import ROOT, as_environment
from cli.stack.apps import app_parts
from cli.stack.child import Part
from cli.stack.connection import socket_folder
from cli.stack.database import DATABASE
from cli.stack.passwords import read_password
from cli.stack.postgres import dsn
from cli.stack.supervisor import Backoff
from core.settings import Settings
from evals.chaos.focuses import FOCUSES
from evals.chaos.incidents import INCIDENTS
from evals.chaos.plan import Focus
from evals.chaos.report import Report
from evals.chaos.run import Storm
from evals.chaos.scene import Scene
from evals.chaos.stage import Stage
from evals.chaos.town import Town, open_town

Say: TypeAlias = Callable[[str], None]
SKEW_S = 90.0  # a process's clock is at most so wrong
SPARE = "worker-2"
QUICK = Backoff(first=0.1, longest=1.0, calm=5.0)
PACE: dict[str, Any] = {
    "quiet_s": 0.25,
    "quiet_max_s": 2.0,
    "lease_s": 2.0,
    "sweep_s": 1.0,
    "model_timeout_s": 3.0,
    "breaker_rest_s": 2.0,
    "turn_attempts": 8,  # so many kills in a row are the harness's doing, not the turn's
}


async def run_chaos(seed: int, focus: Focus, say: Say, keep_logs: Path | None = None) -> Report:
    """Run the harness once. With `keep_logs` the logs of a run that does not hold are copied there. Raises `MuseError`."""
    say("starting simulators and a scratch stack")
    async with open_town(seed, focus) as town, open_stage(seed, town) as stage:
        say(f"{focus.bursts} bursts of {focus.fans} fans, seed {seed}")
        report = await Storm(seed, focus, town, stage, say).run()
        if keep_logs and not report.holds:
            shutil.copytree(stage.logs, keep_logs, dirs_exist_ok=True)
        return report


async def play_incidents(seed: int, say: Say) -> int:
    """Play every incident on one stack; return how many do not hold. Raises `MuseError`."""
    wrong = 0
    async with open_scene(seed) as scene:
        for incident in INCIDENTS:
            why = await incident.play(scene)
            numbers = ", ".join(map(str, incident.numbers))
            say(f"incident {numbers}: {incident.happened}: {why or 'holds'}")
            wrong += bool(why)
    return wrong


@asynccontextmanager
async def open_scene(seed: int) -> AsyncIterator[Scene]:
    """Run a stack for incidents, until the context is left. Raises `MuseError`."""
    async with open_town(seed, FOCUSES["calm"]) as town, open_stage(seed, town) as stage:
        scene = Scene(town, stage)
        try:
            await scene.steps.lay()
            yield scene
        finally:
            await scene.desk.close()


@asynccontextmanager
async def open_stage(seed: int, town: Town) -> AsyncIterator[Stage]:
    """Run a stack that works in a town, until the context is left. Raises `MuseError`."""
    apps = partial(astray_parts, random.Random(f"clocks {seed}"))  # noqa: S311 — repeatable, nothing secret
    async with scratch_stack(apps=apps, backoff=QUICK, **PACE, **town.settings) as scratch:
        await connect_bot(scratch.settings, scratch.url, town.bots["luna"].token, "luna")
        await connect_bot(scratch.settings, None, town.bots["matteo"].token, "matteo")
        yield make_stage(scratch)


def make_stage(scratch: Scratch) -> Stage:
    """Hand a running scratch stack to the harness."""
    folder, state = scratch.stack.folder, scratch.stack.state

    def pid(name: str) -> int | None:
        child = scratch.stack.supervisor.children.get(name)
        return None if child is None or child.process is None or child.returncode is not None else child.process.pid

    def serves(name: str) -> bool:
        return name in state.parts and state.parts[name].state == "running" and pid(name) is not None

    admin = dsn("postgres", read_password(folder.secrets, "postgres"), DATABASE, socket_folder(state, folder))
    return Stage(scratch.url, scratch.token, admin, scratch.settings, scratch.logs, pid, serves)


def astray_parts(chance: random.Random, settings: Settings) -> list[Part]:
    """Describe gateway, listener and two workers, each with its own wrong clock."""
    parts = {part.name: part for part in app_parts(settings)}
    parts[SPARE] = replace(parts["worker"], name=SPARE)
    logs = Path(settings.data_dir) / "logs"
    return [_astray(part, chance.uniform(-SKEW_S, SKEW_S), settings, logs) for part in parts.values()]


def _astray(part: Part, skew_s: float, settings: Settings, logs: Path) -> Part:
    process = "worker" if part.name == SPARE else part.name
    orders = msgspec.json.encode(Orders(process, part.name, round(skew_s, 3))).decode()
    changed = replace(
        part,
        command=[sys.executable, "-m", "cli.scratch.astray", orders],
        environment={**as_environment(settings), "PYTHONPATH": str(ROOT)},
    )
    if process != "worker":
        return changed
    start = _Start(logs / f"{part.name}.log")
    return replace(changed, prepare=start.note, is_ready=start.is_warm)


class _Start:
    """Whether a worker has said since its last start that it is ready; the ready file is shared by two here."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._size = 0

    async def note(self) -> None:
        """Remember where its log ends."""
        self._size = self._log.stat().st_size if self._log.is_file() else 0

    async def is_warm(self) -> bool:
        """Look for its word; a process that has only just begun has no log yet."""
        if not self._log.is_file():
            return False
        with self._log.open("rb") as file:
            file.seek(min(self._size, self._log.stat().st_size))
            return b"worker_ready" in file.read()
