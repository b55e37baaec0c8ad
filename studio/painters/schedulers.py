"""Schedulers by the names that people know them by. diffusers is imported by the call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import BadInput
from studio.painters.families import Family

STEPPED: dict[str, tuple[str, dict[str, Any]]] = {
    "ddim": ("DDIMScheduler", {}),
    "ddpm": ("DDPMScheduler", {}),
    "pndm": ("PNDMScheduler", {"skip_prk_steps": True}),
    "euler": ("EulerDiscreteScheduler", {}),
    "euler_a": ("EulerAncestralDiscreteScheduler", {}),
    "heun": ("HeunDiscreteScheduler", {}),
    "dpm++_2m": ("DPMSolverMultistepScheduler", {}),
    "dpm++_2m_karras": ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    "dpm++_2m_sde": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "unipc": ("UniPCMultistepScheduler", {}),
    "lcm": ("LCMScheduler", {}),
    "tcd": ("TCDScheduler", {}),
}
FLOWING: dict[str, tuple[str, dict[str, Any]]] = {
    "euler": ("FlowMatchEulerDiscreteScheduler", {}),
    "heun": ("FlowMatchHeunDiscreteScheduler", {}),
    "dpm++_2m": ("DPMSolverMultistepScheduler", {"prediction_type": "flow_prediction", "use_flow_sigmas": True}),
    "unipc": ("UniPCMultistepScheduler", {"prediction_type": "flow_prediction", "use_flow_sigmas": True}),
}


def find_scheduler(family: Family, config: Mapping[str, Any], name: str) -> tuple[str, dict[str, Any]]:
    """Return diffusers' class of a name and what it is told besides. Raises `BadInput`.

    `config` is that of the model's own scheduler.
    """
    known = FLOWING if family.flow else STEPPED
    if name not in known:
        raise BadInput(f"There is no scheduler {name!r} for this model; there are: {', '.join(known)}.")
    kind, changes = known[name]
    if kind == "FlowMatchHeunDiscreteScheduler" and config.get("use_dynamic_shifting"):
        raise BadInput("The scheduler 'heun' does not go with a model that shifts its noise by the picture's size.")
    return kind, changes


def make_scheduler(family: Family, config: Any, name: str | None) -> Any:
    """Return a fresh scheduler by a name, or one like the model's own, whose `config` it takes over. Raises `BadInput`."""
    import diffusers

    if name is None:
        return getattr(diffusers, config["_class_name"]).from_config(config)
    kind, changes = find_scheduler(family, config, name)
    if changes.get("use_flow_sigmas"):
        changes = {**changes, "flow_shift": config.get("shift", 1.0)}
    return getattr(diffusers, kind).from_config(config, **changes)
