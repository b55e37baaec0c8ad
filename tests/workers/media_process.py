"""A media worker in a process of its own, with the painter that draws; killed by a test. Settings come from the environment."""

from __future__ import annotations

import asyncio
import os
import threading

from core.clock import SystemClock
from core.settings import load
from storage import credits
from storage.house import open_house
from storage.image_jobs import Looking
from tests.workers.pictures_world import PassingModerator, PillowPainter, PlainFinisher
from workers.media.engine import MediaEngine
from workers.media.loop import MediaLoop


async def main() -> None:
    """Begin a picture and never end it."""
    painter = PillowPainter()
    painter.gate = threading.Event()
    async with open_house(load(os.environ), "media") as house:
        engine = MediaEngine(
            "media-doomed", house, SystemClock(), painter, PlainFinisher(), PassingModerator(), credits,
            Looking(lease_s=1.0), beat_s=0.1,
        )  # fmt: skip
        await MediaLoop(engine).run()


if __name__ == "__main__":
    asyncio.run(main())
