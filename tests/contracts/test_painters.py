"""Every painter keeps the same promises: the tests' sheets, the pipelines of this machine, somebody's API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from msgspec.structs import replace
from PIL import ImageChops

from core.errors import Withdrawn
from core.pictures import Painter, PictureRequest
from evals.simulators.replicate import ReplicateSimulator
from studio.encoders import open_rgb
from studio.painters import PainterConfig, open_painter
from studio.painters.replicate import ReplicatePainter
from studio.painters.replicate_api import ReplicateApi
from studio.painters.tiny import build_tiny
from tests.studio.painting import SheetPainter, Watch, order

Opened = AbstractAsyncContextManager[tuple[Painter, str]]


@asynccontextmanager
async def sheets() -> AsyncIterator[tuple[Painter, str]]:
    yield SheetPainter(), "sheets"


@asynccontextmanager
async def replicate() -> AsyncIterator[tuple[Painter, str]]:
    async with ReplicateSimulator() as simulator:
        model = "replicate:stability-ai/sdxl"
        painter = ReplicatePainter(model, ReplicateApi(simulator.url, simulator.token, ("replicate.delivery",)))
        yield painter, model
        await painter.close()


@asynccontextmanager
async def local() -> AsyncIterator[tuple[Painter, str]]:
    with TemporaryDirectory() as folder:
        model = str(build_tiny(Path(folder) / "tiny", "sd15"))
        painter = open_painter(PainterConfig(model=model, device="cpu"))
        assert painter
        yield painter, model
        await painter.close()


PAINTERS: tuple[Callable[[], Opened], ...] = (sheets, replicate, local)  # a painter is one more line


@pytest.fixture(params=PAINTERS, ids=lambda made: made.__name__)
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Painter, PictureRequest]]:
    async with request.param() as (painter, model):
        yield painter, PictureRequest(prompt="a plain sheet", model=model, width=64, height=64, seed=1, steps=2)


def furthest(one: bytes, other: bytes) -> int:
    """How far apart two pictures are at their worst, levels of 255 (bound of a batch beside single pictures: decision 0020)."""
    return max(high for _, high in ImageChops.difference(open_rgb(one), open_rgb(other)).getextrema())


async def test_a_batch_comes_back_whole_and_in_its_order(opened: tuple[Painter, PictureRequest]) -> None:
    painter, asked = opened
    orders = [order(replace(asked, seed=seed)) for seed in (5, 3, 8)]
    assert len({painter.batch_key(one.request) for one in orders}) == 1
    watch = Watch()
    made = await painter.paint(orders, watch)
    assert [one.seed for one in made] == [5, 3, 8]
    for one in made:
        assert open_rgb(one.data).size == (one.width, one.height) == (64, 64)
        assert one.model == asked.model
        assert one.seconds >= 0
    assert len({one.data for one in made}) == 3


async def test_a_picture_depends_on_its_request_alone(opened: tuple[Painter, PictureRequest]) -> None:
    painter, asked = opened
    beside = await painter.paint([order(replace(asked, seed=seed)) for seed in (7, 9)], Watch())
    (alone,) = await painter.paint([order(replace(asked, seed=9))], Watch())
    assert furthest(beside[1].data, alone.data) <= 1
    assert furthest(beside[0].data, alone.data) > 1


async def test_what_nobody_wants_is_not_painted(opened: tuple[Painter, PictureRequest]) -> None:
    painter, asked = opened
    with pytest.raises(Withdrawn):
        await painter.paint([order(asked)], Watch(cancel_after=0))


async def test_a_painter_says_who_it_is_and_can_be_closed_twice(opened: tuple[Painter, PictureRequest]) -> None:
    painter, asked = opened
    await painter.paint([order(asked)], Watch())
    assert painter.name
    assert isinstance(painter.warm(), frozenset)
    await painter.close()
    await painter.close()
