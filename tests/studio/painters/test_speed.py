"""What is faster is not believed but read from what was measured here; and a bench of pictures gives its figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import Misconfigured
from evals.bench.pictures import measure_pictures
from studio.painters.config import PainterConfig
from studio.painters.speed import Choice, choose_speed, keep_measured, measured_key, read_measured
from studio.painters.tuning import tune
from tests.studio.painters.conftest import Models


def test_auto_is_what_was_measured_for_this_model_on_this_device(tmp_path: Path) -> None:
    file = tmp_path / "pictures" / "measured.json"
    auto = PainterConfig(measured=file)
    assert choose_speed(auto, "owner/one", "cpu") == Choice()
    keep_measured(file, measured_key("owner/one", "cpu"), Choice(compiled=True, channels_last=True, per_second=2.5))
    keep_measured(file, measured_key("owner/two", "cpu"), Choice(channels_last=True, per_second=3.5))
    assert choose_speed(auto, "owner/one", "cpu") == Choice(compiled=True, channels_last=True)
    assert choose_speed(auto, "owner/two", "cpu") == Choice(channels_last=True)
    assert choose_speed(auto, "owner/three", "cpu") == Choice()
    assert choose_speed(PainterConfig(measured=file, compiled="off"), "owner/one", "cpu") == Choice(channels_last=True)
    file.write_text("no JSON")
    assert choose_speed(auto, "owner/one", "cpu") == Choice()


async def test_the_bench_paints_both_ways() -> None:
    figures = {figure.name: figure for figure in await measure_pictures(quick=True)}
    for batch in (1, 4):
        figure = figures[f"pictures a second, batch of {batch}"]
        assert figure.budget == "ratio ≥ 0.95"
        assert figure.baseline
        assert figure.baseline > 0
    assert set(figures) >= {"gain of a batch of 4", "first picture of a cold model", "one picture of a warm model"}


async def test_what_tuning_finds_is_kept(models: Models, tmp_path: Path) -> None:
    """Compiling takes a minute on a processor, and is left to machines that gain by it."""
    config = PainterConfig(model=str(models["sd15"]), device="cpu", measured=tmp_path / "measured.json")
    rates = await tune(config, side=64, steps=2, rounds=1, ways=(("off", "off"), ("off", "on")))
    assert set(rates) == {"plain", "channels last"}
    [kept] = read_measured(config.measured).values()
    assert not kept.compiled
    assert kept.per_second in rates.values()
    with pytest.raises(Misconfigured, match="MUSE_IMAGE_MODEL"):
        await tune(PainterConfig())
