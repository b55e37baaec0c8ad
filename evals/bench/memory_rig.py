"""What the bench of memory is given: open stores, a hand on the past, Chroma's address; and an embedder that costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct

from evals.bench.processor import resident_bytes
from storage.benches import Past
from storage.house import House

DIMENSIONS = 384


class MemoryRig(Struct, frozen=True):
    """Servers without any process of Muse's own. `chroma_pid` is the pid of Chroma's server, `chroma_folder` its files."""

    house: House
    past: Past
    chroma_url: str
    chroma_folder: Path
    chroma_pid: int

    @property
    def chroma_disk(self) -> int:
        """Return the bytes that Chroma's files take."""
        return sum(file.stat().st_size for file in self.chroma_folder.rglob("*") if file.is_file())

    @property
    def chroma_memory(self) -> int:
        """Return the bytes of memory that Chroma's server holds."""
        return resident_bytes(self.chroma_pid)


class Chance:
    """Unit vectors and questions from a seed: no two alike, none near another, the worst that a search can be given."""

    name = "bench"
    dimensions = DIMENSIONS

    def __init__(self, seed: int = 7) -> None:
        """Begin."""
        self._random = np.random.default_rng(seed)

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text, at once: the embedder's time is no part of what is measured."""
        found: list[list[float]] = self._make(len(texts)).tolist()
        return found

    def vectors(self, count: int) -> list[bytes]:
        """Return vectors as Postgres takes them: big-endian 16-bit floats."""
        return [row.tobytes() for row in self._make(count).astype(">f2")]

    def choose(self, below: int) -> int:
        """Return a number from 0 to one less than `below`."""
        return int(self._random.integers(below))

    def _make(self, count: int) -> np.ndarray:
        made = self._random.standard_normal((count, DIMENSIONS), dtype=np.float32)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        return made
