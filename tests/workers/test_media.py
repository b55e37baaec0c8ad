"""The media worker: batches, cancelling, too little memory, time-outs, a killed worker, and where a picture ends."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from PIL import Image, ImageStat

from core.clock import SystemClock
from core.errors import BadInput, Misconfigured, MuseError, OutcomeUnknown, Unavailable
from core.pictures import PaintOrder
from storage import image_jobs
from storage.accounts import put_influencer
from storage.assets import find_asset
from storage.forgetting import list_pending
from storage.gallery import find_kept
from storage.house import House
from storage.image_jobs import Looking
from storage.pictures import PictureRow, find_picture, load_picture
from storage.previews import load_preview
from storage.references import revoke_reference
from studio.identity import Likeness
from studio.references import record_face
from tests.conftest import Agency
from tests.studio.painting import sheet
from tests.studio.test_references import AGREED
from tests.workers.pictures_world import (
    CountedPurse,
    PassingModerator,
    PillowPainter,
    PlainFinisher,
    Verdict,
    draw,
    order,
    request,
    states,
)
from workers.media.easel import Hung
from workers.media.engine import MediaEngine
from workers.media.loop import MediaLoop


class Works:
    """A media worker that is stepped by hand, and the influencer that pictures are made of."""

    def __init__(self, house: House, agency: Agency, influencer_id: UUID, painter: PillowPainter) -> None:
        self.house, self.agency, self.influencer_id, self.painter = house, agency, influencer_id, painter
        self.purse = CountedPurse(available=20)
        self.engine = MediaEngine(
            "media-1",
            house,
            SystemClock(),
            painter,
            PlainFinisher(),
            PassingModerator(),
            self.purse,
            Looking(most=4, lease_s=5.0),
            beat_s=0.05,
            grace_s=2.0,
        )

    def worker(self, **other: object) -> MediaLoop:
        """Make a worker."""
        return MediaLoop(structs.replace(self.engine, **other))

    async def order(self, **how: Any) -> UUID:
        """Order one picture."""
        return await order(self.house, self.agency.id, self.influencer_id, self.purse, **how)

    async def face(self) -> str:
        """Record a face; return its file's key."""
        self.reference = await record_face(
            self.house, self.agency.id, self.influencer_id, sheet((200, 90, 40), (300, 300)), AGREED
        )
        return self.reference.source

    async def revoke(self) -> None:
        """Take the face back."""
        async with self.house.app.unit(self.agency.id) as unit:
            await revoke_reference(unit, self.influencer_id, self.reference.id, "ana", "taken back", AGREED.at)

    async def all(self, worker: MediaLoop) -> None:
        """Paint all there is."""
        while await worker.step():
            await worker.settled()

    async def row(self, job_id: UUID) -> PictureRow:
        """Read one picture."""
        async with self.house.app.unit(self.agency.id) as unit:
            return await load_picture(unit, job_id)

    async def due(self) -> None:
        """Let what waits for another try wait no longer."""
        async with self.house.app.unit(self.agency.id) as unit:
            await unit.connection.execute("UPDATE image_jobs SET not_before = clock_timestamp()")


@pytest.fixture
async def works(house: House, agency: Agency) -> Works:
    async with house.app.unit(agency.id) as unit:
        luna = await put_influencer(unit, "luna", "Luna", {"name": "luna"}, "sum")
    return Works(house, agency, luna.id, PillowPainter())


@asynccontextmanager
async def running(worker: MediaLoop) -> AsyncIterator[asyncio.Task[None]]:
    """Run a worker until the end of the block."""
    task = asyncio.create_task(worker.run())
    try:
        yield task
    finally:
        worker.stop()
        await asyncio.gather(task, return_exceptions=True)


async def until(met: Callable[[], object], patience_s: float = 10.0) -> None:
    """Wait for something to come true; a bound for a test that would hang."""
    async with asyncio.timeout(patience_s):
        while not met():  # noqa: ASYNC110 — there is no event for what a test looks at
            await asyncio.sleep(0.01)


async def until_done(works: Works, job_id: UUID) -> None:
    """Wait until a picture is done."""
    async with asyncio.timeout(10):
        while (await works.row(job_id)).state != "done":  # noqa: ASYNC110 — the row is what counts
            await asyncio.sleep(0.02)


async def test_alike_pictures_are_one_call_and_come_out_as_alone(works: Works) -> None:
    jobs = [await works.order(text=f"scene {n}", key=False) for n in range(5)]
    await works.all(works.worker())
    assert [len(call) for call in works.painter.calls] == [4, 1]
    assert await states(works.house, works.agency.id) == {"done": 5}
    for number, job_id in enumerate(jobs):
        async with works.house.app.unit(works.agency.id) as unit:
            kept = await find_picture(unit, job_id)
        data = await works.house.blobs.get(kept.blob_key)
        assert data.startswith(draw(request(f"scene {number}")).data)
        assert kept.thumbnail_key is not None
        assert await works.house.blobs.get(kept.thumbnail_key)
    assert works.purse.spent == dict.fromkeys(jobs, 2)
    row = await works.row(jobs[0])
    assert (row.progress, row.marks, row.width, row.judged and row.judged["judge"]) == (1.0, ("metadata",), 64, "scripted")


async def test_too_little_memory_makes_batches_smaller_and_is_remembered(works: Works) -> None:
    works.painter.room = 2
    for _ in range(8):
        await works.order()
    await works.all(works.worker())
    assert [len(call) for call in works.painter.calls] == [4, 2, 2, 2, 2]
    assert await states(works.house, works.agency.id) == {"done": 8}


async def test_then_the_slower_way_and_then_a_clear_word_with_the_credits_back(works: Works) -> None:
    works.painter.room, works.painter.thrifty = 0, 1
    first = await works.order()
    await works.all(works.worker())
    assert works.painter.saves == 1
    assert (await works.row(first)).state == "done"
    works.painter.room = 0
    second = await works.order()
    await works.all(works.worker())
    row = await works.row(second)
    assert (row.state, row.error_class) == ("failed", "NoRoom")
    assert "not enough memory" in (row.error or "")
    assert works.purse.available == 18


WRONG = (BadInput("no such pose"), Misconfigured("no weights"), OutcomeUnknown("may have been made"))


@pytest.mark.parametrize("error", WRONG, ids=lambda error: type(error).__name__)
async def test_what_cannot_be_painted_fails_alone_and_costs_nothing(works: Works, error: MuseError) -> None:
    wrong = await works.order(text="wrong")
    good = await works.order(text="good")

    def refuse(orders: Sequence[PaintOrder]) -> MuseError | None:
        return error if any(one.request.prompt == "wrong" for one in orders) else None

    works.painter.error = refuse
    how = Looking(most=4) if isinstance(error, BadInput) else Looking(most=1)
    await works.all(works.worker(looking=how))
    row = await works.row(wrong)
    assert (row.state, row.error_class, row.error) == ("failed", type(error).__name__, str(error))
    assert (await works.row(good)).state == "done"
    assert works.purse.available == 18


async def test_what_is_away_is_tried_again_and_given_up_in_the_end(works: Works) -> None:
    job_id = await works.order()
    works.painter.error = lambda _: Unavailable("nobody there")
    worker = works.worker(attempts=2)
    await works.all(worker)
    assert ((await works.row(job_id)).state, (await works.row(job_id)).error) == ("queued", "nobody there")
    await works.due()
    await works.all(worker)
    assert (await works.row(job_id)).state == "failed"
    assert works.purse.available == 20


async def test_a_cancelled_picture_stops_at_the_next_step(works: Works) -> None:
    works.painter.gate = threading.Event()
    job_id = await works.order()
    async with running(works.worker()):
        await until(works.painter.begun.is_set)
        async with works.house.app.unit(works.agency.id) as unit:
            assert await image_jobs.cancel(unit, works.purse, job_id, "changed my mind")
        works.painter.gate = None  # whoever paints on would come to an end
        again = await works.order(text="another")
        await until_done(works, again)
    row = await works.row(job_id)
    assert (row.state, row.asset_id) == ("cancelled", None)
    assert set(works.purse.spent) == {again}


async def test_one_cancelled_of_a_batch_leaves_the_others_be(works: Works) -> None:
    works.painter.gate = threading.Event()
    kept, gone = await works.order(text="kept"), await works.order(text="gone")
    async with running(works.worker()):
        await until(works.painter.begun.is_set)
        async with works.house.app.unit(works.agency.id) as unit:
            await image_jobs.cancel(unit, works.purse, gone, "changed my mind")
        works.painter.gate.set()
        await until_done(works, kept)
    assert (await works.row(gone)).state == "cancelled"
    assert set(works.purse.spent) == {kept}


async def test_progress_and_previews_are_told_while_it_is_painted(works: Works) -> None:
    works.painter.gate = threading.Event()
    job_id = await works.order()
    listening = asyncio.create_task(works.house.live.run())
    async with works.house.live.subscribe(job_id) as events, running(works.worker()):
        async with asyncio.timeout(10):
            while (event := await events.get()).get("share") != 0.25:
                pass
        assert event == {"event": "progress", "share": 0.25, "preview": True}
        assert await load_preview(works.house.redis, job_id) == b"\xff\xd8 preview"
        assert 0.2 < (await works.row(job_id)).progress < 0.3
        works.painter.gate.set()
        async with asyncio.timeout(10):
            while (event := await events.get()).get("state") != "done":
                pass
    assert await load_preview(works.house.redis, job_id) is None
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_painting_that_takes_too_long_is_stopped(works: Works) -> None:
    works.painter.gate = threading.Event()
    job_id = await works.order()
    await works.worker(timeout_s=0.05).step()
    row = await works.row(job_id)
    assert row.state == "failed"
    assert "MUSE_IMAGE_TIMEOUT_S" in (row.error or "")
    assert works.purse.available == 20


async def test_a_painter_that_does_not_stop_ends_its_process(works: Works) -> None:
    works.painter.deaf = held = threading.Event()
    job_id = await works.order()
    with pytest.raises(Hung):
        await works.worker(timeout_s=0.05, grace_s=0.05).step()
    held.set()
    assert (await works.row(job_id)).state == "failed"


async def test_a_dead_worker_s_picture_is_another_s_and_one_that_kills_is_given_up(works: Works) -> None:
    job_id = await works.order()
    for attempt in (1, 2, 3):
        (lost,) = await image_jobs.claim(works.house.app, f"dead-{attempt}", (), Looking(lease_s=0.001))
        assert lost.attempts == attempt
        await asyncio.sleep(0.01)
    await works.all(works.worker(attempts=3))
    row = await works.row(job_id)
    assert (row.state, works.painter.calls, works.purse.available) == ("failed", [], 20)
    assert "never came to an end" in (row.error or "")


async def test_a_worker_that_is_asked_to_stop_gives_its_batch_back(works: Works) -> None:
    works.painter.gate = threading.Event()
    job_id = await works.order()
    async with running(works.worker()):
        await until(works.painter.begun.is_set)
    row = await works.row(job_id)
    assert (row.state, row.attempts) == ("queued", 0)
    assert works.purse.reserved == {job_id: 2}


@pytest.mark.parametrize(("verdict", "state"), [("pass", "done"), ("hold", "held"), ("refuse", "failed")])
async def test_a_moderator_s_word_decides(works: Works, verdict: Verdict, state: str) -> None:
    job_id = await works.order()
    await works.all(works.worker(moderator=PassingModerator(picture=verdict)))
    row = await works.row(job_id)
    assert (row.state, row.judged and row.judged["verdict"]) == (state, verdict)
    assert (row.asset_id is None) == (verdict == "refuse")
    assert (works.purse.available, bool(works.purse.spent)) == (20 if state == "failed" else 18, state == "done")


async def test_without_a_moderator_a_person_decides(works: Works) -> None:
    yes, no = await works.order(text="yes"), await works.order(text="no")
    await works.all(works.worker(moderator=None))
    assert await states(works.house, works.agency.id) == {"held": 2}
    async with works.house.app.unit(works.agency.id) as unit:
        assert not await image_jobs.approve(unit, works.purse, yes, "ann")
        await image_jobs.reject(unit, works.purse, no, "ann")
    assert ((await works.row(yes)).state, (await works.row(no)).state) == ("done", "failed")
    assert (works.purse.spent, works.purse.available) == ({yes: 2}, 18)


async def test_what_is_kept_is_linked_for_its_fan_and_found_by_words(works: Works) -> None:
    job_id = await works.order(text="a walk on the beach")
    await works.all(works.worker())
    row = await works.row(job_id)
    assert row.asset_id
    async with works.house.app.unit(works.agency.id) as unit:
        asset, chosen = await find_asset(unit, row.asset_id), await find_kept(unit, row.asset_id)
    assert (asset.job_id, asset.moderation, asset.judged_by, asset.made_by_ai, asset.made_for) == (
        job_id, "passed", "scripted", True, None,
    )  # fmt: skip
    assert asset.blob_key.startswith(f"made/{works.influencer_id.hex}/")
    assert (chosen.prompt, chosen.wish, chosen.likeness) == ("a walk on the beach", "a walk on the beach", None)


async def test_a_revoked_reference_fails_its_picture_alone_before_it_is_painted(works: Works) -> None:
    bound, free = await works.order(text="bound", face=await works.face()), await works.order(text="free")
    await works.revoke()
    await works.all(works.worker())
    row = await works.row(bound)
    assert (row.state, row.error_class, "revoked" in (row.error or "")) == ("failed", "Refused", True)
    assert (await works.row(free)).state == "done"
    assert works.painter.calls == [[free]]
    assert works.purse.available == 18


async def test_one_that_is_revoked_while_it_is_painted_is_not_kept(works: Works) -> None:
    works.painter.gate = threading.Event()
    job_id = await works.order(face=await works.face())
    async with running(works.worker()):
        await until(works.painter.begun.is_set)
        await works.revoke()
        works.painter.gate.set()
        async with asyncio.timeout(10):
            while (await works.row(job_id)).state != "failed":  # noqa: ASYNC110 — the row is what counts
                await asyncio.sleep(0.02)
    row = await works.row(job_id)
    assert (row.error_class, row.asset_id, works.purse.available) == ("Refused", None, 20)
    async with works.house.app.unit(works.agency.id) as unit:
        files = [item for pending in await list_pending(unit) for item in pending.items]
    assert len(files) == 2, "the picture and its small one are dropped"


class Wheel:
    """Likens by the mean colour; never loads a model."""

    name = "wheel"

    async def encode(self, pictures: Sequence[bytes]) -> list[list[float]]:
        """Return the mean colours as unit vectors."""
        found = []
        for data in pictures:
            with Image.open(io.BytesIO(data)) as picture:
                mean = ImageStat.Stat(picture.convert("RGB")).mean
            length = sum(one * one for one in mean) ** 0.5 or 1.0
            found.append([one / length for one in mean])
        return found


async def test_a_face_is_held_to_and_the_score_is_kept(works: Works) -> None:
    job_id = await works.order(face=await works.face())
    plain = await works.order(text="without a face")
    await works.all(works.worker(likeness=Likeness(encoder=Wheel(), least=1.0, tries=3), looking=Looking(most=1)))
    row = await works.row(job_id)
    assert (row.state, len(works.painter.calls)) == ("done", 4), "painted anew twice, as nothing reaches the least"
    assert row.likeness is not None
    assert 0.3 < row.likeness < 1.0
    assert (await works.row(plain)).likeness is None
