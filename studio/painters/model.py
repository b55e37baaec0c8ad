"""One model in memory: its pipeline, and those made from the same weights for other tasks."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, Literal

from core.errors import BadInput, Misconfigured
from studio.painters.config import PainterConfig
from studio.painters.devices import bytes_of, choose_dtype, device_memory
from studio.painters.economy import Economy, first_step, lay_out
from studio.painters.families import Family, family_of, usual
from studio.painters.speed import choose_speed, speed_up
from studio.painters.weights import find_model, read_index, variant_of, weigh

Task = Literal["text", "base", "mask"]
TASKS = {"text": "a text alone", "base": "a picture to start from", "mask": "a part to paint anew"}


class LoadedModel:
    """A model, its weights on a device or offloaded. Not for two threads at once."""

    def __init__(self, name: str, pipe: Any, family: Family, device: str, step: Economy) -> None:
        """Take over a loaded pipeline; `step` says how memory is saved."""
        self.name = name
        self.family = family
        self.device = device
        self.step = step
        self.bytes = bytes_of(pipe)
        self.original = pipe
        self.scheduler_config = {**pipe.scheduler.config, "_class_name": type(pipe.scheduler).__name__}
        network = getattr(pipe, "unet", None) or getattr(pipe, "transformer", None)
        self.steps, self.guidance = usual(family, name, self.scheduler_config, getattr(network, "config", {}))
        self.preview: Any = None
        self.loras: dict[str, str] = {}
        self.faces = False
        self.pose_net: Any = None
        self._pipes: dict[tuple[Task, bool], Any] = {}
        self._laid: tuple[Any, Economy, bool] | None = None

    def pipe_for(self, task: Task, pose_net: Any = None) -> Any:
        """Return the pipeline of a task, ready on the device. Raises `BadInput` for what the family cannot do."""
        key = (task, pose_net is not None)
        if key not in self._pipes:
            self._pipes[key] = _derive(self.original, self.family, task, pose_net)
            self._pipes[key].set_progress_bar_config(disable=True)
        pipe = self._pipes[key]
        wanted = (pipe, self.step, self.faces)
        if self._laid is None or self._laid[0] is not pipe or self._laid[1:] != wanted[1:]:
            lay_out(pipe, self.step, self.device, faces=self.faces)
            self._laid = wanted
        return pipe

    def close(self) -> None:
        """Let go of everything, so that its memory can be given back."""
        self._pipes.clear()
        self._laid = self.original = self.pose_net = self.preview = None

    def lay_anew(self) -> None:
        """Forget how the weights lie: an adapter came or went."""
        self._laid = None
        self._pipes.clear()
        self.bytes = bytes_of(self.original)


def expected_bytes(name: str, config: PainterConfig, device: str) -> int:
    """Return about how many bytes a model will take. Raises `Misconfigured` where it is not here."""
    half = (device != "cpu" and config.precision != "float32") or config.precision in ("float16", "bfloat16")
    return weigh(find_model(name, config, half=half), half=half)


def load_model(name: str, config: PainterConfig, device: str) -> LoadedModel:
    """Read a model from its files. Raises `Misconfigured`, and what torch raises without memory."""
    folder = find_model(name, config, half=device != "cpu" and config.precision in ("auto", "float16"))
    index = read_index(folder)
    family = family_of(index["_class_name"])
    dtype = choose_dtype(config.precision, family, device)
    half = dtype.itemsize == 2
    pipe = _read(folder, name, dtype, config, variant_of(folder, half=half))
    step = first_step(config.offload, config.slicing, weigh(folder, half=half), device_memory(device), device)
    speed_up(pipe, choose_speed(config, name, device))
    return LoadedModel(name, pipe, family, device, step)


def _read(folder: Path, name: str, dtype: Any, config: PainterConfig, variant: str | None) -> Any:
    from diffusers import DiffusionPipeline

    index = read_index(folder)
    without = {"safety_checker": None, "requires_safety_checker": False} if "safety_checker" in index else {}
    options: dict[str, Any] = {"dtype": dtype, "local_files_only": True, "trust_remote_code": False}
    if variant:
        options["variant"] = variant
    try:
        pipe = DiffusionPipeline.from_pretrained(folder, use_safetensors=None if config.pickles else True, **without, **options)
    except (OSError, ValueError, AttributeError, ImportError, KeyError) as error:
        raise Misconfigured(
            f"The weights of {name} cannot be loaded ({type(error).__name__}: {_first_line(error)}). If files are missing, "
            f"fetch them again."
        ) from error
    if "prompt" not in inspect.signature(pipe.__call__).parameters:
        raise Misconfigured(f"{name} is a {type(pipe).__name__}, which makes no pictures from a text.")
    return pipe


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0][:160]


def _derive(pipe: Any, family: Family, task: Task, pose_net: Any) -> Any:
    """Make the pipeline of a task out of the same components. Raises `BadInput`."""
    kind = _task_class(type(pipe), task, pose=pose_net is not None)
    if kind is None:
        more = " with a pose" if pose_net is not None else ""
        raise BadInput(f"This model ({type(pipe).__name__}) cannot paint from {TASKS[task]}{more}.")
    if kind is type(pipe) and pose_net is None:
        return pipe
    given = {**dict(pipe.config), **pipe.components} | ({"controlnet": pose_net} if pose_net is not None else {})
    names = list(inspect.signature(kind).parameters)
    return kind(**{name: given[name] for name in names if name in given})


def _task_class(kind: type, task: Task, *, pose: bool) -> type | None:
    from diffusers.pipelines.auto_pipeline import (
        AUTO_IMAGE2IMAGE_PIPELINES_MAPPING,
        AUTO_INPAINT_PIPELINES_MAPPING,
        AUTO_TEXT2IMAGE_PIPELINES_MAPPING,
    )

    maps = {
        "text": AUTO_TEXT2IMAGE_PIPELINES_MAPPING,
        "base": AUTO_IMAGE2IMAGE_PIPELINES_MAPPING,
        "mask": AUTO_INPAINT_PIPELINES_MAPPING,
    }
    key = next((key for known in maps.values() for key, there in known.items() if there is kind), None)
    if key is None:
        return kind if task == "text" and not pose else None
    found: type | None = maps[task].get(f"{key}-controlnet" if pose else key)
    return found
