"""Clothes go with what the wish speaks of, and the wish has the first word."""

from __future__ import annotations

import pytest

from core.pictures import PictureWish
from personas.loader import list_personas, load_from_library
from personas.wardrobe import advise
from studio.categories import guess_category
from studio.clothing import AS_WISHED
from studio.prompts import PictureStyle, compose

XL = "stabilityai/stable-diffusion-xl-base-1.0"
WARM = ("coat", "scarf", "jumper", "knitted", "wool", "velvet", "apron", "raincoat", "lab")
COLD = ("summer", "straw", "linen")


def worn(persona: str, text: str, seed: int, **more: str) -> tuple[str, str]:
    """Return what is worn in a picture of a wish, and its prompt."""
    loaded = load_from_library(persona)
    style = PictureStyle(model=XL, age=loaded.age or 30, names=(loaded.name,))
    made = compose(loaded.look, PictureWish(text=text, seed=seed, category=guess_category(text), **more), style)
    return made.outfit, made.request.prompt


@pytest.mark.parametrize("persona", list_personas())
@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("paint me a picture of you at the beach", WARM),
        ("am Strand bei Sonnenuntergang", WARM),
        ("en la playa", WARM),
        ("à la plage", WARM),
        ("in spiaggia, al mare", WARM),
        ("na praia", WARM),
        ("building a snowman", COLD),
        ("im Schnee", COLD),
        ("sous la neige", COLD),
        ("at the opera", ("apron", "tracksuit", "clay", "climbing", "running", "lab", "gardener")),
        ("at the gym", ("dress", "suit", "apron", "velvet", "lab")),
        ("in the rain with an umbrella", ("summer", "velvet", "straw", "apron")),
    ],
)
def test_clothes_do_not_contradict_the_wish(persona: str, text: str, never: tuple[str, ...]) -> None:
    for seed in range(12):
        outfit, prompt = worn(persona, text, seed)
        assert outfit
        assert f"wearing {outfit}" in prompt
        assert not [word for word in never if word in outfit.split()], outfit


@pytest.mark.parametrize(
    "text",
    ["in a red coat by the river", "wearing dungarees", "im gelben Kleid", "con un vestido verde", "en robe jaune",
     "con un cappotto blu", "com um casaco azul", "in a spacesuit"],
)  # fmt: skip
def test_a_wish_that_names_clothes_is_given_no_others(text: str) -> None:
    outfit, prompt = worn("luna", text, 3)
    assert outfit == ""
    assert f"wearing {AS_WISHED}" in prompt


def test_a_wish_may_mean_a_piece_of_the_wardrobe() -> None:
    assert worn("luna", "in your sailor shirt", 1)[0] == "striped sailor shirt and wide linen trousers"
    assert worn("luna", "in your navy dress on the stairs", 1)[0] == "long navy summer dress"
    assert worn("luna", "in your red dress on the stairs", 1)[0] == ""


def test_the_same_seed_dresses_alike_and_others_differ() -> None:
    dressed = {seed: worn("luna", "laughing", seed)[0] for seed in range(20)}
    assert dressed == {seed: worn("luna", "laughing", seed)[0] for seed in range(20)}
    assert len(set(dressed.values())) >= 4


def test_what_a_scene_of_the_persona_is_like_is_minded_where_the_wish_says_nothing() -> None:
    for seed in range(12):
        outfit, _ = worn("luna", "", seed, scene="an empty Atlantic beach at dusk")
        assert not [word for word in WARM if word in outfit.split()], outfit


@pytest.mark.parametrize("persona", list_personas())
def test_no_persona_of_the_house_names_a_place_in_its_wardrobe(persona: str) -> None:
    assert list(advise(load_from_library(persona).look)) == []
