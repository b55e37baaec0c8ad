"""Doctor says whether pictures are made here."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec.structs import replace

from cli.doctor.guides import guides
from cli.doctor.pictures import pictures
from cli.stack.folder import DataFolder
from cli.stack.processes import identify
from cli.stack.state import PartState, StackState, write_state
from core.settings import Settings
from studio.painters.tiny import build_tiny
from studio.painters.tiny_guides import build_lora


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


def test_what_guides_pictures_is_said_to_be_well_or_what_to_do(tmp_path: Path) -> None:
    assert list(guides(Settings(image_loras="nobody/film"))) == [], "nothing is painted"
    model = build_tiny(tmp_path / "flux", "flux")
    lora = build_lora(model, tmp_path / "film.safetensors")
    settings = Settings(data_dir=str(tmp_path), image_model=str(model), image_loras=str(lora), image_scheduler="euler")
    (found,) = guides(settings)
    assert (found.state, found.says) == ("good", f"the LoRA {lora}, euler")
    lora.write_bytes(lora.read_bytes()[:9])
    wrong = replace(
        settings, image_scheduler="ddim", image_face_adapter="nobody/adapter/face.safetensors", image_pose_model="a/b"
    )
    found = list(guides(wrong))
    assert [one.state for one in found] == ["broken"] * 4
    for one, says in zip(
        found, ("damaged; fetch it again", "no scheduler 'ddim'", "keeps to no face", "hf download a/b"), strict=True
    ):
        assert says in one.says


def test_a_running_muse_says_how_its_media_worker_is(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path), image_model=str(tmp_path), image_device="cpu")
    run = DataFolder(tmp_path).run
    run.mkdir(parents=True)
    me = identify(os.getpid())
    assert me
    cases: tuple[tuple[dict[str, PartState], str, str], ...] = (
        ({}, "missing", "before a model was set"),
        ({"media": PartState("restarting", restarts=3, last_exit="code 1")}, "missing", "restarting after 3 restarts"),
        ({"media": PartState("running", pid=7)}, "good", "process 7"),
    )
    for parts, state, words in cases:
        write_state(run, StackState(me, parts=parts))
        found = list(pictures(settings))[-1]
        assert (found.name, found.state) == ("media worker", state)
        assert words in found.says
