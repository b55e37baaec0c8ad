"""Each family is read from its folder, paints like diffusers itself, and a picture depends on its request alone."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from core.errors import BadInput
from core.pictures import PictureRequest
from studio.painters import families
from studio.painters.tiny import FAMILIES, Family
from tests.studio.painters.conftest import Models, Open
from tests.studio.painters.orders import Watch, apart, order, pixels

TURBO = {"_class_name": "EulerAncestralDiscreteScheduler", "timestep_spacing": "trailing"}
BOUND = 1
"""Levels of 0..255 by which a picture of a batch may differ from the same picture alone, in full precision."""


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_batch_gives_what_single_calls_give(family: Family, models: Models, open_local: Open) -> None:
    painter = open_local(models[family])
    orders = [order(models[family], seed, f"number {seed}", negative="dull", steps=3) for seed in (1, 2, 3)]
    together = await painter.paint(orders, Watch())
    assert [painted.seed for painted in together] == [1, 2, 3]
    for one, painted in zip(orders, together, strict=True):
        [alone] = await painter.paint([one], Watch())
        assert apart(alone, painted) <= BOUND
    assert apart(together[0], together[1]) > 40  # else the bound says nothing


@pytest.mark.parametrize("family", FAMILIES)
async def test_words_and_seeds_count(family: Family, models: Models, open_local: Open) -> None:
    painter = open_local(models[family])
    first, same, other, seed = await painter.paint(
        [order(models[family], 1), order(models[family], 1), order(models[family], 1, "two dogs"), order(models[family], 2)],
        Watch(),
    )
    assert apart(first, same) <= BOUND
    assert apart(first, other) > BOUND
    assert apart(first, seed) > 40


@pytest.mark.parametrize("family", FAMILIES)
async def test_it_paints_what_diffusers_paints(family: Family, models: Models, open_local: Open) -> None:
    import torch
    from diffusers import DiffusionPipeline

    pipe: Any = DiffusionPipeline.from_pretrained(models[family], local_files_only=True)
    words = {"prompt": "a cat"} | ({} if family == "flux" else {"negative_prompt": "dull"})
    raw = pipe(
        **words, width=64, height=64, num_inference_steps=3, guidance_scale=4.0, generator=torch.Generator().manual_seed(7)
    )
    painter = open_local(models[family])
    [painted] = await painter.paint([order(models[family], 7, negative="dull", steps=3, guidance=4.0)], Watch())
    import numpy as np

    assert abs(pixels(painted) - np.asarray(raw.images[0]).astype(int)).max() <= BOUND


async def test_without_steps_a_model_takes_its_own(models: Models, open_local: Open) -> None:
    watch = Watch()
    await open_local(models["sdxl-turbo"]).paint([order(models["sdxl-turbo"], steps=None)], watch)
    assert watch.steps[-1] == (4, 4)


@pytest.mark.parametrize(
    ("kind", "name", "scheduler", "network", "usual"),
    [
        ("StableDiffusionPipeline", "owner/dreams", {"_class_name": "PNDMScheduler"}, {}, (30, 7.5)),
        ("StableDiffusionXLPipeline", "owner/xl", {"_class_name": "EulerDiscreteScheduler"}, {}, (30, 5.0)),
        ("StableDiffusionXLPipeline", "owner/xl-Lightning", {"_class_name": "EulerDiscreteScheduler"}, {}, (4, 0.0)),
        ("StableDiffusionXLPipeline", "turbo/xl", {"_class_name": "EulerDiscreteScheduler"}, {}, (30, 5.0)),
        ("StableDiffusionXLPipeline", "x", TURBO, {}, (4, 0.0)),
        ("StableDiffusionXLPipeline", "x", {"_class_name": "LCMScheduler"}, {}, (6, 1.0)),
        ("StableDiffusion3Pipeline", "x", {"_class_name": "FlowMatchEulerDiscreteScheduler"}, {}, (28, 5.0)),
        ("FluxPipeline", "x", {}, {"guidance_embeds": True}, (28, 3.5)),
        ("FluxPipeline", "x", {}, {"guidance_embeds": False}, (4, 0.0)),
        ("QwenImagePipeline", "x", {}, {}, (None, None)),
    ],
)  # fmt: skip
def test_what_a_model_is_made_for(
    kind: str, name: str, scheduler: dict[str, str], network: dict[str, bool], usual: tuple[int | None, float | None]
) -> None:
    assert families.usual(families.family_of(kind), name, scheduler, network) == usual


@pytest.mark.parametrize(("family", "size"), [("sd15", (72, 104)), ("sd3", (72, 104)), ("flux", (72, 104))])
async def test_sizes_are_those_asked_for(family: Family, size: tuple[int, int], models: Models, open_local: Open) -> None:
    width, height = size
    [painted] = await open_local(models[family]).paint([order(models[family], width=width, height=height)], Watch())
    assert (painted.width, painted.height) == size
    assert pixels(painted).shape == (height, width, 3)


@pytest.mark.parametrize("name", ["ddim", "euler_a", "heun", "dpm++_2m_karras", "dpm++_2m_sde", "unipc", "lcm"])
async def test_schedulers_by_name_paint_a_batch_like_single_pictures(name: str, models: Models, open_local: Open) -> None:
    painter = open_local(models["sdxl"])
    orders = [order(models["sdxl"], seed, scheduler=name, steps=4) for seed in (1, 2)]
    together = await painter.paint(orders, Watch())
    [alone] = await painter.paint(orders[1:], Watch())
    assert apart(alone, together[1]) <= BOUND
    [own] = await painter.paint([order(models["sdxl"], 2, steps=4, scheduler="ddpm")], Watch())
    assert apart(own, alone) > BOUND


@pytest.mark.parametrize("name", ["euler", "heun", "dpm++_2m", "unipc"])
async def test_flow_matching_has_its_own_schedulers(name: str, models: Models, open_local: Open) -> None:
    painter = open_local(models["sd3"])
    [painted] = await painter.paint([order(models["sd3"], 1, scheduler=name, steps=3)], Watch())
    assert pixels(painted).std() > 20
    with pytest.raises(BadInput, match="there are: euler, heun"):
        await painter.paint([order(models["sd3"], 1, scheduler="euler_a")], Watch())


async def test_requests_that_differ_in_what_is_said_once_have_other_keys(models: Models, open_local: Open) -> None:
    painter = open_local(models["sd15"])
    base = PictureRequest(prompt="a", model="m", face_key="f")
    alike = PictureRequest(prompt="b", negative="c", seed=4, model="m", face_key="g")
    assert painter.batch_key(base) == painter.batch_key(alike)
    others: list[dict[str, Any]] = [
        {"width": 512}, {"steps": 3}, {"guidance": 2.0}, {"scheduler": "ddim"}, {"face_key": None}, {"face_weight": 0.1},
        {"base_key": "b"}, {"base_key": "b", "mask_key": "m"}, {"pose_key": "p"}, {"model": "n"},
    ]  # fmt: skip
    keys = {painter.batch_key(PictureRequest(**({"prompt": "a", "model": "m", "face_key": "f"} | other))) for other in others}
    assert len(keys | {painter.batch_key(base)}) == len(others) + 1
    with pytest.raises(BadInput, match="one batch key"):
        await painter.paint([order(models["sd15"], steps=2), order(models["sd15"], steps=3)], Watch())


async def test_another_pipeline_by_its_repository_class(models: Models, open_local: Open, tmp_path: Any) -> None:
    """A class that nobody here has written down: what it takes is asked of itself."""
    import torch
    from diffusers import DiffusionPipeline, LCMScheduler, UNet2DConditionModel
    from diffusers.pipelines.latent_consistency_models import LatentConsistencyModelPipeline

    from studio.painters.tiny import UNET, UNET_BLOCKS

    with warnings.catch_warnings():
        torch.manual_seed(0)
        parts = DiffusionPipeline.from_pretrained(models["sd15"], local_files_only=True).components
    unet = UNet2DConditionModel(attention_head_dim=2, time_cond_proj_dim=8, **UNET, **UNET_BLOCKS)
    parts |= {"unet": unet, "scheduler": LCMScheduler.from_config(parts["scheduler"].config)}
    LatentConsistencyModelPipeline(**parts, requires_safety_checker=False).save_pretrained(tmp_path / "lcm")
    painter = open_local(tmp_path / "lcm")
    orders = [order(tmp_path / "lcm", seed) for seed in (1, 2)]
    together = await painter.paint(orders, Watch())
    [alone] = await painter.paint(orders[1:], Watch())
    assert apart(together[1], alone) <= BOUND
    assert apart(together[0], together[1]) > 10
