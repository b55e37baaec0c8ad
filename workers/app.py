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
from typing import Any

import msgspec
import uvloop
from arq import cron
from arq.worker import func

from agents.analysts.opening import open_analysts
from agents.brains import Brains
from agents.embeddings import OnceEmbedder
from agents.models import ChatBrain, open_chat_model
from agents.providers import ModelConfig, is_local
from agents.reflex.learning import choose_folder
from agents.silence import silence_outside_calls
from agents.thinker import AgentThinker
from agents.tokens import Calibration
from core import log
from core.clock import SystemClock
from core.errors import MuseError, Unavailable
from core.ids import new_id
from core.settings import Settings, safety_page
from core.turns import (
    AskOperator,
    FlagMinor,
    GenerateImage,
    HandToOperator,
    LimitSpend,
    NoteDisclosure,
    OfferPack,
    OptOut,
    RememberFact,
    RestSales,
    SchedulePost,
)
from gateway.platforms.registry import open_platforms
from memory.embedder import SentenceEmbedder, open_embedder
from memory.embedders import Embedders
from memory.extraction import RuleExtractor
from memory.facts import apply_remember_fact
from memory.recall import MemoryRecall
from memory.tiers import open_tier, warm_tiers
from shop.indexing import index_packs
from shop.offers import apply_offer_pack
from shop.restraint import limit_spend, note_rest
from storage import calibrations, credits, presence
from storage.conversations import pause
from storage.drafts import ask_operator
from storage.effects import EffectHandlers
from storage.fans import apply_opt_out, flag_minor, note_disclosure
from storage.house import House, open_house
from storage.jobs import QUEUE, serialize
from storage.link_codes import link_handlers
from storage.presence import WorkerSign
from storage.turns import Reader
from studio.calendar_effects import apply_schedule_post
from studio.finishing import open_finisher
from studio.keeping import Fitting
from studio.ordering import open_desk, order_handler
from tools.registry import open_tools
from workers.dispatcher import Dispatcher
from workers.engine import Engine
from workers.figures import Figures
from workers.jobs.analyse_turn import analyse_turn
from workers.jobs.answer_checkout import answer_checkout
from workers.jobs.apply_retention import apply_retention
from workers.jobs.change_embedder import change_embedder
from workers.jobs.deliver_messages import deliver_messages
from workers.jobs.drop_remains import drop_remains
from workers.jobs.fetch_media import fetch_media
from workers.jobs.hand_over import hand_over
from workers.jobs.hand_picture import hand_picture
from workers.jobs.index_episodes import index_episodes
from workers.jobs.index_facts import index_facts
from workers.jobs.plan_posts import plan_posts
from workers.jobs.publish_post import publish_post
from workers.jobs.refund_purchase import refund_purchase
from workers.jobs.remember_said import remember_said
from workers.jobs.summarise_conversation import summarise_conversation
from workers.jobs.sweep import sweep_house
from workers.jobs.trim_events import trim_events
from workers.outbox import Outbox
from workers.queue import WakefulWorker

HANDLERS: EffectHandlers = {
    OfferPack: apply_offer_pack,
    RememberFact: apply_remember_fact,
    NoteDisclosure: note_disclosure,
    OptOut: apply_opt_out,
    HandToOperator: pause,
    AskOperator: ask_operator,
    FlagMinor: flag_minor,
    GenerateImage: order_handler(credits),
    RestSales: note_rest,
    LimitSpend: limit_spend,
    SchedulePost: apply_schedule_post,
}
JOBS = {
    "DeliverMessages": deliver_messages,
    "FetchMedia": fetch_media,
    "IndexFacts": index_facts,
    "IndexEpisodes": index_episodes,
    "ChangeEmbedder": change_embedder,
    "AnswerCheckout": answer_checkout,
    "HandOver": hand_over,
    "HandPicture": hand_picture,
    "RefundPurchase": refund_purchase,
    "DropRemains": drop_remains,
    "PublishPost": publish_post,
    "PlanPosts": plan_posts,
    "AnalyseTurn": analyse_turn,
    "SummariseConversation": summarise_conversation,
    "RememberSaid": remember_said,
}
DRAIN_S = 8.0
MOST_JOBS = 512
JOB_LIMIT_S = 600
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
            {**HANDLERS, **link_handlers(house.marks), GenerateImage: order_handler(credits, settings.image_open)},
            figures,
            Reader(house.seal, house.marks),
            outbox,
            analyst,
            summariser,
            fitting,
            is_local(models),
        )
        pulse = asyncio.create_task(
            _Pulse(engine, brains, Path(settings.data_dir) / "run" / "worker.ready").run(thinker, model)
        )
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


class _Pulse:
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


def make_worker(engine: Engine, house: House) -> WakefulWorker:
    """Join jobs and cron table with the queue."""
    options: dict[str, Any] = {
        "queue_name": QUEUE,
        "functions": [func(job, name=name, keep_result=0, timeout=JOB_LIMIT_S, max_tries=3) for name, job in JOBS.items()],
        "cron_jobs": [
            cron(trim_events, name="TrimEvents", minute=17, timeout=JOB_LIMIT_S, keep_result=0),
            cron(apply_retention, name="ApplyRetention", hour=3, minute=41, timeout=JOB_LIMIT_S, keep_result=0),
        ],
        "max_jobs": MOST_JOBS,
        "ctx": {"engine": engine},
        "job_serializer": serialize,
        "job_deserializer": house.redis.job_deserializer,
        "log_results": False,
    }
    return WakefulWorker(house.redis, **options)


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
