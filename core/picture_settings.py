"""The settings of pictures: who makes them, how they look, who judges and signs them, and whose turn it is."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from core.errors import SettingInvalid
from core.pictures import LORA_SOURCE, MOST_LORAS, Lora

SECRET = {"secret": True}
Scheduler: TypeAlias = Literal[
    "", "ddim", "ddpm", "pndm", "euler", "euler_a", "heun", "dpm++_2m", "dpm++_2m_karras", "dpm++_2m_sde", "unipc", "lcm",
    "tcd",
]  # fmt: skip
"""As `studio.painters.schedulers` knows them; a test compares."""


class PictureSettings(Struct, frozen=True, kw_only=True):
    """Those of `core.settings.Settings` that concern pictures; the environment's names are made alike."""

    # pictures
    image_model: Annotated[
        str, Meta(description="What makes pictures: a repository's id or a folder that diffusers loads. Empty: nobody.")
    ] = ""
    image_device: Annotated[
        Literal["auto", "cpu", "cuda", "mps"],
        Meta(description="Where pictures are made. auto: a graphics card if there is one."),
    ] = "auto"
    image_precision: Annotated[
        Literal["auto", "float32", "float16", "bfloat16"],
        Meta(
            description="Numbers of picture models. auto: float32 on a processor, else the half that the family was made for."
        ),
    ] = "auto"
    image_offload: Annotated[
        Literal["auto", "none", "model", "sequential"],
        Meta(
            description="Keep picture models in the machine's memory between their turns on the card. auto: if they do not fit."
        ),
    ] = "auto"
    image_slicing: Annotated[
        Literal["auto", "on", "off"],
        Meta(description="Attention in slices: less memory, slower. auto: only after memory was not enough."),
    ] = "auto"
    image_compile: Annotated[
        Literal["auto", "on", "off"],
        Meta(description="torch.compile for picture models. auto: if it was measured to be faster here."),
    ] = "auto"
    image_memory: Annotated[
        float, Meta(description="Gigabytes of picture models that stay loaded. 0: as the device allows.", ge=0)
    ] = 0.0
    image_hub: Annotated[bool, Meta(description="Missing picture models may be fetched from Hugging Face's hub.")] = False
    image_pickles: Annotated[
        bool, Meta(description="Read weights of the old kind, which can run code, beside safetensors.")
    ] = False
    image_face_adapter: Annotated[
        str, Meta(description="IP-Adapter that keeps a persona's face: its file, or owner/name/path of it.")
    ] = ""
    image_face_encoder: Annotated[
        str, Meta(description="Folder of that adapter's picture encoder, beside it or in its repository.")
    ] = "image_encoder"
    image_pose_model: Annotated[str, Meta(description="ControlNet that reads poses: a repository's id or a folder.")] = ""
    # pictures, after they were painted
    image_moderator: Annotated[
        str,
        Meta(
            description="Image classifier of transformers that looks at made pictures: repository id or folder. "
            "Empty: every picture is held for an operator."
        ),
    ] = ""
    image_age_model: Annotated[
        str, Meta(description="Second classifier whose labels are age ranges (as 20-29); young-looking people are held.")
    ] = ""
    image_refused_labels: Annotated[
        str, Meta(description="Labels of MUSE_IMAGE_MODERATOR that are refused anywhere, with commas.")
    ] = "child,minor,underage,young,gore,violence"
    image_adult_labels: Annotated[
        str, Meta(description="Labels that are refused where the place allows nothing adult, with commas.")
    ] = "nsfw,porn,hentai,explicit,nude,nudity,unsafe,sexual"
    image_hold_above: Annotated[
        float, Meta(description="Probability of such labels from which a picture is held for an operator.", gt=0, lt=1)
    ] = 0.2
    image_refuse_above: Annotated[float, Meta(description="Probability from which it is refused.", gt=0, le=1)] = 0.7
    image_upscaler: Annotated[
        str, Meta(description="Enlarges pictures: lanczos, or a Swin2SR model's repository id or folder. Empty: not at all.")
    ] = ""
    image_long_side: Annotated[int, Meta(description="Longer side of an enlarged picture, pixels.", ge=256, le=8000)] = 2048
    image_labels: Annotated[
        Literal["platform", "always", "never"],
        Meta(description="Where words stand on the picture itself: where the platform asks for it, always, never."),
    ] = "platform"
    image_label_words: Annotated[str, Meta(description="Those words.", min_length=1, max_length=60)] = "Made with AI"
    c2pa_certificate: Annotated[
        str, Meta(description="PEM file of the certificate chain that signs pictures. Empty: Muse's own authority.")
    ] = ""
    c2pa_key: Annotated[str, Meta(description="PEM file of the private key that belongs to it.")] = ""
    c2pa_timestamp_url: Annotated[
        str, Meta(description="Time-stamping authority that signatures are sent to. Empty: none.")
    ] = ""
    # pictures: how they look, and who else may paint them
    image_steps: Annotated[int, Meta(description="Steps of painting one picture. 0: the model family's own.", ge=0, le=150)] = 0
    image_guidance: Annotated[
        float, Meta(description="How closely a picture follows its prompt. 0: the model family's own.", ge=0, le=30)
    ] = 0.0
    image_scheduler: Annotated[
        Scheduler, Meta(description="How noise becomes a picture, as euler_a or dpm++_2m_karras. Empty: the model's own.")
    ] = ""
    image_loras: Annotated[
        str,
        Meta(
            description="LoRAs of nobody (a style, a light) that every picture is made with: repository or path, then :weight; "
            "commas between. A persona's own are recorded by `muse look lora`."
        ),
    ] = ""
    image_size: Annotated[
        Literal["", "small", "large"],
        Meta(description="small (512 pixels and up) or large (1024 and up). Empty: what the model was trained on."),
    ] = ""
    image_avoid: Annotated[str, Meta(description="What pictures leave out besides, with commas between.")] = ""
    image_encoder: Annotated[
        str, Meta(description="Vision model (CLIP, SigLIP, DINO; repository id or folder) that measures likeness. Empty: none.")
    ] = ""
    image_likeness: Annotated[
        float, Meta(description="Least likeness to the reference, as a cosine, below which is painted anew.", ge=-1, le=1)
    ] = 0.6
    image_tries: Annotated[int, Meta(description="How often one picture is painted at most for its likeness.", ge=1, le=10)] = 2
    image_fan_words: Annotated[
        bool,
        Meta(description="Words of fans' wishes may go to an outside provider of pictures; else only what they amount to."),
    ] = False
    replicate_url: Annotated[str, Meta(description="Replicate's API, or a server that speaks like it.")] = (
        "https://api.replicate.com/v1"
    )
    replicate_token: Annotated[
        str, Meta(description="Token for it, where the model of pictures is replicate:owner/model.", extra=SECRET)
    ] = ""
    replicate_hosts: Annotated[
        str, Meta(description="Hosts from which its pictures are fetched, their subdomains too; commas between.")
    ] = "replicate.delivery"
    # pictures: the queue, and what one costs
    image_worker: Annotated[
        str,
        Meta(
            description="Name of a media worker, where several share a machine, each with its own CUDA_VISIBLE_DEVICES.",
            pattern="^[a-z0-9-]*$",
        ),
    ] = ""
    image_batch: Annotated[
        int, Meta(description="Pictures painted together in one call, where they are alike.", ge=1, le=64)
    ] = 4
    image_cost: Annotated[int, Meta(description="Credits that one picture costs.", ge=0)] = 1
    image_wait_s: Annotated[
        int,
        Meta(
            description="Seconds a picture may wait for a person before its fan hears once that it takes longer; 0: never.",
            ge=0,
        ),
    ] = 10_800
    image_open: Annotated[int, Meta(description="Pictures that may be made for one fan at once.", ge=1)] = 2
    image_timeout_s: Annotated[float, Meta(description="Seconds after which the painting of a batch is given up.", gt=0)] = (
        900.0
    )
    image_attempts: Annotated[int, Meta(description="Failed attempts after which a picture is given up.", ge=1)] = 3
    image_lease_s: Annotated[float, Meta(description="Seconds a media worker holds a picture without a heartbeat.", gt=1)] = (
        15.0
    )
    image_look_ahead: Annotated[
        int, Meta(description="Pictures of a model in memory that may be painted before one of another model.", ge=0)
    ] = 8
    image_look_ahead_s: Annotated[float, Meta(description="Seconds for which they may, before any one picture.", ge=0)] = 30.0


def read_house_loras(words: str) -> tuple[Lora, ...]:
    """Return the LoRAs of `MUSE_IMAGE_LORAS` with their weights (1 where none is said). Raises `SettingInvalid`."""
    found: dict[str, Lora] = {}
    for part in (part.strip() for part in words.split(",")):
        if not part:
            continue
        source, colon, weight = part.rpartition(":")
        lora = Lora(source.strip(), _weight(part, weight)) if colon else Lora(part)
        if not LORA_SOURCE.fullmatch(lora.source) or ".." in lora.source:
            raise SettingInvalid(
                f"MUSE_IMAGE_LORAS: {part!r} names neither a repository such as somebody/some-lora nor the whole path of a "
                "folder or file; write source or source:weight, with commas between."
            )
        found[lora.source] = lora
    if len(found) > MOST_LORAS:
        raise SettingInvalid(f"MUSE_IMAGE_LORAS: {len(found)} LoRAs are named; at most {MOST_LORAS} go together.")
    return tuple(found.values())


def _weight(part: str, written: str) -> float:
    try:
        weight = float(written)
    except ValueError:
        weight = -1.0
    if not 0 <= weight <= 2:
        raise SettingInvalid(f"MUSE_IMAGE_LORAS: the weight of {part!r} is a number from 0 to 2, as somebody/some-lora:0.8.")
    return weight
