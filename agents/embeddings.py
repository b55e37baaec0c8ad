"""Embedding each text once, and a plain stand-in for when the embedder is away."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from core.ports import Embedder

LONGEST = 1000
"""Characters of a text that are embedded: the models read no more."""


class OnceEmbedder:
    """Another embedder with a short memory: the same text is embedded once, also when it is asked for twice at a time.

    Kept under a digest, so that no fan's words lie in it; at most `size` vectors.
    """

    def __init__(self, inner: Embedder, size: int = 2048) -> None:
        self.name = inner.name
        self.dimensions = inner.dimensions
        self._inner = inner
        self._size = size
        self._known: OrderedDict[bytes, asyncio.Future[list[float]]] = OrderedDict()
        self._running: set[asyncio.Task[None]] = set()

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector per text. Raises what the inner embedder raises."""
        keys = [hashlib.blake2b(text[:LONGEST].encode(), digest_size=16).digest() for text in texts]
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        wanted = {key: self._known[key] for key in keys if key in self._known}
        if fresh:
            wanted |= self._start(fresh)
        return [await asyncio.shield(wanted[key]) for key in keys]

    async def embed_aside(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector per text and remember none. Raises what the inner embedder raises."""
        return await self._inner.embed([text[:LONGEST] for text in texts])

    def _start(self, fresh: dict[bytes, str]) -> dict[bytes, asyncio.Future[list[float]]]:
        loop = asyncio.get_running_loop()
        futures: dict[bytes, asyncio.Future[list[float]]] = {key: loop.create_future() for key in fresh}
        self._known.update(futures)
        task = loop.create_task(self._fill(fresh, futures))
        self._running.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(self._running.discard)
        while len(self._known) > self._size:
            self._known.popitem(last=False)
        return futures

    async def _fill(self, fresh: dict[bytes, str], futures: dict[bytes, asyncio.Future[list[float]]]) -> None:
        try:
            vectors = await self._inner.embed([text[:LONGEST] for text in fresh.values()])
        except BaseException as error:
            for key, future in futures.items():
                self._known.pop(key, None)
                if isinstance(error, asyncio.CancelledError):
                    future.cancel()
                else:
                    future.set_exception(error)
                    future.exception()  # seen, even if nobody waits any more
            if isinstance(error, asyncio.CancelledError):
                raise
        else:
            self.dimensions = self._inner.dimensions  # some models know it only once they are loaded
            for future, vector in zip(futures.values(), vectors, strict=True):
                future.set_result(vector)


class LexicalEmbedder:
    """Words and their pieces hashed into a vector: no meaning, but alike wording lies close. Needs no model."""

    name = "lexical"
    dimensions = 1024

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector per text; never fails."""
        return [self.vector(text).tolist() for text in texts]

    def vector(self, text: str) -> np.ndarray:
        """Return the unit vector of one text; zero for a text without words."""
        vector = np.zeros(self.dimensions)
        for word in re.findall(r"\w+", text[:LONGEST].lower()):
            weight = 0.4 if len(word) < 3 else 1.0
            vector[crc32(word.encode()) % self.dimensions] += 2 * weight
            padded = f"#{word}#"
            for start in range(len(padded) - 2):
                vector[crc32(padded[start : start + 3].encode()) % self.dimensions] += 0.5 * weight
        norm = float(np.linalg.norm(vector))
        return vector / norm if norm else vector
