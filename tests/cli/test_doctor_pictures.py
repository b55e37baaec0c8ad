"""Doctor says whether pictures are made here."""

from __future__ import annotations

from pathlib import Path

from cli.doctor.pictures import pictures
from core.settings import Settings


def test_without_a_model_it_says_what_happens_instead() -> None:
    (found,) = pictures(Settings())
    assert found.state == "missing"
    assert "packs of the vault" in found.says


def test_a_folder_that_is_not_there_is_broken(tmp_path: Path) -> None:
    (found,) = pictures(Settings(image_model=str(tmp_path / "nowhere")))
    assert found.state == "broken"


def test_a_model_is_named_with_its_device(tmp_path: Path) -> None:
    (found,) = pictures(Settings(image_model=str(tmp_path), image_device="cpu"))
    assert found.state == "good"
    assert "cpu" in found.says
