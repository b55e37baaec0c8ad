"""Several models in memory at once, within a limit; the one that was not used for longest goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """Something that takes memory."""

    bytes: int


Kept = TypeVar("Kept", bound=Sized)


class ModelCache(Generic[Kept]):
    """What is loaded, by name. `limit` in bytes; the model in use stays even where it is larger than that."""

    def __init__(self, limit: int, drop: Callable[[Kept], None]) -> None:
        """`drop` is called with what has to go, before anything else is loaded."""
        self.limit = limit
        self._drop = drop
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def get(self, name: str, expected: Callable[[], int], load: Callable[[], Kept]) -> Kept:
        """Return a model, loaded where it is not; `expected` says how many bytes must be free for it before it is read."""
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        self._make_room(expected())
        self._kept[name] = load()
        self._kept.move_to_end(name)
        self._make_room(0, spare=name)
        return self._kept[name]

    def names(self) -> frozenset[str]:
        """Return what is loaded."""
        return frozenset(self._kept)

    def bytes(self) -> int:
        """Return what all of it takes."""
        return sum(model.bytes for model in self._kept.values())

    def forget(self, name: str) -> None:
        """Drop one; an unknown one is ignored."""
        if name in self._kept:
            self._drop(self._kept.pop(name))

    def clear(self) -> None:
        """Drop everything."""
        for name in list(self._kept):
            self.forget(name)

    def shrink(self, spare: str) -> bool:
        """Drop everything but one model; say whether there was anything else."""
        others = [name for name in self._kept if name != spare]
        for name in others:
            self.forget(name)
        return bool(others)

    def _make_room(self, needed: int, spare: str | None = None) -> None:
        for name in list(self._kept):
            if self.bytes() + needed <= self.limit:
                return
            if name != spare:
                self.forget(name)
