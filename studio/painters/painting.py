"""One batch through one pipeline: what is asked becomes arguments, what comes back becomes pictures."""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct
from PIL import Image

from core.errors import BadInput, Withdrawn
from core.pictures import PaintOrder, PaintWatch, PictureRequest
from studio.painters.config import PainterConfig
from studio.painters.economy import Economy
from studio.painters.guiding import face_states, pose_net_of, read_picture, use_face, use_loras
from studio.painters.model import LoadedModel, Task
from studio.painters.previews import fit_preview, previews_of
from studio.painters.schedulers import make_scheduler
from studio.painters.words import Reading, read_words, words_of

PREVIEW_S = 0.3
"""Seconds between two previews: each makes the device wait for a moment, and nobody looks more often."""


class Stroke(Struct, frozen=True):
    """One picture as it came out of a pipeline, with what was lost of its request."""

    picture: Image.Image
    notes: tuple[str, ...]


class Stop(Protocol):
    """Says whether to stop, beside the watch's own word."""

    def is_set(self) -> bool:
        """Whether nobody waits any more."""
        ...


def paint_batch(
    model: LoadedModel, orders: Sequence[PaintOrder], watch: PaintWatch, stop: Stop, config: PainterConfig
) -> list[Stroke]:
    """Paint orders of one batch key, in their order. Requests that are read alike go into one call of the pipeline.

    Raises `BadInput`, `Misconfigured`, `Withdrawn`, and what torch raises without memory.
    """
    first = orders[0].request
    use_loras(model, first.loras, config)
    use_face(model, first.face_weight if first.face_key else None, config)
    if model.preview is None and model.step < Economy.BY_LAYER and getattr(model.original, "vae", None) is not None:
        pipe = model.pipe_for("text") if task_of(first) == "text" and not first.pose_key else _pipe(model, first, config)
        model.preview = fit_preview(pipe.vae, pipe._execution_device)
        pipe.maybe_free_model_hooks()
    groups: dict[Reading, list[int]] = {}
    notes: list[tuple[str, ...]] = []
    for number, order in enumerate(orders):
        reading, lost = read_words(model, order.request)
        groups.setdefault(reading, []).append(number)
        notes.append(lost)
    painted: dict[int, Image.Image] = {}
    for done, (reading, numbers) in enumerate(groups.items()):
        call = _Call(model, [orders[number] for number in numbers], reading, config)
        pictures = call.run(_Steps(watch, stop, done, len(groups), call))
        painted.update(zip(numbers, pictures, strict=True))
    return [Stroke(painted[number], notes[number]) for number in range(len(orders))]


def task_of(request: PictureRequest) -> Task:
    """Return what a request starts from. Raises `BadInput` for a mask without a picture."""
    if request.mask_key and not request.base_key:
        raise BadInput("A mask needs the picture that it belongs to.")
    return "mask" if request.mask_key else "base" if request.base_key else "text"


def _pipe(model: LoadedModel, request: PictureRequest, config: PainterConfig) -> Any:
    return model.pipe_for(task_of(request), pose_net_of(model, config) if request.pose_key else None)


class _Call:
    """One call of a pipeline."""

    def __init__(self, model: LoadedModel, orders: Sequence[PaintOrder], reading: Reading, config: PainterConfig) -> None:
        self.model, self.orders, self.reading = model, orders, reading
        self.request = request = orders[0].request
        self.requests = [order.request for order in orders]
        grid = model.family.grid
        self.width, self.height = (-(-side // grid) * grid for side in (request.width, request.height))
        self.pipe = _pipe(model, request, config)
        self.pipe.scheduler = make_scheduler(model.family, model.scheduler_config, request.scheduler)
        self.known = inspect.signature(self.pipe.__call__).parameters
        self.guidance = request.guidance if request.guidance is not None else model.guidance
        self.steps = request.steps or model.steps

    def run(self, steps: _Steps) -> list[Image.Image]:
        import torch

        arguments: dict[str, Any] = {
            "generator": [torch.Generator("cpu").manual_seed(request.seed) for request in self.requests],
            "output_type": "pil",
            "width": self.width,
            "height": self.height,
        }
        arguments |= self._pictures() | self._pace()
        arguments |= words_of(self.model, self.pipe, self.requests, self.reading, self._is_guided())
        arguments |= self._faces()
        if "callback_on_step_end" in self.known:
            arguments |= {"callback_on_step_end": steps, "callback_on_step_end_tensor_inputs": ["latents"]}
        if self.model.family.key == "":  # a pipeline nobody here knows takes what it names itself
            arguments = {name: value for name, value in arguments.items() if name in self.known}
        try:
            with torch.no_grad():
                found = self.pipe(**arguments).images
        finally:
            vars(self.pipe).pop("prepare_ip_adapter_image_embeds", None)
            self.pipe.maybe_free_model_hooks()
        return [self._cut(picture) for picture in found]

    def _pace(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.guidance is not None:
            found["guidance_scale"] = self.guidance
        if self.steps is not None:
            least = 1 if task_of(self.request) == "text" else math.ceil(1 / self.request.strength)
            found["num_inference_steps"] = max(self.steps, least)  # fewer would begin at nothing
        return found

    def _is_guided(self) -> bool:
        return self.guidance is None or self.guidance > 1

    def _pictures(self) -> dict[str, Any]:
        """Return what the pictures start from, and the poses; all of the size that is painted."""
        size = (self.width, self.height)
        found: dict[str, Any] = {}
        task, guides = task_of(self.request), [order.guides for order in self.orders]
        if task != "text":
            if self.request.strength <= 0:
                raise BadInput("The strength must be above 0: at 0 nothing would be painted.")
            found["image"] = [read_picture(one.base, "picture to start from", size) for one in guides]
            found["strength"] = self.request.strength
        if task == "mask":
            found["mask_image"] = [read_picture(one.mask, "mask", size, "L") for one in guides]
        if self.request.pose_key:
            poses = [read_picture(one.pose, "pose", size) for one in guides]
            found["control_image" if "control_image" in self.known else "image"] = poses
            found["controlnet_conditioning_scale"] = float(self.request.pose_weight)
        return found

    def _faces(self) -> dict[str, Any]:
        if not self.request.face_key:
            return {}
        faces = [read_picture(order.guides.face, "face") for order in self.orders]
        states = [face_states(self.pipe, faces, guided=self._is_guided())]
        self.pipe.prepare_ip_adapter_image_embeds = lambda *_given, **_named: states  # taken off again by `run`
        return {"ip_adapter_image_embeds": states}

    def _cut(self, picture: Image.Image) -> Image.Image:
        """Return what was asked for of a picture that was painted on a coarser grid."""
        width, height = self.request.width, self.request.height
        left, top = (picture.width - width) // 2, (picture.height - height) // 2
        return picture if not (left or top) else picture.crop((left, top, left + width, top + height))


class _Steps:
    """Called by the pipeline after each step, in the painting thread."""

    def __init__(self, watch: PaintWatch, stop: Stop, done: int, groups: int, call: _Call) -> None:
        self._watch, self._stop, self._done, self._groups, self._call = watch, stop, done, groups, call
        self._next = 0.0

    def __call__(self, pipe: Any, step: int, _timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        """Tell of the step. Raises `Withdrawn`, which leaves the pipeline at once, without decoding what nobody wants."""
        if self._stop.is_set() or self._watch.cancelled():
            raise Withdrawn("Nobody waits for this picture any more.")
        total = int(getattr(pipe, "num_timesteps", 0) or step + 1)
        shown: Sequence[bytes] = ()
        if step + 1 < total and time.monotonic() >= self._next:
            self._next = time.monotonic() + PREVIEW_S
            shown = previews_of(self._call.model.preview, pipe, values["latents"], self._call.width, self._call.height)
        previews = {order.id: data for order, data in zip(self._call.orders, shown, strict=False)}
        self._watch.step(self._done * total + step + 1, self._groups * total, previews)
        return {}
