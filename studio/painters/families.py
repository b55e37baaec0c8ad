"""What each family of models is like, by the class that its `model_index.json` names. Nothing heavy is imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

Half = Literal["float16", "bfloat16"]
FAST_NAMES = ("turbo", "lightning", "hyper", "schnell")
FAST_SCHEDULERS = {"EulerAncestralDiscreteScheduler", "EulerDiscreteScheduler"}


class Family(Struct, frozen=True, kw_only=True):
    """One family. `key` is diffusers' name for it, `grid` what a picture's sides are multiples of inside.

    `steps` and `guidance` of none leave it to the pipeline. `windows`: a long prompt is read in windows of 75 tokens.
    `reads_at_most`: tokens that the longest text encoder reads. `negative`: a negative prompt counts. `flow`: its schedulers
    are of flow matching. `faces`: an IP-Adapter can be put into its network.
    """

    key: str
    grid: int = 8
    steps: int | None = None
    guidance: float | None = None
    half: Half = "bfloat16"
    windows: bool = False
    reads_at_most: int | None = None
    negative: bool = True
    flow: bool = False
    faces: bool = False


SD15 = Family(key="stable-diffusion", steps=30, guidance=7.5, half="float16", windows=True, faces=True)
SDXL = Family(key="stable-diffusion-xl", steps=30, guidance=5.0, half="float16", windows=True, faces=True)
SD3 = Family(key="stable-diffusion-3", grid=16, steps=28, guidance=5.0, reads_at_most=512, flow=True)
FLUX = Family(key="flux", grid=16, steps=28, guidance=3.5, reads_at_most=512, negative=False, flow=True)
OTHER = Family(key="", grid=16)
BY_PREFIX = (
    ("StableDiffusionXL", SDXL),
    ("StableDiffusion3", SD3),
    ("StableDiffusion", SD15),
    ("Flux2", OTHER),
    ("Flux", FLUX),
)
FAST = {SD15.key: (2, 0.0), SDXL.key: (4, 0.0), SD3.key: (4, 0.0), FLUX.key: (4, 0.0)}
"""Steps and guidance of the variants that were taught to need few."""
LCM = (6, 1.0)


def family_of(pipeline_class: str) -> Family:
    """Return the family of a pipeline's class; of one that is not known, what holds for most."""
    return next((family for prefix, family in BY_PREFIX if pipeline_class.startswith(prefix)), OTHER)


def usual(
    family: Family, name: str, scheduler: Mapping[str, Any], network: Mapping[str, Any]
) -> tuple[int | None, float | None]:
    """Return the steps and the guidance that a model is made for, by its name and the configs of its scheduler and network."""
    kind = str(scheduler.get("_class_name", ""))
    if kind == "LCMScheduler":
        return LCM
    fast = any(word in name.lower().rpartition("/")[2] for word in FAST_NAMES)
    if not family.flow:
        fast = fast or (kind in FAST_SCHEDULERS and scheduler.get("timestep_spacing") == "trailing")
    if family is FLUX and "guidance_embeds" in network:
        fast = fast or not network["guidance_embeds"]
    return FAST.get(family.key, (family.steps, family.guidance)) if fast else (family.steps, family.guidance)
