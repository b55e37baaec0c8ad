"""Sets of wishes: varied as far as the look goes, alike for the same seed, and each to be painted."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace

from core.errors import BadInput
from personas.loader import list_personas, load_from_library
from studio.batches import vary_wishes
from studio.categories import load_categories
from studio.prompts import PictureStyle, compose

STYLE = PictureStyle(model="stabilityai/stable-diffusion-xl-base-1.0", age=27)


@pytest.mark.parametrize("name", list_personas())
def test_a_set_varies_and_is_repeatable(name: str) -> None:
    persona = load_from_library(name)
    assert isinstance(persona.age, int)
    style = replace(STYLE, age=persona.age)
    wishes = vary_wishes(persona.look, style, 24, 7)
    assert wishes == vary_wishes(persona.look, style, 24, 7)
    assert wishes != vary_wishes(persona.look, style, 24, 8)
    assert {one.category for one in wishes} == set(load_categories())
    assert len({one.scene for one in wishes}) >= len(persona.look.scenes)
    assert len({compose(persona.look, one, style).request.prompt for one in wishes}) == 24
    for before, after in pairwise(wishes):
        assert (before.scene, before.outfit) != (after.scene, after.outfit)


def test_a_set_of_some_categories() -> None:
    look = load_from_library("luna").look
    wishes = vary_wishes(look, STYLE, 5, 1, categories=("selfie", "Full body"))
    assert [one.category for one in wishes] == ["selfie", "full-body", "selfie", "full-body", "selfie"]
    with pytest.raises(BadInput, match="no category"):
        vary_wishes(look, STYLE, 1, 1, categories=("opera",))
    with pytest.raises(BadInput, match="1 to 100"):
        vary_wishes(look, STYLE, 0, 1)
    with pytest.raises(BadInput, match="never explicit"):
        vary_wishes(look, STYLE, 1, 1, text="nude")
