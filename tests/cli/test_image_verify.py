"""`muse image verify` says what a picture shows, for people and for programs; doctor says who signs and who looks."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from cli.doctor.finishing import moderator, signing
from cli.provenance import verify
from cli.stack.passwords import make_secrets
from core.errors import BadInput
from core.settings import Settings
from tests.studio.made import ORIGIN, finisher, noise, painted, saved


def ask(*arguments: str | Path) -> int:
    parser = ArgumentParser()
    verify.add_arguments(parser)
    return verify.run(parser.parse_args([str(one) for one in arguments]))


@pytest.fixture
async def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MUSE_DATA_DIR", str(tmp_path))
    made = await finisher(tmp_path).finish(painted(saved(noise(200, 100))), ORIGIN)
    (tmp_path / "picture.jpg").write_bytes(made.data)
    return tmp_path / "picture.jpg"


def test_a_picture_of_ours_is_told_in_words(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(picture) == 0
    said = capsys.readouterr().out
    assert "JPEG, 200 × 100" in said
    assert "yes, it says so" in said
    assert "own authority, which readers elsewhere show as untrusted" in said
    assert "tiny/sd" in said
    assert "trainedAlgorithmicMedia · Muse" in said


def test_a_forged_picture_ends_with_an_error(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forged = bytearray(picture.read_bytes())
    forged[-500] ^= 1
    picture.write_bytes(bytes(forged))
    assert ask(picture, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["state"] == "broken"
    assert "assertion.dataHash.mismatch" in told["problems"]


def test_a_picture_of_nobody_says_nothing(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = picture.with_name("plain.png")
    plain.write_bytes(saved(noise(50, 50)))
    assert ask(plain) == 0
    said = capsys.readouterr().out
    assert "nothing sound says so" in said
    assert "no manifest" in said


def test_files_that_are_none_are_named(picture: Path) -> None:
    with pytest.raises(BadInput, match="nowhere"):
        ask(picture.with_name("nowhere.jpg"))
    picture.write_text("<html>")
    with pytest.raises(BadInput):
        ask(picture)


def test_doctor_says_who_signs(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path))
    assert "first start" in next(signing(settings)).says
    assert not (tmp_path / "secrets").exists()
    (tmp_path / "secrets").mkdir()
    make_secrets(tmp_path / "secrets")
    found = next(signing(settings))
    assert (found.state, "untrusted" in found.says) == ("good", True)
    assert next(signing(Settings(data_dir=str(tmp_path), c2pa_key="key.pem"))).state == "broken"


def test_doctor_says_who_looks(tmp_path: Path) -> None:
    (nobody,) = moderator(Settings())
    assert (nobody.state, "held for an operator" in nobody.says) == ("missing", True)
    hub = next(moderator(Settings(image_moderator="somebody/nsfw-model")))
    assert hub.state == "good"
    (tmp_path / "config.json").write_text(json.dumps({"id2label": {"0": "normal", "1": "NSFW"}}))
    right, ages, larger = moderator(
        Settings(image_moderator=str(tmp_path), image_age_model=str(tmp_path), image_upscaler="lanczos")
    )
    assert (right.state, ages.state, larger.state) == ("good", "broken", "good")
    (tmp_path / "config.json").write_text(json.dumps({"id2label": {"0": "cat"}}))
    assert next(moderator(Settings(image_moderator=str(tmp_path)))).state == "broken"
    (tmp_path / "config.json").unlink()
    assert next(moderator(Settings(image_moderator=str(tmp_path)))).state == "broken"
