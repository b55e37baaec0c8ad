"""How an influencer's pictures are made: settings, persona and recorded references, read together."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from core.errors import BadInput, Misconfigured, Refused
from core.nouns import Influencer, Look
from core.picture_settings import read_house_loras
from core.pictures import Lora
from core.settings import Settings
from storage.gallery import recent_choices
from storage.personas import list_influencers
from storage.references import Reference, list_references, recorded_sources
from storage.unit import Unit
from studio.prompts import PictureStyle
from studio.speech import SizeClass, is_outside


class Painting(Struct, frozen=True, kw_only=True):
    """What the settings say of painting; none: the model family's own.

    `loras` are the house's own, of nobody. `fan_words_leave`: to outside providers too.
    """

    model: str
    steps: int | None = None
    guidance: float | None = None
    scheduler: str | None = None
    size_class: SizeClass | None = None
    negative: tuple[str, ...] = ()
    loras: tuple[Lora, ...] = ()
    fan_words_leave: bool = False


def painting_of(settings: Settings, model: str) -> Painting:
    """Return what the settings say of painting with a model; 0 and empty are the family's own."""
    return Painting(
        model=model,
        steps=settings.image_steps or None,
        guidance=settings.image_guidance or None,
        scheduler=settings.image_scheduler or None,
        loras=read_house_loras(settings.image_loras),
        size_class=settings.image_size or None,
        negative=tuple(part.strip() for part in settings.image_avoid.split(",") if part.strip()),
        fan_words_leave=settings.image_fan_words,
    )


def look_of(influencer: Influencer) -> Look:
    """Return how an influencer looks, by the persona in force. Raises `BadInput` for a document that says it wrongly."""
    try:
        return msgspec.convert(influencer.persona.get("look") or {}, Look)
    except msgspec.ValidationError as error:
        raise BadInput(f"The look of {influencer.slug} cannot be read: {error}.") from error


async def load_style(
    unit: Unit, influencer: Influencer, painting: Painting, *, from_fan: bool, stays: bool = False
) -> PictureStyle:
    """Return how a picture of an influencer is made just now; `from_fan`: its wish is in a fan's words.

    `stays`: these words leave for nobody outside, whatever the settings say.

    Raises `Refused` while nobody has stated the age, and `Misconfigured` without a model, or with a LoRA of the
    house that is somebody's.
    """
    if not painting.model:
        raise Misconfigured("No model paints pictures here; set MUSE_IMAGE_MODEL.")
    standing = [one for one in await list_references(unit, influencer.id) if one.stands]
    own = _loras(standing)
    house = [one.source for one in painting.loras if one.source not in {lora.source for lora in own}]
    if taken := await recorded_sources(unit, house) if house else set():
        raise Misconfigured(
            f"MUSE_IMAGE_LORAS names {', '.join(sorted(taken))}, recorded as somebody's (muse look reference list); LoRAs of "
            "the house are of nobody: take it out there."
        )
    face = next((one for one in standing if one.kind == "face"), None)
    names = {one.name for one in await list_influencers(unit)} - {influencer.name}
    return PictureStyle(
        model=painting.model,
        age=_age_of(influencer),
        names=(influencer.name,),
        others=tuple(sorted(names)),
        steps=painting.steps,
        guidance=painting.guidance,
        scheduler=painting.scheduler,
        size_class=painting.size_class,
        loras=own,
        house_loras=tuple(one for one in painting.loras if one.source in house),
        face_key=face.source if face else None,
        face_weight=face.weight if face else 0.6,
        negative=painting.negative,
        recent=await recent_choices(unit, influencer.id),
        wish_may_leave=not (from_fan and is_outside(painting.model)) or (painting.fan_words_leave and not stays),
    )


def _loras(standing: list[Reference]) -> tuple[Lora, ...]:
    return tuple(Lora(one.source, round(one.weight, 4)) for one in standing if one.kind == "lora")


def _age_of(influencer: Influencer) -> int:
    age: Any = influencer.persona.get("age")
    if not isinstance(age, int):
        raise Refused(f"Nobody has stated the age of {influencer.slug} yet; type: muse persona age {influencer.slug} YEARS")
    return age
