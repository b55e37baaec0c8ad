"""The worker's composition root: settings in, a running worker out."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop

from agents.analysts.opening import open_analysts
from agents.brains import Brains
from agents.embeddings import OnceEmbedder
from agents.models import ChatBrain, open_chat_model
from agents.providers import ModelConfig, is_local
from agents.reflex.learning import choose_folder
from agents.silence import silence_outside_calls
from agents.thinker import AgentThinker
from core import log
from core.clock import SystemClock
from core.ids import new_id
from core.settings import Settings, safety_page
from gateway.platforms.registry import open_platforms
from memory.embedder import open_embedder
from memory.embedders import Embedders
from memory.extraction import RuleExtractor
from memory.recall import MemoryRecall
from memory.tiers import open_tier
from shop.codes import Codes
from storage import credits
from storage.house import open_house
from storage.turns import Reader
from studio.finishing import open_finisher
from studio.keeping import Fitting
from studio.ordering import open_desk
from tools.registry import open_tools
from workers.dispatcher import Dispatcher
from workers.effects import open_handlers
from workers.engine import Engine
from workers.figures import Figures
from workers.jobs.sweep import sweep_house
from workers.outbox import Outbox
from workers.pulse import Pulse
from workers.timetable import make_worker

DRAIN_S = 8.0
logger = log.get_logger(__name__)


@asynccontextmanager
async def open_engine(settings: Settings, name: str) -> AsyncIterator[tuple[Engine, ChatBrain]]:
    """Open everything a worker uses; models load in the background while the first jobs already run."""
    silence_outside_calls()
    async with open_house(settings, "worker", connections=16) as house:
        clock = SystemClock()
        model = open_embedder(settings.embedder)
        embedder = OnceEmbedder(model)  # recall, intent and policy share each text's vector
        embedders = Embedders(house.app, embedder, settings.embedder, open_embedder)
        facts = open_tier("facts", settings.facts_index, settings.chroma_url)
        episodes = open_tier("episodes", settings.episodes_index, settings.chroma_url)
        models = ModelConfig.from_settings(settings)
        brain = open_chat_model(models)
        brains = Brains(brain, models)
        recall = MemoryRecall(house.app, embedders, facts, episodes=episodes, clock=clock)
        desk = open_desk(settings, house, credits, embedder)
        platforms = open_platforms(settings, house.blobs, clock)
        tools = open_tools(house, embedder, desk, platforms, clock).values()
        learnt = choose_folder(Path(settings.data_dir))
        thinker = AgentThinker(
            brains,
            recall,
            RuleExtractor(),
            tools,
            embedder,
            clock,
            loop_guard=settings.loop_guard,
            learnt=learnt,
            safety_url=safety_page(settings),
            codes=Codes(house),
            adult_platforms=frozenset(name for name, platform in platforms.items() if platform.policy.adult_ok),
        )
        analyst, summariser = open_analysts(brain)
        figures = Figures()
        fitting = Fitting(house.app, house.blobs, lambda: open_finisher(settings, clock.now()))
        outbox = Outbox(name, house, clock, platforms, figures, settings.sends, fitting=fitting)
        engine = Engine(
            name,
            settings,
            clock,
            house,
            platforms,
            thinker,
            embedder,
            embedders,
            facts,
            episodes,
            open_handlers(house, settings),
            figures,
            Reader(house.seal, house.marks),
            outbox,
            analyst,
            summariser,
            fitting,
            is_local(models),
        )
        pulse = asyncio.create_task(Pulse(engine, brains, Path(settings.data_dir) / "run" / "worker.ready").run(thinker, model))
        try:
            yield engine, brain
        finally:
            pulse.cancel()
            await asyncio.gather(pulse, return_exceptions=True)
            await outbox.close()
            for platform in platforms.values():
                await platform.close()
            await brains.close()
            await brain.close()
            await facts.close()
            await episodes.close()
            await embedders.close()
            await model.close()


async def _sweep(engine: Engine) -> None:
    """Look for work whose wake-up was lost, also while the queue is away."""
    while True:
        await asyncio.sleep(engine.settings.sweep_s)
        await sweep_house({"engine": engine})


async def work(settings: Settings) -> None:
    """Work until SIGTERM or Ctrl-C; then running turns may end, and what does not end in time is handed back."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    name = f"worker-{os.getpid()}-{new_id().hex[-6:]}"  # a restarted one is another: its claims are told from its own
    async with open_engine(settings, name) as (engine, _):
        worker, dispatcher = make_worker(engine, engine.house), Dispatcher(engine)
        running = [asyncio.create_task(part) for part in (worker.main(), dispatcher.run(), _sweep(engine))]
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        began = time.monotonic()
        cancelled = await dispatcher.drain(DRAIN_S) + await worker.drain(max(1.0, DRAIN_S - (time.monotonic() - began)))
        await engine.outbox.drain(max(1.0, DRAIN_S - (time.monotonic() - began)))
        for task in (*running, stopping):
            task.cancel()
        await asyncio.gather(*running, stopping, return_exceptions=True)
        logger.info("worker_stopped", handed_back=cancelled)


def serve(settings: Settings) -> None:
    """Run a worker."""
    log.configure("worker", settings.log_level, settings.log_text)
    logging.getLogger("arq").setLevel(logging.WARNING)  # a line a job of theirs; ours say more
    uvloop.run(work(settings))
