"""What a picture would fail by is found before it is ordered, without weights: scheduler, LoRAs, face and pose."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from safetensors.torch import load_file, save_file

from core.errors import Misconfigured
from core.picture_settings import Scheduler, read_house_loras
from core.pictures import Lora, PictureRequest
from core.settings import Settings, load
from studio.painters.config import PainterConfig
from studio.painters.readiness import Readiness
from studio.painters.schedulers import FLOWING, STEPPED
from studio.painters.tiny_guides import ADAPTER_FILE, build_face_adapter, build_lora, build_pose_net
from tests.studio.painters.conftest import Models


def asked(model: Path | str, **more: Any) -> PictureRequest:
    return PictureRequest(prompt="a cat", model=str(model), **more)


def check(model: Path | str, config: dict[str, Any], **more: Any) -> None:
    Readiness(PainterConfig(model=str(model), device="cpu", **config)).check(asked(model, **more))


def as_others_write(lora: Path, file: Path) -> Path:
    """Write a LoRA with the names that the trainers most used give to its layers; return the file."""
    weights: dict[str, Any] = {}
    for name, weight in load_file(lora).items():
        layer, _, kind = name.removeprefix("unet.").partition(".lora")
        weights[f"lora_unet_{layer.replace('.', '_')}.lora_{'down' if 'A' in kind or 'down' in kind else 'up'}.weight"] = weight
    save_file(weights, file)
    return file


def test_the_settings_name_every_scheduler_that_painters_know() -> None:
    assert set(get_args(Scheduler)) == {"", *STEPPED, *FLOWING}
    with pytest.raises(Misconfigured, match=r"MUSE_IMAGE_SCHEDULER: 'eular' is not allowed: .* There are: ddim, .*, tcd\."):
        load({"MUSE_IMAGE_SCHEDULER": "eular"})


def test_house_loras_are_read_with_their_weights() -> None:
    read = read_house_loras(" somebody/film , /models/light.safetensors:0.5,, somebody/film:0.3 ")
    assert read == (Lora("somebody/film", 0.3), Lora("/models/light.safetensors", 0.5))
    for wrong, says in (
        ("film", "neither a repository"),
        ("../film/x", "neither a repository"),
        ("a/b:strong", "from 0 to 2"),
        ("a/b:nan", "from 0 to 2"),
        (",".join(f"a/b{n}" for n in range(9)), "at most 8"),
    ):
        with pytest.raises(Misconfigured, match=f"MUSE_IMAGE_LORAS: .*{says}"):
            load({"MUSE_IMAGE_LORAS": wrong})


def test_what_is_there_passes(models: Models, tmp_path: Path) -> None:
    model = models["sd15"]
    adapter = build_face_adapter(model, tmp_path / "adapter") / ADAPTER_FILE
    lora, pose = build_lora(model, tmp_path / "style.safetensors"), build_pose_net(model, tmp_path / "pose")
    config = {"face_adapter": str(adapter), "pose_model": str(pose)}
    check(model, config, face_key="f", pose_key="p", scheduler="euler_a", loras=(Lora(str(lora)),))
    check(models["flux"], {}, scheduler="euler")


def test_what_is_not_there_says_what_to_do(models: Models, tmp_path: Path) -> None:
    model, flux = models["sd15"], models["flux"]
    unet = model / "unet" / "diffusion_pytorch_model.safetensors"
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"no header at all")
    foreign = build_lora(models["sdxl"], tmp_path / "foreign.safetensors")
    kohya = as_others_write(build_lora(model, tmp_path / "own.safetensors"), tmp_path / "kohya.safetensors")
    check(model, {}, loras=(Lora(str(kohya)),))
    bare = tmp_path / "bare.safetensors"
    bare.write_bytes(unet.read_bytes())
    cases: tuple[tuple[Path, dict[str, Any], dict[str, Any], str], ...] = (
        (model, {}, {"face_key": "f"}, "MUSE_IMAGE_FACE_ADAPTER, or revoke the face"),
        (model, {"face_adapter": "nobody/adapter/face.safetensors"}, {"face_key": "f"}, "hf download nobody/adapter"),
        (model, {"face_adapter": str(bare)}, {"face_key": "f"}, "MUSE_IMAGE_FACE_ENCODER"),
        (flux, {"face_adapter": str(bare)}, {"face_key": "f"}, "keeps to no face; record a LoRA"),
        (model, {}, {"pose_key": "p"}, "MUSE_IMAGE_POSE_MODEL"),
        (model, {"pose_model": "nobody/pose"}, {"pose_key": "p"}, "hf download nobody/pose"),
        (model, {"pose_model": str(model / "unet")}, {"pose_key": "p"}, "is a UNet2DConditionModel, not a ControlNet"),
        (model, {}, {"loras": (Lora("nobody/lora"),)}, "The LoRA nobody/lora cannot be used: .* hf download nobody/lora"),
        (model, {}, {"loras": (Lora(str(damaged)),)}, "damaged.safetensors is damaged"),
        (model, {}, {"loras": (Lora(str(bare)),)}, "bare.safetensors holds no LoRA"),
        (model, {}, {"loras": (Lora(str(foreign)),)}, "foreign.safetensors was made for another model"),
        (models["sdxl"], {}, {"loras": (Lora(str(kohya)),)}, "kohya.safetensors was made for another model"),
        (model, {}, {"loras": tuple(Lora(f"a/b{n}") for n in range(9))}, "At most 8"),
        (
            flux,
            {},
            {"scheduler": "ddim"},
            "MUSE_IMAGE_SCHEDULER: There is no scheduler 'ddim' for this model",
        ),
        (flux, {}, {"scheduler": "heun"}, "shifts its noise"),
    )
    for one, config, guided, says in cases:
        with pytest.raises(Misconfigured, match=says):
            check(one, config, **guided)


def test_what_another_machine_has_or_may_fetch_is_not_judged_here(models: Models) -> None:
    elsewhere = {"face_adapter": "nobody/adapter/face.safetensors", "pose_model": "nobody/pose"}
    guided: dict[str, Any] = {"face_key": "f", "pose_key": "p", "loras": (Lora("nobody/lora"),)}
    check("nobody/model", elsewhere, **guided, scheduler="ddim")
    check(models["sd15"], {**elsewhere, "hub": True}, **guided)
    check("replicate:nobody/model", {}, **guided)
    with pytest.raises(Misconfigured, match="one LoRA at most, by its repository"):
        check("replicate:nobody/model", {}, loras=(Lora("/models/own.safetensors"),))
    with pytest.raises(Misconfigured, match="MUSE_IMAGE_FACE_ADAPTER"):
        check("nobody/model", {}, face_key="f")
    assert PainterConfig.from_settings(Settings(image_pose_model="a/b")).pose_model == "a/b"
