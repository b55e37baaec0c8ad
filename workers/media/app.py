"""The media worker's composition root: settings in, a running media worker out. One worker a device."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, cast

import uvloop
from arq.worker import func

from core import log
from core.clock import SystemClock
from core.errors import Misconfigured, Unavailable
from core.ids import new_id
from core.picture_settings import read_house_loras
from core.settings import Settings
from storage import credits, presence
from storage.house import open_house
from storage.image_jobs import Looking
from storage.jobs import MEDIA_QUEUE, serialize
from storage.presence import WorkerSign
from studio.encoders import open_encoder
from studio.finishing import open_finisher
from studio.identity import Likeness, close_encoder
from studio.moderation import open_moderator
from studio.painters import PainterConfig, open_painter
from workers.media.easel import Hung
from workers.media.engine import MediaEngine
from workers.media.loop import MediaLoop
from workers.queue import WakefulWorker

DRAIN_S = 20.0
logger = log.get_logger(__name__)


@contextmanager
def one_per_device(data_dir: Path, device: str, name: str) -> Iterator[None]:
    """Hold a device of this machine for as long as this process lives. Raises `Misconfigured` while another has it.

    `name` tells apart workers that each have a card of their own (CUDA_VISIBLE_DEVICES).
    """
    place = f"{device}-{name}" if name else device
    path = data_dir / "run" / f"media-{place}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Misconfigured(
                f"A media worker paints on {place} already. Give each its own card with CUDA_VISIBLE_DEVICES, and a name with"
                " MUSE_IMAGE_WORKER."
            ) from None
        yield


@asynccontextmanager
async def open_media(settings: Settings, name: str) -> AsyncIterator[MediaEngine]:
    """Open what a media worker uses; weights are read by the first picture. Raises `Misconfigured` without a model."""
    painter = open_painter(PainterConfig.from_settings(settings), settings)
    if painter is None:
        raise Misconfigured("No pictures are made here: MUSE_IMAGE_MODEL is empty. Set it to a model, then start this again.")
    clock, encoder = SystemClock(), open_encoder(settings.image_encoder)
    try:
        async with open_house(settings, "media", connections=6) as house:
            yield MediaEngine(
                name,
                house,
                clock,
                painter,
                open_finisher(settings, clock.now()),
                open_moderator(settings),
                credits,
                Looking(
                    most=settings.image_batch,
                    look_ahead=settings.image_look_ahead,
                    look_ahead_s=settings.image_look_ahead_s,
                    lease_s=settings.image_lease_s,
                ),
                Likeness(encoder=encoder, least=settings.image_likeness, tries=settings.image_tries),
                house_loras=frozenset(one.source for one in read_house_loras(settings.image_loras)),
                timeout_s=settings.image_timeout_s,
                attempts=settings.image_attempts,
            )
    finally:
        await close_encoder(encoder)
        await painter.close()


def make_ear(engine: MediaEngine, loop: MediaLoop) -> WakefulWorker:
    """Hear the wake-ups of the media queue; what is to be done stands in Postgres."""

    async def paint_pictures(_ctx: dict[str, Any], _agency_id: str, _job_id: str) -> None:
        loop.wake()

    options: dict[str, Any] = {
        "queue_name": MEDIA_QUEUE,
        "functions": [func(cast(Any, paint_pictures), name="PaintPictures", keep_result=0, timeout=30, max_tries=1)],
        "max_jobs": 64,
        "job_serializer": serialize,
        "job_deserializer": engine.house.redis.job_deserializer,
        "log_results": False,
    }
    return WakefulWorker(engine.house.redis, **options)


async def _beat(engine: MediaEngine) -> None:
    while True:
        try:
            sign = WorkerSign(engine.name, "ready", engine.painter.name)
            await presence.show(engine.house.redis, sign, presence.MEDIA)
        except Unavailable:
            logger.warning("no_sign_of_life")
        await asyncio.sleep(presence.BEAT_S)


async def work(settings: Settings) -> None:
    """Paint until SIGTERM or Ctrl-C; what is being painted then goes back into the queue."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    name = f"media-{os.getpid()}-{new_id().hex[-6:]}"
    with one_per_device(Path(settings.data_dir), settings.image_device, settings.image_worker):
        async with open_media(settings, name) as engine:
            loop = MediaLoop(engine)
            painting = asyncio.create_task(loop.run())
            beside = [asyncio.create_task(part) for part in (make_ear(engine, loop).main(), _beat(engine))]
            stopping = asyncio.create_task(stop.wait())
            logger.info("media_worker_ready", painter=engine.painter.name)
            await asyncio.wait({painting, *beside, stopping}, return_when=asyncio.FIRST_COMPLETED)
            loop.stop()
            await asyncio.wait({painting}, timeout=DRAIN_S)
            for task in (painting, *beside, stopping):
                task.cancel()
            ended = await asyncio.gather(painting, *beside, stopping, return_exceptions=True)
            logger.info("media_worker_stopped")
            for error in ended:
                if isinstance(error, Exception):
                    raise error


def serve(settings: Settings) -> None:
    """Run a media worker. A painter that hangs in its thread does not keep the process."""
    log.configure("media", settings.log_level, settings.log_text)
    logging.getLogger("arq").setLevel(logging.WARNING)
    try:
        uvloop.run(work(settings))
    except Hung as error:
        logger.error("painter_hangs", detail=str(error))
        os._exit(1)
