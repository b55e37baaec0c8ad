"""What a prompt means, beside its words: nearer to a wish that is never granted than to any ordinary one, it is held.

Patterns find what they name; a wish in other words is found by its vector. It only ever holds: a person decides. Asking is
no part of a wish: "can you make me a picture of you" is like any other request, whatever it is that follows.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from core.ports import Embedder
from studio.prompt_rules.rule import Finding
from studio.wishes import bare_wish

MARGIN = 0.06
"""By how much more alike (cosine) it must be; measured in docs/decisions/0022-after-painting.md."""

PIECES = 40
"""Sentences of a prompt that are looked at; one with more is held."""

LABELS = ("age", "likeness", "consent", "adult")
Vectors = NDArray[np.float32]


class WishSet(Struct, frozen=True, forbid_unknown_fields=True):
    """Labelled wishes: by the rule that must stop them, and ordinary ones."""

    age: tuple[str, ...]
    likeness: tuple[str, ...]
    consent: tuple[str, ...]
    adult: tuple[str, ...]
    ordinary: tuple[str, ...]


@lru_cache(1)
def load_examples() -> WishSet:
    """Read the wishes that prompts are compared with."""
    return msgspec.toml.decode(Path(__file__).with_name("examples.toml").read_bytes(), type=WishSet)


class Nearness:
    """Compares prompts with examples; the examples are embedded by the first prompt."""

    def __init__(self, embedder: Embedder) -> None:
        """Compare by this embedder's vectors, which are of length one."""
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self._one = asyncio.Lock()

    async def judge(self, text: str, adult_ok: bool) -> Finding | None:
        """Hold a prompt that means nearly what one never granted means. Raises `Unavailable`, `Misconfigured`."""
        known = await self._examples()
        pieces = [piece for piece in map(bare_wish, re.split(r"[.;\n]+", text)) if piece]
        if not pieces:
            return None
        if len(pieces) > PIECES:
            return Finding("hold", f"it has more than {PIECES} sentences")
        vectors = await self._embed(pieces)
        ordinary = (vectors @ known["ordinary"].T).max(axis=1)
        for label in LABELS:
            if label == "adult" and adult_ok:
                continue
            if float(((vectors @ known[label].T).max(axis=1) - ordinary).max()) > MARGIN:
                return Finding("hold", f"it means nearly what the rule {label} never allows")
        return None

    async def _examples(self) -> dict[str, Vectors]:
        async with self._one:
            if not self._known:
                examples = load_examples()
                self._known = {name: await self._embed(_bare(getattr(examples, name))) for name in (*LABELS, "ordinary")}
            return self._known

    async def _embed(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(await self._embedder.embed(list(texts)), dtype=np.float32)


def _bare(texts: Sequence[str]) -> list[str]:
    return [bare_wish(text) or text for text in texts]
