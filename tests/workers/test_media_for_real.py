"""What only real things show: a process that is killed, a pipeline that paints, one worker a device."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from uuid import UUID

import pytest
from msgspec import structs

from cli.settings import ROOT, as_environment
from core.clock import SystemClock
from core.errors import Misconfigured
from core.ids import new_id
from core.nouns import Influencer
from core.pictures import PictureWish
from core.settings import Settings
from personas.loader import load_from_library
from storage import credits, image_jobs
from storage.accounts import put_influencer
from storage.house import House
from storage.image_jobs import PERSON, Looking, Order
from storage.pictures import PictureRow, find_picture, load_picture
from studio.ordering import open_desk
from studio.painters.tiny import build_tiny
from tests.conftest import Agency
from tests.workers.pictures_world import PassingModerator, PillowPainter, PlainFinisher, order
from workers.media.app import one_per_device, open_media
from workers.media.engine import MediaEngine
from workers.media.loop import MediaLoop


async def make_luna(house: House, agency: Agency) -> Influencer:
    """Write Luna with her look."""
    persona = load_from_library("luna")
    async with house.app.unit(agency.id) as unit:
        return await put_influencer(unit, "luna", "Luna", persona.to_document(), persona.checksum)


async def read(house: House, agency: Agency, job_id: UUID) -> PictureRow:
    """Read one picture."""
    async with house.app.unit(agency.id) as unit:
        return await load_picture(unit, job_id)


async def test_a_killed_worker_s_picture_is_painted_by_another(house: House, agency: Agency, settings: Settings) -> None:
    luna = await make_luna(house, agency)
    async with house.app.unit(agency.id) as unit:
        await credits.grant(unit, 5, "ana")
    job_id = await order(house, agency.id, luna.id, credits)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.workers.media_process", cwd=ROOT, env={**os.environ, **as_environment(settings)}
    )
    async with asyncio.timeout(60):
        while (await read(house, agency, job_id)).progress == 0:  # noqa: ASYNC110 — the row is what counts
            await asyncio.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert (await read(house, agency, job_id)).state == "painting"
    engine = MediaEngine(
        "media-2", house, SystemClock(), PillowPainter(), PlainFinisher(), PassingModerator(), credits, Looking(lease_s=5.0)
    )  # fmt: skip
    worker = MediaLoop(engine)
    async with asyncio.timeout(30):
        while not await worker.step():  # noqa: ASYNC110 — until the dead one's lease is over
            await asyncio.sleep(0.1)
    await worker.settled()
    row = await read(house, agency, job_id)
    assert (row.state, row.attempts) == ("done", 2)
    async with house.app.unit(agency.id) as unit:
        balance = await credits.balance(unit, luna.id)
    assert (balance.available, balance.reserved, balance.spent) == (3, 0, 2)


async def test_a_real_pipeline_s_picture_is_marked_and_kept(
    house: House, agency: Agency, settings: Settings, tmp_path: Path
) -> None:
    luna = await make_luna(house, agency)
    model = str(build_tiny(tmp_path / "tiny", "sd15"))
    chosen = structs.replace(settings, image_model=model, image_device="cpu", image_batch=2)
    desk = open_desk(chosen, house, credits)
    jobs = [new_id(), new_id()]
    for number, job_id in enumerate(jobs):
        wish = PictureWish(text="a walk on the beach", seed=number)
        made = await desk.prepare(luna, wish, adult_ok=False, from_fan=False)
        assert made.judged.verdict == "pass"
        small = structs.replace(made.request, width=64, height=64, steps=2)
        async with house.app.unit(agency.id) as unit:
            one = Order(
                id=job_id, influencer_id=luna.id, source="api", wish=made.wish, request=small, cost=1, priority=PERSON
            )  # fmt: skip
            await image_jobs.add(unit, credits, one)
    async with open_media(chosen, "media-1") as engine:
        worker = MediaLoop(structs.replace(engine, moderator=PassingModerator()))
        assert await worker.step()
        await worker.settled()
    for job_id in jobs:
        row = await read(house, agency, job_id)
        assert (row.state, row.error) == ("done", None)
        assert {"c2pa", "metadata"} <= set(row.marks)
        async with house.app.unit(agency.id) as unit:
            kept = await find_picture(unit, job_id)
        assert len(await house.blobs.get(kept.blob_key)) > 1000
    assert (await read(house, agency, jobs[0])).asset_id != (await read(house, agency, jobs[1])).asset_id


async def test_without_a_model_no_media_worker_starts(settings: Settings) -> None:
    with pytest.raises(Misconfigured, match="MUSE_IMAGE_MODEL"):
        async with open_media(settings, "media-1"):
            pass


def test_a_device_has_one_worker(tmp_path: Path) -> None:
    with one_per_device(tmp_path, "cuda", ""):
        with pytest.raises(Misconfigured, match="MUSE_IMAGE_WORKER"), one_per_device(tmp_path, "cuda", ""):
            pass
        with one_per_device(tmp_path, "cuda", "second"):
            pass
    with one_per_device(tmp_path, "cuda", ""):
        pass
