"""Blows: processes killed or frozen at a step of a message's way, servers killed, emptied, restarted, connections cut."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter

from evals.chaos.plan import PROCESSES, Strike
from evals.chaos.stage import Stage
from evals.chaos.steps import SQL, Steps
from storage.jobs import open_queue
from storage.roles import connect

REACH_S = 20.0  # a loaded machine takes as long to bring somebody by
BACK_S = 20.0
LOOK_S = 0.05
FROZEN_S = 2.0  # beyond the lease
WORKERS = ("worker", "worker-2")
KILLS = {"kill": signal.SIGKILL, "quit": signal.SIGQUIT, "restart": signal.SIGINT}


class Striker:
    """Strikes a stage and counts what was hit where; `missed` are strikes whose step nobody came by in time."""

    def __init__(self, stage: Stage, steps: Steps) -> None:
        """Strike this stage."""
        self.hits: Counter[Strike] = Counter()
        self.missed: Counter[Strike] = Counter()
        self._stage, self._steps = stage, steps
        self._thaws: set[asyncio.Task[None]] = set()

    async def strike(self, strike: Strike) -> bool:
        """Strike once; says whether it hit."""
        if not strike.step:
            hit = await self._hit(strike, "")
        else:
            async with self._steps.stopped(strike.step, REACH_S) as who:
                hit = who is not None and await self._hit(strike, who)
        (self.hits if hit else self.missed)[strike] += 1
        return hit

    async def wait_back(self) -> None:
        """Wait until every process serves again, for a while."""
        names = (*PROCESSES, WORKERS[1], *(("media",) if self._stage.settings.image_model else ()))
        deadline = time.monotonic() + BACK_S
        while time.monotonic() < deadline:
            if all(self._stage.serves(name) for name in names):
                return
            await asyncio.sleep(LOOK_S)

    async def thawed(self) -> None:
        """Wait until nobody is frozen any more."""
        if self._thaws:
            await asyncio.wait(self._thaws)

    def ask_why(self) -> None:
        """Let each of Muse's own processes write down what it waits for."""
        for name in ("gateway", "listen", "media", *WORKERS):
            if (pid := self._stage.pid(name)) is not None:
                os.kill(pid, signal.SIGUSR2)

    async def _hit(self, strike: Strike, who: str) -> bool:
        if strike.kind in KILLS:
            return self._signal(strike, who, KILLS[strike.kind])
        if strike.kind == "freeze":
            return self._freeze(strike, who)
        if strike.target == "postgres":
            return await self._cut_postgres()
        return await self._strike_valkey(strike.kind)

    def _signal(self, strike: Strike, who: str, number: signal.Signals) -> bool:
        pids = self._pids(strike.target, who)
        for pid in pids:
            os.kill(pid, number)
        return bool(pids)

    def _freeze(self, strike: Strike, who: str) -> bool:
        pids = self._pids(strike.target, who)[:1]  # somebody must go on meanwhile
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
            task = asyncio.create_task(self._thaw(pid))
            self._thaws.add(task)
            task.add_done_callback(self._thaws.discard)
        return bool(pids)

    async def _thaw(self, pid: int) -> None:
        try:
            await asyncio.sleep(self._stage.settings.lease_s + FROZEN_S)
        finally:
            os.kill(pid, signal.SIGCONT)

    def _pids(self, target: str, who: str) -> list[int]:
        """Return the process that stands at the step; where a simulator does not know which, all of its kind."""
        names: tuple[str, ...] = (target,)
        if target == "worker":
            last = who.split()[-1] if who else ""
            names = (last,) if last in WORKERS else WORKERS
        pids = [pid for name in names if (pid := self._stage.pid(name)) is not None]
        return [pid for pid in pids if who.endswith(f"-{pid}")] or pids

    async def _cut_postgres(self) -> bool:
        connection = await connect(self._stage.admin_dsn)
        try:
            return int(await connection.fetchval(SQL["cut_connections"].sql)) > 0
        finally:
            await connection.close()

    async def _strike_valkey(self, kind: str) -> bool:
        redis = await open_queue(self._stage.settings.redis_url)
        try:
            if kind == "flush":
                await redis.flushall()
            else:
                await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # type: ignore[no-untyped-call]  # redis-py has none
                await redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")  # type: ignore[no-untyped-call]  # redis-py has none
            return True
        finally:
            await redis.aclose()
