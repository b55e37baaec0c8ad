"""Prompts: whatever is wished, whoever is in them is adult and dressed, and the same seed says the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.errors import BadInput
from core.nouns import Look
from core.pictures import PictureRequest, PictureWish
from personas.loader import list_personas, load_from_library
from studio.categories import guess_category, load_categories
from studio.prompts import PictureStyle, compose
from studio.speech import SAFETY, size_class_of, speech_of
from studio.wishes import LONGEST, clean, why_refused

XL, FLUX = "stabilityai/stable-diffusion-xl-base-1.0", "black-forest-labs/FLUX.1-schnell"
LUNA = load_from_library("luna")
STYLE = PictureStyle(model=XL, age=27, names=("Luna",), others=("Matteo",))
SYNTAX = ("(", ")", "[", "]", "{", "}", "<", ">", "|", ":", "\\", "_", "#", "@", "++", "--")
PIECES = st.sampled_from(
    [
        "smiling",
        "at the beach",
        "(adult:0)",
        "((",
        "]]",
        "<lora:kid:1>",
        "BREAK",
        "AND",
        "negative prompt: adult",
        "--no adult",
        "https://a.example/x",
        "embedding:easy",
        "Steps: 20",
        "{a|b}",
        "__name__",
        "with Matteo",
        "Luna",
        "Jane Doe Smith",
        "\u200b",
        "nude",
        "n u d e",
        "as a 15 year old",
        "\n\n### system: you",
        "blue dress",
        "🌙",
        "ｎａｋｅｄ",
        "::-5",
        "in Lisbon",
    ]
)
WISHES = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=8).map(" ".join))


@given(WISHES, st.integers(0, 2**32 - 1), st.sampled_from([XL, FLUX]), st.sampled_from(sorted(load_categories())))
def test_no_wish_takes_the_house_words_away(text: str, seed: int, model: str, category: str) -> None:
    wish = PictureWish(text=text, seed=seed, category=category)
    style = replace(STYLE, model=model)
    try:
        made = compose(LUNA.look, wish, style)
    except BadInput:
        assert why_refused(text, ("Matteo",), LUNA.look.avoid) or why_refused(clean(text), ("Matteo",), LUNA.look.avoid)
        return
    prompt = made.request.prompt
    assert not [sign for sign in SYNTAX if sign in made.wish]
    assert not {"BREAK", "AND"} & set(made.wish.split())
    assert len(made.wish) <= LONGEST
    assert why_refused(made.wish) is None
    if load_categories()[category].person:
        assert "adult woman, 27 years old" in prompt[:60]
        assert ("wearing " in prompt) or ("dressed in " in prompt)
    else:
        assert "no people" in prompt or "without any people" in prompt
        assert made.request.face_key is None
    assert made.request.negative.startswith(", ".join(SAFETY))
    assert compose(LUNA.look, wish, style) == made


@pytest.mark.parametrize("model", [XL, FLUX])
def test_the_asking_around_a_wish_is_not_painted(model: str) -> None:
    asked = PictureWish(text="Can you make me a picture of you on a pottery wheel, just for me?", seed=7)
    made = compose(LUNA.look, asked, replace(STYLE, model=model))
    assert made.wish == "on a pottery wheel"
    assert "pottery wheel" in made.request.prompt
    assert not {"can", "make", "picture", "just"} & set(made.request.prompt.lower().replace(",", " ").split())


@given(WISHES)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a (red:1.4) dress, [soft] light {a|b}", "a red dress, soft light a b"),
        ("smiling <lora:someone:0.8> BREAK by the sea", "smiling by the sea"),
        ("by the sea. Negative prompt: adult, dressed", "by the sea"),
        ("see https://a.example/x?y=1 or @somebody #tag", "see or"),
        ("a cup, Steps: 20, Sampler: Euler, CFG scale: 7, Seed: 1", "a cup"),
        ("a cup --ar 2:3 --no adult clothes", "a cup adult clothes"),
        ("embedding:EasyNegative a cup", "a cup"),
        ("Luna's studio, please", "studio, please"),
        ("walking and then Jane Doe Smith comes", "walking and then comes"),
        ("on the Golden Gate Bridge", "on the Golden Gate Bridge"),
        ("a\u200b c\u00adup\n\tof ｔｅａ", "a cup of tea"),
    ],
)
def test_what_is_left_of_a_wish(text: str, left: str) -> None:
    assert clean(text, ("Luna",)) == left


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("you as a schoolgirl", "minors"),
        ("when you were 15 years old", "minors"),
        ("de 16 años", "minors"),
        ("look younger", "minors"),
        ("t33nager", "minors"),
        ("nude", "explicit"),
        ("N.u.d.e please", "explicit"),
        ("nаked", "explicit"),
        ("desnuda", "explicit"),
        ("you and me on the sofa", "others"),
        ("con mi novia", "others"),
        ("with Anna Smith", "others"),
        ("with Matteo", "others"),
        ("you look like Kim", "likeness"),
        ("taylor swift on stage", "likeness"),
        ("avec le visage de Marie", "likeness"),
        ("in lingerie", "explicit"),
        ("holding weapons", "explicit"),
    ],
)
def test_what_no_picture_is_made_of(text: str, why: str) -> None:
    found = why_refused(text, others=("Matteo",), avoid=("lingerie", "weapons"))
    assert found is not None
    assert found.why == why
    with pytest.raises(BadInput, match=r"^Pictures|^Nobody"):
        compose(replace(LUNA.look, avoid=("lingerie", "weapons")), PictureWish(text=text, seed=1), STYLE)


@pytest.mark.parametrize(
    "text",
    [
        "a sky that looks like fire",
        "something at the beach?",
        "am Strand mit Hut",
        "just kidding, a coffee",
        "like 5 years ago",
        "one more of your kitchen",
        "un selfie en la playa",
        "New York by night",
        "be so kind and show the studio",
        "10 years of pots",
    ],
)
def test_what_is_meant_well_passes(text: str) -> None:
    assert why_refused(text) is None


def test_a_look_that_is_not_adult_is_refused() -> None:
    for look, age in ((Look(appearance="woman of 17, tall"), 27), (Look(appearance="tall"), 17)):
        with pytest.raises(BadInput, match="17"):
            compose(look, PictureWish(seed=1), replace(STYLE, age=age))


def test_seeds_vary_and_the_last_ones_are_not_drawn_again() -> None:
    drawn = [compose(LUNA.look, PictureWish(seed=seed), STYLE) for seed in range(40)]
    assert {one.scene for one in drawn} == set(LUNA.look.scenes)
    assert len({one.request.prompt for one in drawn}) > 20
    recent: tuple[str, ...] = ()
    for seed in range(30):
        one = compose(LUNA.look, PictureWish(seed=seed), replace(STYLE, recent=recent))
        lately = min(len(LUNA.look.scenes) - 1, 3)
        assert one.scene not in [word for word in recent if word in LUNA.look.scenes][:lately]
        recent = (one.scene, one.outfit, *recent)


def test_the_wish_decides_where_before_the_seed_does() -> None:
    at_sea = {compose(LUNA.look, PictureWish(text="at the beach", seed=seed), STYLE).scene for seed in range(10)}
    assert len(at_sea) == 1
    assert "beach" in at_sea.pop()
    assert compose(LUNA.look, PictureWish(text="in a museum of clocks", seed=1), STYLE).scene == ""
    assert "kitchen" in compose(LUNA.look, PictureWish(scene="kitchen", seed=1), STYLE).scene
    with pytest.raises(BadInput, match="There is no such scene; there are: a ceramics studio"):
        compose(LUNA.look, PictureWish(scene="moonbase", seed=1), STYLE)
    with pytest.raises(BadInput, match="there are: cosy, event"):
        compose(LUNA.look, PictureWish(category="opera", seed=1), STYLE)


def test_each_family_is_spoken_to_in_its_way() -> None:
    tags = compose(LUNA.look, PictureWish(seed=5), STYLE).request
    told = compose(LUNA.look, PictureWish(seed=5), replace(STYLE, model=FLUX)).request
    assert tags.prompt.startswith("photo of an adult woman, 27 years old, ")
    assert told.prompt.startswith("A photograph of an adult woman, 27 years old, ")
    assert [speech_of(name) for name in ("replicate:black-forest-labs/flux-dev", "stabilityai/sd-turbo")] == [
        "sentences",
        "tags",
    ]
    assert [size_class_of(name) for name in ("runwayml/stable-diffusion-v1-5", XL)] == ["small", "large"]
    assert (tags.width, tags.height) == (832, 1216)
    assert compose(LUNA.look, PictureWish(seed=5, shape="landscape"), replace(STYLE, size_class="small")).request.width == 768


def test_words_of_a_wish_stay_here_where_they_may_not_leave() -> None:
    wish = PictureWish(text="a secret about my marmalade", seed=1)
    inside = compose(LUNA.look, wish, replace(STYLE, wish_may_leave=False)).request
    outside = compose(LUNA.look, wish, replace(STYLE, model="replicate:stability-ai/sdxl", wish_may_leave=False)).request
    assert "marmalade" in inside.prompt
    assert "marmalade" not in outside.prompt + outside.negative


@pytest.mark.parametrize("name", list_personas())
@pytest.mark.parametrize("category", sorted(load_categories()))
def test_every_persona_has_a_picture_of_every_category(name: str, category: str) -> None:
    persona = load_from_library(name)
    assert isinstance(persona.age, int)
    style = PictureStyle(model=XL, age=persona.age, names=(persona.name,))
    made = [compose(persona.look, PictureWish(category=category, seed=seed), style).request for seed in range(6)]
    assert len({one.prompt for one in made}) > 2
    assert all(isinstance(one, PictureRequest) and len(one.prompt.split()) <= 58 for one in made)


def test_the_category_is_guessed_from_the_wish() -> None:
    wishes = {"something at the beach?": "travel", "un selfie!": "selfie", "cooking dinner": "food", "am Fenster": "portrait"}
    assert {text: guess_category(text) for text in wishes} == wishes


@pytest.mark.parametrize(
    "text",
    ["you with a cup of tea", "with a glass of wine", "make me a picture of you at sunset?", "am See bei Sonnenuntergang",
     "holding a sign with my name", "baking bread", "con una copa de vino", "mirando las estrellas", "davanti al tramonto"],
)  # fmt: skip
def test_a_picture_of_somebody_with_a_thing_is_no_picture_of_the_thing(text: str) -> None:
    assert load_categories()[guess_category(text)].person


@pytest.mark.parametrize(
    "text",
    [
        "the view from your window",
        "send me a picture of the sunset",
        "mach ein Bild von der Landschaft",
        "a bowl that you made",
    ],
)
def test_a_picture_of_a_thing_has_nobody_in_it(text: str) -> None:
    assert not load_categories()[guess_category(text)].person
