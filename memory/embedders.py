"""Which embedder an agency's memory is searched by: the one that is set, or the one before until all vectors are made anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from core.errors import MuseError
from core.log import get_logger
from core.ports import Embedder
from storage.database import Database
from storage.embedders import begin_embedder, load_embedder

WATCH_S = 5.0
"""Seconds for which a process believes what it last read. A switch is settled much later, so that both are right meanwhile."""

log = get_logger(__name__)


class ClosingEmbedder(Embedder, Protocol):
    """An embedder that can be put away."""

    async def close(self) -> None:
        """Free its memory."""
        ...


class _Known(Struct, frozen=True):
    embedder: Embedder
    until: float


class Embedders:
    """The embedder of each agency's memory. The one before is opened only while an agency still needs it."""

    def __init__(
        self, database: Database, chosen: Embedder, model: str, reopen: Callable[[str], ClosingEmbedder] | None = None
    ) -> None:
        """`chosen` is what the setting `model` names; `reopen` opens what an older setting named, nothing loaded yet."""
        self.chosen = chosen
        self.model = model
        self._database = database
        self._reopen = reopen
        self._known: dict[UUID, _Known] = {}
        self._begun: set[UUID] = set()
        self._older: dict[str, ClosingEmbedder | None] = {}

    async def of(self, agency_id: UUID) -> Embedder:
        """Return whose vectors an agency's memory is searched by. Raises `Unavailable` without Postgres."""
        known = self._known.get(agency_id)
        if known is None or known.until < time.monotonic():
            async with self._database.unit(agency_id) as unit:
                use = await load_embedder(unit)
            older = use and use.embedder != self.chosen.name and self._open(use.embedder, use.model)
            known = self._known[agency_id] = _Known(older or self.chosen, time.monotonic() + WATCH_S)
        return known.embedder

    async def begin(self, agency_id: UUID) -> Embedder:
        """Return the same for who makes vectors: an agency that has none yet begins with the chosen embedder."""
        if agency_id not in self._begun:
            async with self._database.unit(agency_id) as unit:
                await begin_embedder(unit, self.chosen.name, self.model)
            self._begun.add(agency_id)
        return await self.of(agency_id)

    def look_again(self, agency_id: UUID) -> None:
        """Read anew before the next answer."""
        self._known.pop(agency_id, None)

    async def put_away(self) -> None:
        """Free the older embedders that no agency was answered with lately."""
        used = {known.embedder.name for known in self._known.values()}
        for name in [name for name in self._older if name not in used]:
            if older := self._older.pop(name):
                await older.close()

    async def close(self) -> None:
        """Free the older embedders; the chosen one is its opener's."""
        self._known.clear()
        await self.put_away()

    def _open(self, name: str, model: str) -> ClosingEmbedder | None:
        """Open an older embedder; none where it is not to be had any more, or is another one by now."""
        if name not in self._older:
            self._older[name] = None
            try:
                opened = self._reopen(model) if self._reopen and model else None
            except MuseError as error:
                log.warning("old embedder is gone", embedder=name, error=str(error))
                opened = None
            if opened is not None and opened.name == name:
                self._older[name] = opened
        return self._older[name]


async def embedder_for(embedder: Embedder | Embedders, agency_id: UUID) -> Embedder:
    """Return the embedder of an agency's memory, of several or as it was given. Raises `Unavailable`."""
    return await embedder.of(agency_id) if isinstance(embedder, Embedders) else embedder
