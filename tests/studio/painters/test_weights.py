"""What may be loaded, and what is said where it may not or is not here."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import Misconfigured
from core.settings import Settings
from studio.painters import PainterConfig, open_painter
from studio.painters.weights import find_model, weigh
from tests.architecture.tree import ROOT
from tests.studio.painters.conftest import Models, Open
from tests.studio.painters.orders import Watch, apart, order


def test_nothing_set_is_nobody_who_paints() -> None:
    config = PainterConfig.from_settings(Settings())
    assert open_painter(config) is None
    assert PainterConfig.from_settings(Settings(image_model="owner/name", image_memory=6.5)).memory_gb == 6.5


def test_opening_a_painter_loads_nothing_heavy() -> None:
    script = (
        "import sys; from studio.painters import *; p = open_painter(PainterConfig(model='owner/name')); "
        "assert p.name == 'diffusers:owner/name'; "
        "print([n for n in ('torch', 'diffusers', 'transformers', 'PIL') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_a_missing_model_is_a_sentence_that_says_what_to_type(open_local: Open) -> None:
    with pytest.raises(Misconfigured, match=r"type: hf download nobody/nothing, or set MUSE_IMAGE_HUB=true"):
        await open_local("nobody/nothing").paint([order("nobody/nothing")], Watch())
    with pytest.raises(Misconfigured, match="no folder /no/such/place"):
        await open_local("/no/such/place").load()


async def test_files_of_an_unfinished_download(models: Models, open_local: Open, tmp_path: Path) -> None:
    shutil.copytree(models["sd15"], tmp_path / "torn", ignore=shutil.ignore_patterns("unet"))
    with pytest.raises(Misconfigured, match="cannot be loaded"):
        await open_local(tmp_path / "torn").load()


async def test_weights_that_can_run_code_need_a_setting(models: Models, open_local: Open, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    folder = tmp_path / "old"
    shutil.copytree(models["sd15"], folder)
    for file in folder.rglob("*.safetensors"):
        name = "pytorch_model.bin" if file.parent.name == "text_encoder" else "diffusion_pytorch_model.bin"
        torch.save(load_file(file), file.with_name(name))
        file.unlink()
    with pytest.raises(Misconfigured, match="MUSE_IMAGE_PICKLES=true"):
        await open_local(folder).load()
    [new] = await open_local(models["sd15"]).paint([order(models["sd15"], 1)], Watch())
    [old] = await open_local(folder, pickles=True).paint([order(folder, 1)], Watch())
    assert apart(old, new) == 0


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ({"_class_name": ["pipeline.py", "Mine"]}, "code of its own"),
        ({"_class_name": "NoSuchPipeline"}, "cannot be loaded"),
        ({"_class_name": "DDPMPipeline"}, "cannot be loaded"),
    ],
)
async def test_what_is_no_model_for_pictures(index: dict[str, object], said: str, open_local: Open, tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({**index, "unet": ["diffusers", "UNet2DModel"]}))
    with pytest.raises(Misconfigured, match=said):
        await open_local(tmp_path).load()


def test_a_single_file_and_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"x")
    with pytest.raises(Misconfigured, match="single file"):
        find_model(str(tmp_path / "model.safetensors"), PainterConfig())
    with pytest.raises(Misconfigured, match="no model_index"):
        find_model(str(tmp_path), PainterConfig())


async def test_what_it_weighs_is_known_before_it_is_read(models: Models, open_local: Open) -> None:
    for family in ("sd15", "flux"):
        measured = await open_local(models[family]).load()  # type: ignore[index]  # a family's name
        guessed = weigh(models[family], half=False)  # type: ignore[index]  # a family's name
        assert measured == pytest.approx(guessed, rel=0.1)
        assert weigh(models[family], half=True) == pytest.approx(guessed / 2, rel=0.1)  # type: ignore[index]  # a family's name


async def test_a_pipelines_own_error_is_translated_and_quotes_no_prompt(
    models: Models, open_local: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "odd"
    shutil.copytree(models["sd15"], folder)
    config = json.loads((folder / "unet" / "config.json").read_text())
    (folder / "unet" / "config.json").write_text(json.dumps({**config, "sample_size": 8}))
    scheduler = json.loads((folder / "scheduler" / "scheduler_config.json").read_text())
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps({**scheduler, "timestep_spacing": "nonsense"}))
    from core.errors import MuseError

    with pytest.raises(MuseError) as caught:
        await open_local(folder).paint([order(folder, prompt="a secret")], Watch())
    assert "picture model" in str(caught.value) or "cannot paint" in str(caught.value)
    assert "secret" not in str(caught.value)
