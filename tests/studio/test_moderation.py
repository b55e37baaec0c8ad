"""What nobody can judge is held: without a classifier, with one that fails, and with one whose labels say nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from core.errors import Misconfigured
from core.pictures import Moderator
from core.settings import Settings
from studio.classifiers import PictureClassifier, first_year, young_labels
from studio.moderation import LONGEST, StudioModerator, open_moderator
from studio.prompt_rules.rules import RULES
from tests.studio.made import painting, saved
from tests.studio.tiny_classifier import make_classifier

PICTURE = saved(painting())
NSFW, SAFE = ("normal", "nsfw"), ("nsfw", "normal")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Classifiers with random weights whose last layer makes the first label certain."""
    folder = tmp_path_factory.mktemp("classifiers")
    for name, labels, sure in (
        ("passes", NSFW, 9.0),
        ("refuses", SAFE, 9.0),
        ("doubts", SAFE, -0.5),
        ("minor", ("child", "adult"), 9.0),
        ("strange", ("cat", "hot dog"), 9.0),
        ("old", ("30-39", "10-19", "0-2"), 9.0),
        ("young", ("10-19", "20-29", "more than 70"), 9.0),
        ("nan", NSFW, float("nan")),
    ):
        make_classifier(folder / name, labels, sure)
    return folder


def opened(models: Path, picture: str = "", age: str = "", **more: object) -> StudioModerator:
    settings = Settings(
        image_moderator=str(models / picture) if picture else "", image_age_model=str(models / age) if age else ""
    )
    return open_moderator(replace(settings, **more))


async def test_without_a_classifier_every_picture_is_held() -> None:
    moderator: Moderator = open_moderator(Settings())
    judged = await moderator.judge_picture(PICTURE, True)
    assert judged.verdict == "hold"
    assert "MUSE_IMAGE_MODERATOR" in judged.reasons[0]
    assert judged.judge == "nobody"


@pytest.mark.parametrize(
    ("picture", "age", "adult_ok", "verdict"),
    [
        ("passes", "", False, "pass"),
        ("refuses", "", False, "refuse"),
        ("refuses", "", True, "pass"),
        ("doubts", "", False, "hold"),
        ("minor", "", True, "refuse"),
        ("strange", "", False, "hold"),
        ("nan", "", False, "hold"),
        ("passes", "old", False, "pass"),
        ("passes", "young", True, "refuse"),
        ("passes", "strange", True, "hold"),
        ("refuses", "old", False, "refuse"),
        ("", "young", True, "refuse"),
        ("", "old", True, "hold"),
        ("not there", "", False, "hold"),
        ("passes", "not there", False, "hold"),
    ],
)
async def test_a_picture_is_judged_by_what_the_models_say(
    models: Path, picture: str, age: str, adult_ok: bool, verdict: str
) -> None:
    judged = await opened(models, picture, age).judge_picture(PICTURE, adult_ok)
    assert judged.verdict == verdict
    assert bool(judged.reasons) == (verdict != "pass")


async def test_labels_are_named_by_the_settings(models: Path) -> None:
    judged = await opened(models, "strange", image_refused_labels="Cat, dog").judge_picture(PICTURE, True)
    assert judged.verdict == "refuse"
    assert "cat 1.00" in judged.reasons[0]


async def test_what_is_no_picture_is_refused(models: Path) -> None:
    assert (await opened(models, "passes").judge_picture(b"<html>", False)).verdict == "refuse"


async def test_weights_that_are_damaged_hold_every_picture(models: Path, tmp_path: Path) -> None:
    shutil.copytree(models / "passes", tmp_path / "damaged")
    (tmp_path / "damaged" / "model.safetensors").write_bytes(b"nonsense")
    moderator = opened(tmp_path, "damaged")
    assert (await moderator.judge_picture(PICTURE, False)).verdict == "hold"
    with pytest.raises(Misconfigured, match="damaged"):
        await moderator.check()


async def test_a_classifier_that_judges_nothing_is_told_of(models: Path) -> None:
    assert await opened(models, "passes", "old").check() == []
    assert await opened(models).check() == []
    (first, second) = await opened(models, "strange", "strange").check()
    assert "cat, hot dog" in first
    assert "age range" in second


@pytest.mark.parametrize(
    ("label", "begins"),
    [("20-29", 20), ("0-2", 0), ("(25, 32)", None), ("age_10_19", 10), ("more than 70", 70), ("65+", 65), ("nsfw", None)],
)
def test_age_ranges_are_read(label: str, begins: int | None) -> None:
    assert first_year(label) == begins


def test_what_begins_below_eighteen_is_young() -> None:
    assert young_labels(("0-2", "10-19", "17-18", "18-24", "20-29", "more than 70")) == {"0-2", "10-19", "17-18"}


async def test_prompts_are_judged_by_every_rule() -> None:
    moderator = open_moderator(Settings())
    assert (await moderator.judge_prompt("a woman of 30 in a red coat, snow", False)).verdict == "pass"
    assert (await moderator.judge_prompt("topless at the beach", False)).verdict == "refuse"
    assert (await moderator.judge_prompt("topless at the beach", True)).verdict == "pass"
    both = await moderator.judge_prompt("a teenager, taken without her knowing", True)
    assert both.verdict == "refuse"
    assert len(both.reasons) == 2
    assert (await moderator.judge_prompt("a baby face, soft light", True)).verdict == "hold"


async def test_a_prompt_too_long_to_be_read_is_held() -> None:
    moderator = open_moderator(Settings())
    assert (await moderator.judge_prompt("a red coat " * 1000, True)).verdict == "hold"
    assert len("a red coat " * 1000) > LONGEST


async def test_a_rule_that_fails_holds_the_prompt() -> None:
    def fails(prompt: object, adult_ok: bool) -> None:
        raise RuntimeError("a fault of ours")

    settings = open_moderator(Settings())
    broken = replace(RULES[0], judge=fails)
    moderator = StudioModerator(settings._bounds, None, None, (broken, *RULES[1:]))
    judged = await moderator.judge_prompt("a red coat", True)
    assert (judged.verdict, judged.reasons) == ("hold", ("the rule age failed",))


async def test_a_model_is_loaded_once_and_by_the_first_picture(models: Path) -> None:
    classifier = PictureClassifier(str(models / "passes"))
    assert classifier._pipeline is None
    assert await classifier.labels() == NSFW
    loaded = classifier._pipeline
    await classifier.labels()
    assert classifier._pipeline is loaded
