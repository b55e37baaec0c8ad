"""Processor time per turn, process by process; of a worker, the event loop apart from the embedder's threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from evals.bench.processor import thread_seconds, tree_seconds

WORKER = "worker"
EMBEDDER, DRIVER = "embedder", "driver"
SERVERS = ("postgres", "valkey", "chroma")


class Meter:
    """Reads all processes at its start and at `read`."""

    def __init__(self, processes: Callable[[], dict[str, int]]) -> None:
        """Begin to measure now."""
        self._processes = processes
        self._before = self._look()

    def read(self) -> dict[str, float]:
        """Return the seconds used since the start: by part, `embedder` for workers' other threads, `driver` for ourselves."""
        now = self._look()
        return {name: seconds - self._before.get(name, 0.0) for name, seconds in now.items()}

    def _look(self) -> dict[str, float]:
        seconds = {DRIVER: time.process_time(), WORKER: 0.0, EMBEDDER: 0.0}
        for name, pid in self._processes().items():
            if name.startswith(WORKER):
                loop, threads = thread_seconds(pid)
                seconds[WORKER] += loop
                seconds[EMBEDDER] += threads
            else:
                seconds[name] = tree_seconds(pid)
        return seconds


def per_turn(seconds: Mapping[str, float], turns: int) -> dict[str, float]:
    """Return milliseconds per turn by part, and under `ours` what is neither database, embedder nor driver."""
    ms = {name: spent * 1000 / max(1, turns) for name, spent in seconds.items()}
    return ms | {"ours": sum(spent for name, spent in ms.items() if name not in (*SERVERS, EMBEDDER, DRIVER))}
