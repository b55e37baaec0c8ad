"""ARQ's worker, woken: jobs start at once, deferred ones in time, and Redis may go away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from arq.worker import func

from core.ids import new_id
from storage.house import House
from storage.jobs import QUEUE, serialize
from workers.queue import LONGEST_SLEEP_S, WakefulWorker


class Notes:
    """What the jobs of a test did."""

    def __init__(self) -> None:
        self.started: list[tuple[str, float]] = []
        self.called = asyncio.Event()
        self.hold = asyncio.Event()

    async def note(self, _ctx: dict[str, Any], _agency: str, subject: str) -> None:
        """Stand in for a job."""
        self.started.append((subject, time.monotonic()))
        self.called.set()

    async def wait(self, _ctx: dict[str, Any], _agency: str, subject: str) -> None:
        """Stand in for a long job."""
        self.started.append((subject, time.monotonic()))
        self.called.set()
        await self.hold.wait()


@asynccontextmanager
async def running(house: House, job: Any) -> AsyncIterator[WakefulWorker]:
    worker = WakefulWorker(
        house.redis, queue_name=QUEUE, functions=[func(job, name="DeliverMessages", keep_result=0)], ctx={},
        job_serializer=serialize, job_deserializer=house.redis.job_deserializer, log_results=False,
    )  # fmt: skip
    main = asyncio.create_task(worker.main())
    await asyncio.sleep(0.1)
    try:
        yield worker
    finally:
        main.cancel()
        await asyncio.gather(main, return_exceptions=True)


@pytest.fixture
def notes() -> Notes:
    return Notes()


async def test_a_job_starts_without_waiting_for_a_poll(house: House, notes: Notes) -> None:
    """Ten jobs, one after the other; polling twice a second they could not all start within two sleeps."""
    async with running(house, notes.note):
        began = time.monotonic()
        for _ in range(10):
            notes.called.clear()
            await house.jobs.deliver_messages(new_id(), new_id())
            await asyncio.wait_for(notes.called.wait(), 5)
        assert len(notes.started) == 10
        assert time.monotonic() - began < 2 * LONGEST_SLEEP_S


async def test_a_deferred_job_starts_when_its_time_has_come_and_not_before(house: House, notes: Notes) -> None:
    async with running(house, notes.note):
        began = time.monotonic()
        await house.jobs.deliver_messages(new_id(), new_id(), 0.3)
        await asyncio.wait_for(notes.called.wait(), 5)
        assert notes.started[0][1] - began >= 0.29


async def test_a_finished_job_may_be_enqueued_again_at_once(house: House, notes: Notes) -> None:
    """ARQ silently drops a job whose id is known; wake-ups have no ids of their own."""
    agency, subject = new_id(), new_id()
    async with running(house, notes.note):
        for _ in range(3):
            notes.called.clear()
            await house.jobs.deliver_messages(agency, subject)
            await asyncio.wait_for(notes.called.wait(), 5)
    assert [who for who, _ in notes.started] == [str(subject)] * 3


async def test_draining_waits_for_what_runs_and_cancels_what_does_not_end(house: House, notes: Notes) -> None:
    async with running(house, notes.wait) as worker:
        await house.jobs.deliver_messages(new_id(), new_id())
        await asyncio.wait_for(notes.called.wait(), 5)
        asyncio.get_running_loop().call_later(0.1, notes.hold.set)
        assert await worker.drain(5) == 0
    stuck = Notes()
    async with running(house, stuck.wait) as worker:
        await house.jobs.deliver_messages(new_id(), new_id())
        await asyncio.wait_for(stuck.called.wait(), 5)
        assert await worker.drain(0.1) == 1


async def test_the_worker_survives_a_wiped_redis(house: House, notes: Notes) -> None:
    async with running(house, notes.note):
        await house.redis.flushall()
        await house.redis.client_kill_filter(skipme=True)
        notes.called.clear()
        await asyncio.sleep(0.1)
        await house.jobs.deliver_messages(new_id(), new_id())
        await asyncio.wait_for(notes.called.wait(), 5)
