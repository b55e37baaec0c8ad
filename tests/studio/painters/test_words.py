"""Prompts longer than a text encoder reads: nothing is cut without a word."""

from __future__ import annotations

from typing import Any

import pytest

from studio.painters.tiny import Family
from tests.studio.painters.conftest import Models, Open
from tests.studio.painters.orders import Watch, apart, order

LONG = "a house by the sea with a red roof " * 5  # a letter is a token here: two windows
FAR_TOO_LONG = "a house by the sea with a red roof " * 20


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
async def test_the_end_of_a_long_prompt_counts(family: Family, models: Models, open_local: Open) -> None:
    painter = open_local(models[family])
    one, other = await painter.paint(
        [order(models[family], 1, LONG + "at noon"), order(models[family], 1, LONG + "at dusk")], Watch()
    )
    assert one.notes == other.notes == ()
    assert apart(one, other) > 1


@pytest.mark.parametrize("family", ["sd15", "sdxl", "sd3"])
async def test_long_and_short_prompts_share_a_batch_and_stay_themselves(
    family: Family, models: Models, open_local: Open
) -> None:
    painter, watch = open_local(models[family]), Watch()
    orders = [
        order(models[family], 1, "a cat", negative="dull"),
        order(models[family], 2, LONG, negative="dull"),
        order(models[family], 3, "a dog", negative=LONG),
        order(models[family], 4, "a bird"),
    ]
    together = await painter.paint(orders, watch)
    done, steps = watch.steps[-1]
    assert done == steps
    assert [step for step, _ in watch.steps] == sorted(step for step, _ in watch.steps)
    for one, painted in zip(orders, together, strict=True):
        [alone] = await painter.paint([one], Watch())
        assert apart(alone, painted) <= 1


async def test_windows_of_a_short_prompt_are_the_pipelines_own(models: Models, open_local: Open) -> None:
    """What is read in windows stands where the pipeline itself would put it."""
    import torch
    from diffusers import DiffusionPipeline

    from studio.painters.words import _encode

    for family in ("sd15", "sdxl"):
        pipe: Any = DiffusionPipeline.from_pretrained(models[family], local_files_only=True)
        theirs = pipe.encode_prompt(
            "a cat", negative_prompt="dull", device="cpu", num_images_per_prompt=1, do_classifier_free_guidance=True
        )
        ours = _encode(pipe, ["a cat"], ["dull"], 1, True)
        for mine, other in zip(
            ours.values(), (theirs[0], theirs[2], theirs[1], theirs[3]) if family == "sdxl" else theirs, strict=True
        ):
            assert torch.allclose(mine, other, atol=1e-5)


@pytest.mark.parametrize("family", ["sd3", "flux"])
async def test_what_is_beyond_every_encoder_is_said(family: Family, models: Models, open_local: Open) -> None:
    painter = open_local(models[family])
    [painted] = await painter.paint([order(models[family], 1, FAR_TOO_LONG)], Watch())
    assert painted.notes[-1].startswith("The prompt has ")
    assert "reads 512" in painted.notes[-1]
    one, other = await painter.paint(
        [order(models[family], 1, LONG + LONG + "x"), order(models[family], 1, LONG + LONG + "y")], Watch()
    )
    assert one.notes == ()
    assert apart(one, other) > 0


async def test_a_family_without_negatives_says_so(models: Models, open_local: Open) -> None:
    [painted] = await open_local(models["flux"]).paint([order(models["flux"], negative="dull")], Watch())
    assert painted.notes == ("This model reads no negative prompt; it was left out.",)
