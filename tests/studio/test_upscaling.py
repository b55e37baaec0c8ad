"""Pictures made larger by a model, square by square, through transformers' real loading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import Misconfigured
from studio import upscaling
from studio.upscaling import Upscaler
from tests.studio.made import painting
from tests.studio.tiny_classifier import make_upscaler


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_upscaler(tmp_path_factory.mktemp("upscaler")))


async def test_a_model_makes_a_picture_larger(model: str) -> None:
    upscaler = Upscaler(model, 60)
    assert (await upscaler.enlarge(painting(24, 32))).size == (45, 60)
    assert (await upscaler.enlarge(painting(32, 24))).size == (60, 45)


async def test_squares_meet_without_a_seam(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = painting(40, 28)
    whole = await Upscaler(model, 80).enlarge(picture)
    monkeypatch.setattr(upscaling, "TILE", 24)
    tiled = await Upscaler(model, 80).enlarge(picture)
    assert tiled.size == whole.size == (80, 56)
    apart = np.abs(np.asarray(whole, dtype=int) - np.asarray(tiled, dtype=int))
    assert np.percentile(apart, 95) <= 4


async def test_nothing_is_loaded_where_nothing_is_enlarged() -> None:
    picture = Image.new("RGB", (300, 200))
    assert await Upscaler("", 1000).enlarge(picture) is picture
    assert await Upscaler("no/such-model", 300).enlarge(picture) is picture


async def test_weights_that_are_not_there_are_a_fault_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="MUSE_IMAGE_UPSCALER"):
        await Upscaler(str(tmp_path), 1000).enlarge(painting())
