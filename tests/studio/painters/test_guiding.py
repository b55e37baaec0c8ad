"""LoRAs, faces, poses, pictures to start from and masks: each counts, goes without a trace, and keeps to its own picture."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from core.errors import BadInput, Misconfigured
from core.pictures import Guides, Lora, PaintOrder
from studio.painters.tiny import Family
from studio.painters.tiny_guides import ADAPTER_FILE, build_face_adapter, build_lora, build_pose_net
from tests.studio.painters.conftest import Models, Open
from tests.studio.painters.orders import Watch, apart, coloured, order, pixels

RED, BLUE = coloured("red", (50, 70)), coloured("blue", (50, 70))


@pytest.mark.parametrize("family", ["sd15", "sdxl", "sd3", "flux"])
async def test_a_lora_counts_by_its_weight_and_goes_without_a_trace(
    family: Family, models: Models, open_local: Open, tmp_path: Path
) -> None:
    file = build_lora(models[family], tmp_path / "style.safetensors")
    painter = open_local(models[family])
    [plain] = await painter.paint([order(models[family], 1)], Watch())
    [styled] = await painter.paint([order(models[family], 1, loras=(Lora(str(file)),))], Watch())
    [weak] = await painter.paint([order(models[family], 1, loras=(Lora(str(file), 0.01),))], Watch())
    [again] = await painter.paint([order(models[family], 1)], Watch())
    assert apart(plain, styled) > 10
    assert apart(plain, weak) < apart(plain, styled)
    assert apart(plain, again) == 0


async def test_two_loras_go_together_and_one_of_another_model_is_refused(
    models: Models, open_local: Open, tmp_path: Path
) -> None:
    model = models["sd15"]
    first, second = (build_lora(model, tmp_path / f"{n}.safetensors", n) for n in (1, 2))
    foreign = build_lora(models["sdxl"], tmp_path / "foreign.safetensors")
    painter = open_local(model)
    [one] = await painter.paint([order(model, 1, loras=(Lora(str(first)),))], Watch())
    [both] = await painter.paint([order(model, 1, loras=(Lora(str(first)), Lora(str(second))))], Watch())
    assert apart(one, both) > 10
    with pytest.raises(BadInput, match=r"foreign.safetensors does not fit"):
        await painter.paint([order(model, 1, loras=(Lora(str(foreign)),))], Watch())
    [again] = await painter.paint([order(model, 1, loras=(Lora(str(first)),))], Watch())
    assert apart(one, again) == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("style.bin", "only safetensors"),
        ("nowhere/at/all.safetensors", "hf download nowhere/at"),
        ("/no/such", "no file or folder"),
    ],
)
async def test_a_lora_that_cannot_be_had(source: str, said: str, models: Models, open_local: Open, tmp_path: Path) -> None:
    (tmp_path / "style.bin").write_bytes(b"x")
    place = str(tmp_path / source) if source == "style.bin" else source
    with pytest.raises(Misconfigured, match=said):
        await open_local(models["sd15"]).paint([order(models["sd15"], loras=(Lora(place),))], Watch())


def faced(model: Path, seed: int, face: bytes, **more: Any) -> PaintOrder:
    return order(model, seed, guides=Guides(face=face), face_key="face", **more)


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
async def test_each_picture_of_a_batch_keeps_to_its_own_face(
    family: Family, models: Models, open_local: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    model, folder = models[family], build_face_adapter(models[family], tmp_path_factory.mktemp(family))
    painter = open_local(model, face_adapter=str(folder / ADAPTER_FILE))
    [plain] = await painter.paint([order(model, 1)], Watch())
    orders = [faced(model, 1, RED), faced(model, 1, BLUE)]
    red, blue = await painter.paint(orders, Watch())
    assert apart(plain, red) > 10
    assert apart(red, blue) > 10
    for one, painted in zip(orders, (red, blue), strict=True):
        [alone] = await painter.paint([one], Watch())
        assert apart(alone, painted) <= 1
    [unguided] = await painter.paint([faced(model, 1, RED, guidance=1.0)], Watch())
    assert apart(unguided, red) > 1
    [again] = await painter.paint([order(model, 1)], Watch())
    assert apart(plain, again) == 0


async def test_a_face_needs_an_adapter_and_a_family_that_takes_it(models: Models, open_local: Open) -> None:
    with pytest.raises(Misconfigured, match="MUSE_IMAGE_FACE_ADAPTER"):
        await open_local(models["sd15"]).paint([faced(models["sd15"], 1, RED)], Watch())
    with pytest.raises(BadInput, match="keeps to no face"):
        await open_local(models["flux"]).paint([faced(models["flux"], 1, RED)], Watch())


@pytest.mark.parametrize("family", ["sd15", "sdxl"])
async def test_a_pose_counts_alone_and_with_a_picture_to_start_from(
    family: Family, models: Models, open_local: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    model, folder = models[family], build_pose_net(models[family], tmp_path_factory.mktemp("pose") / family)
    painter = open_local(model, pose_model=str(folder))
    [plain] = await painter.paint([order(model, 1)], Watch())
    orders = [order(model, 1, guides=Guides(pose=pose), pose_key="p") for pose in (coloured("white"), coloured("black"))]
    white, black = await painter.paint(orders, Watch())
    assert apart(plain, white) > 1
    assert apart(white, black) > 1
    [alone] = await painter.paint(orders[1:], Watch())
    assert apart(alone, black) <= 1
    both = Guides(pose=coloured("white"), base=RED, mask=coloured("white", mode="L"))
    for keys in ({"base_key": "b"}, {"base_key": "b", "mask_key": "m"}):
        [posed] = await painter.paint([order(model, 1, guides=both, pose_key="p", **keys)], Watch())
        [free] = await painter.paint([order(model, 1, guides=both, **keys)], Watch())
        assert apart(posed, free) > 1


@pytest.mark.parametrize("family", ["sd15", "sdxl", "sd3", "flux"])
async def test_a_picture_to_start_from_counts_by_its_strength(family: Family, models: Models, open_local: Open) -> None:
    model, painter = models[family], open_local(models[family])
    start = {"base_key": "b", "steps": 4}
    orders = [order(model, 1, guides=Guides(base=base), strength=0.3, **start) for base in (RED, BLUE)]
    red, blue = await painter.paint(orders, Watch())
    [alone] = await painter.paint(orders[1:], Watch())
    assert apart(red, blue) > 10
    assert apart(alone, blue) <= 1
    watch = Watch()
    [little] = await painter.paint([order(model, 1, guides=Guides(base=RED), strength=0.1, base_key="b", steps=1)], watch)
    assert watch.steps, "one step at so little strength would be none"
    assert little.width == 64
    with pytest.raises(BadInput, match="strength must be above 0"):
        await painter.paint([order(model, 1, guides=Guides(base=RED), strength=0.0, base_key="b")], Watch())


@pytest.mark.parametrize("family", ["sd15", "sdxl", "sd3", "flux"])
async def test_only_what_is_masked_is_painted_anew(family: Family, models: Models, open_local: Open) -> None:
    from PIL import Image

    model, painter = models[family], open_local(models[family])
    half = Image.new("L", (64, 64), 0)
    half.paste(255, (32, 0, 64, 64))
    import io

    out = io.BytesIO()
    half.save(out, "PNG")
    guides = Guides(base=RED, mask=out.getvalue())
    one, other = await painter.paint(
        [order(model, seed, guides=guides, base_key="b", mask_key="m", strength=0.9, steps=4) for seed in (1, 2)], Watch()
    )
    changed = abs(pixels(one) - pixels(other)).mean(axis=(0, 2))  # by column
    assert changed[40:].mean() > 4 * changed[:24].mean()


@pytest.mark.parametrize(
    ("guides", "keys", "said"),
    [
        (Guides(), {"base_key": "b"}, "picture to start from is missing"),
        (Guides(base=b"no picture"), {"base_key": "b"}, "cannot be read as a picture"),
        (Guides(mask=RED), {"mask_key": "m"}, "mask needs the picture"),
    ],
)
async def test_guides_that_are_no_use(
    guides: Guides, keys: dict[str, str], said: str, models: Models, open_local: Open
) -> None:
    with pytest.raises(BadInput, match=said):
        await open_local(models["sd15"]).paint([order(models["sd15"], guides=guides, **keys)], Watch())


async def test_a_pose_net_that_is_none(models: Models, open_local: Open, tmp_path: Path) -> None:
    model = models["sd15"]
    posed = order(model, guides=Guides(pose=RED), pose_key="p")
    with pytest.raises(Misconfigured, match="MUSE_IMAGE_POSE_MODEL"):
        await open_local(model).paint([posed], Watch())
    shutil.copytree(model / "unet", tmp_path / "unet")
    with pytest.raises(Misconfigured, match="not a ControlNet"):
        await open_local(model, pose_model=str(tmp_path / "unet")).paint([posed], Watch())
