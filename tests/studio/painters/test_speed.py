"""What is faster is not believed but read from what was measured here; and a bench of pictures gives its figures."""

from __future__ import annotations

from pathlib import Path

from evals.bench.pictures import measure_pictures
from studio.painters.config import PainterConfig
from studio.painters.speed import Choice, choose_speed, keep_measured, measured_key


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
