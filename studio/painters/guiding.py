"""What guides a picture beside its words: LoRAs, a face (IP-Adapter), a pose (ControlNet), a picture to start from, a mask."""

from __future__ import annotations

import contextlib
import hashlib
import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from core.errors import BadInput, Misconfigured
from core.pictures import MOST_LORAS, Lora
from studio.painters.config import PainterConfig
from studio.painters.model import LoadedModel
from studio.painters.weights import find_face_encoder, find_file, find_model, read_index

LARGEST = 64_000_000
"""Pixels of a guiding picture."""


def read_picture(data: bytes | None, what: str, size: tuple[int, int] | None = None, mode: str = "RGB") -> Image.Image:
    """Decode a guiding picture, cut and scaled to `size`. Raises `BadInput`."""
    if data is None:
        raise BadInput(f"The {what} is missing.")
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > LARGEST:
                raise BadInput(f"The {what} is larger than {LARGEST // 1_000_000} million pixels.")
            picture = ImageOps.exif_transpose(opened).convert(mode)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput(f"The {what} cannot be read as a picture.") from error
    return ImageOps.fit(picture, size, Image.Resampling.LANCZOS) if size else picture


def use_loras(model: LoadedModel, loras: Sequence[Lora], config: PainterConfig) -> None:
    """Switch on just these LoRAs, by their weights. Raises `Misconfigured`, and `BadInput` for one that does not fit."""
    pipe = model.original
    if not loras:
        if model.loras:
            pipe.disable_lora()
        return
    if not hasattr(pipe, "load_lora_weights") or not hasattr(pipe, "set_adapters"):
        raise BadInput(f"This model ({type(pipe).__name__}) takes no LoRA.")
    if len(loras) > MOST_LORAS:
        raise BadInput(f"At most {MOST_LORAS} LoRAs go together.")
    for lora in loras:
        if lora.source not in model.loras:
            _load_lora(model, lora.source, config)
    pipe.enable_lora()
    pipe.set_adapters([model.loras[lora.source] for lora in loras], [lora.weight for lora in loras])
    for source in list(model.loras)[: max(0, len(model.loras) - MOST_LORAS)]:
        if source not in {lora.source for lora in loras}:
            pipe.delete_adapters(model.loras.pop(source))


def _load_lora(model: LoadedModel, source: str, config: PainterConfig) -> None:
    file = find_file(source, config)
    name = "lora_" + hashlib.sha256(source.encode()).hexdigest()[:12]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # peft tells of each second one that it is the second
            model.original.load_lora_weights(
                str(file.parent), weight_name=file.name, adapter_name=name, local_files_only=True, use_safetensors=True
            )
    except (RuntimeError, ValueError, KeyError, IndexError) as error:
        with contextlib.suppress(Exception):  # it may have come in part of the way
            model.original.delete_adapters(name)
        raise BadInput(f"The LoRA {file.name} does not fit this model.") from error
    network = getattr(model.original, "unet", None) or model.original.transformer
    if name not in getattr(network, "peft_config", {}) and name not in model.original.get_active_adapters():
        raise BadInput(f"The LoRA {file.name} holds nothing for this model.")
    model.loras[source] = name
    model.lay_anew()


def use_face(model: LoadedModel, weight: float | None, config: PainterConfig) -> None:
    """Put the IP-Adapter in, at a weight, or take it out (none). Raises `Misconfigured`, `BadInput`."""
    pipe = model.original
    if weight is None:
        if model.faces:
            pipe.unload_ip_adapter()
            model.faces = False
            model.lay_anew()
        return
    if not model.family.faces:
        raise BadInput(f"This model ({type(pipe).__name__}) keeps to no face; use a LoRA of the persona instead.")
    if not config.face_adapter:
        raise Misconfigured("No face adapter is set; name an IP-Adapter's file in MUSE_IMAGE_FACE_ADAPTER.")
    if not model.faces:
        file = find_file(config.face_adapter, config)
        pipe.disable_attention_slicing()
        _put_in(pipe, file, find_face_encoder(file, config))
        model.faces = True
        model.lay_anew()
    pipe.set_ip_adapter_scale(weight)


def _put_in(pipe: Any, file: Path, encoder: Path) -> None:
    from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

    try:
        pipe.register_modules(
            image_encoder=CLIPVisionModelWithProjection.from_pretrained(encoder, dtype=pipe.dtype, local_files_only=True),
            feature_extractor=CLIPImageProcessor.from_pretrained(encoder, local_files_only=True)
            if (encoder / "preprocessor_config.json").is_file()
            else CLIPImageProcessor(),
        )
        pipe.load_ip_adapter(
            str(file.parent), subfolder="", weight_name=file.name, image_encoder_folder=None, local_files_only=True
        )
    except (RuntimeError, ValueError, KeyError, OSError) as error:
        raise Misconfigured(f"The face adapter {file.name} does not fit this model.") from error


def face_states(pipe: Any, faces: Sequence[Image.Image], *, guided: bool) -> Any:
    """Return what the network is told of each picture's face: (negatives and) positives, (pictures, 1, width) each.

    Given faces as such, a pipeline takes the first for all of a batch; given states, it repeats them a batch's length and
    mixes them up (diffusers 0.42). So they are made one by one, and handed to the network past the pipeline.
    """
    import torch

    with torch.no_grad():
        found = [pipe.prepare_ip_adapter_image_embeds([face], None, pipe._execution_device, 1, guided)[0] for face in faces]
    if not guided:
        return torch.cat(found)
    pairs = [one.chunk(2) for one in found]
    return torch.cat([*(pair[0] for pair in pairs), *(pair[1] for pair in pairs)])


def pose_net_of(model: LoadedModel, config: PainterConfig) -> Any:
    """Return the ControlNet that reads poses, loaded where it is not. Raises `Misconfigured`."""
    if model.pose_net is not None:
        return model.pose_net
    if not config.pose_model:
        raise Misconfigured("No pose model is set; name a ControlNet in MUSE_IMAGE_POSE_MODEL.")
    import diffusers

    folder = find_model(config.pose_model, config, "config.json")
    kind = read_index(folder, "config.json")["_class_name"]
    if "ControlNet" not in kind or not hasattr(diffusers, kind):
        raise Misconfigured(f"{config.pose_model} is a {kind}, not a ControlNet.")
    try:
        net = getattr(diffusers, kind).from_pretrained(
            folder, dtype=model.original.dtype, local_files_only=True, use_safetensors=None if config.pickles else True
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise Misconfigured(f"The pose model {config.pose_model} cannot be loaded ({type(error).__name__}).") from error
    model.pose_net = net
    return net
