"""A worker's pulse: it warms the models, then says every few seconds that the worker is up."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import msgspec

from agents.brains import Brains
from agents.thinker import AgentThinker
from agents.tokens import Calibration
from core import log
from core.collector import settle_memory
from core.errors import MuseError, Unavailable
from memory.embedder import SentenceEmbedder
from memory.tiers import warm_tiers
from shop.indexing import index_packs
from storage import calibrations, presence
from storage.presence import WorkerSign
from workers.engine import Engine

logger = log.get_logger(__name__)


class Pulse:
    """Warms the models, then says every few seconds that this worker is up."""

    def __init__(self, engine: Engine, brains: Brains, ready_file: Path) -> None:
        self._engine = engine
        self._brains = brains
        self._brain = brains.house
        self._kept: list[Calibration] = []
        self._ready_file = ready_file
        self._state = "warming"

    async def run(self, thinker: AgentThinker, model: SentenceEmbedder) -> None:
        """Beat until cancelled."""
        self._ready_file.unlink(missing_ok=True)
        self._brains.restore(await self._load_calibrations())
        async with asyncio.TaskGroup() as group:
            group.create_task(self._warm(thinker, model))
            group.create_task(self._beat())

    async def _warm(self, thinker: AgentThinker, model: SentenceEmbedder) -> None:
        try:
            await model.warm()
            await thinker.warm()
            await warm_tiers(self._engine.embedders, [self._engine.facts, self._engine.episodes])
            await index_packs(self._engine.house, model)
        except MuseError as error:  # every part has its way to do without; the worker answers all the same
            logger.warning("warmed_in_part", error=type(error).__name__, detail=str(error))
        settle_memory()
        self._state = "ready"
        self._ready_file.parent.mkdir(parents=True, exist_ok=True)
        self._ready_file.write_text(str(os.getpid()))
        logger.info("worker_ready", brain=self._brain.name)

    async def _beat(self) -> None:
        while True:
            health = self._brain.health()
            try:
                sign = WorkerSign(
                    self._engine.name, self._state, health.name, str(health.breaker.value), self._engine.figures.read()
                )
                await presence.show(self._engine.house.redis, sign)
                await self._keep_calibrations()
            except Unavailable:
                logger.warning("no_sign_of_life")
            await asyncio.sleep(presence.BEAT_S)

    async def _load_calibrations(self) -> list[Calibration]:
        try:
            return [msgspec.json.decode(state, type=Calibration) for state in await calibrations.load(self._engine.house.redis)]
        except (Unavailable, msgspec.DecodeError):  # an estimate without experience is a little longer or shorter
            return []

    async def _keep_calibrations(self) -> None:
        """Keep what the models' servers counted, where that is news. Raises `Unavailable`."""
        news = [state for state in self._brains.calibrations() if state not in self._kept]
        for state in news:
            await calibrations.keep(self._engine.house.redis, state.model, msgspec.json.encode(state).decode())
        self._kept = self._brains.calibrations() if news else self._kept
