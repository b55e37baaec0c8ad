"""What pictures are kept to: scheduler, LoRAs, adapter and ControlNet of the settings, and recorded faces and LoRAs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

from cli.doctor.agencies import open_units
from cli.doctor.finding import Finding, broken, good, missing
from core.errors import Misconfigured, MuseError
from core.picture_settings import read_house_loras
from core.pictures import Lora
from core.settings import Settings
from storage.references import Standing
from studio.painters.config import PainterConfig
from studio.painters.readiness import Readiness

NAME = "guides of pictures"


def guides(settings: Settings) -> Iterator[Finding]:
    """Look whether what pictures are kept to can be used; no weights are read. Nothing where there are none."""
    if not settings.image_model:
        return
    ready = Readiness(PainterConfig.from_settings(settings))
    house = read_house_loras(settings.image_loras)
    named: dict[str, Callable[[], None]] = {
        settings.image_scheduler: partial(ready.check_scheduler, settings.image_scheduler),
        "a face adapter" if settings.image_face_adapter else "": ready.check_face,
        "a pose model" if settings.image_pose_model else "": ready.check_pose,
    }
    checks: dict[str, Callable[[], None]] = {f"the LoRA {one.source}": partial(ready.check_loras, [one]) for one in house}
    if len(house) > 1:
        checks[f"{len(house)} LoRAs together"] = partial(ready.check_loras, house)
    checks |= {name: check for name, check in named.items() if name}
    failed = {name: error for name, check in checks.items() if (error := _why_not(check))}
    yield from (broken(NAME, error) for error in dict.fromkeys(failed.values()))
    if well := [name for name in checks if name not in failed]:
        yield good(NAME, ", ".join(well))
    yield from kept_to(ready, settings)


def kept_to(ready: Readiness, settings: Settings) -> Iterator[Finding]:
    """Look at the faces and LoRAs that are recorded in the running stack; nothing while none runs."""
    try:
        standing = asyncio.run(_ask(settings))
    except MuseError:
        return
    house = read_house_loras(settings.image_loras)
    for one in standing:
        if one.source in {lora.source for lora in house}:
            yield broken(
                NAME, f"MUSE_IMAGE_LORAS names {one.source}, which is recorded as {one.influencer}'s; take it out there"
            )
    for slug in sorted({one.influencer for one in standing}):
        own = [one for one in standing if one.influencer == slug]
        loras = [*house, *(Lora(one.source) for one in own if one.kind == "lora")]
        checks = [partial(ready.check_loras, loras)] if len(loras) > len(house) else []
        checks += [partial(ready.check_face)] if any(one.kind == "face" for one in own) else []
        for error in filter(None, map(_why_not, checks)):
            says = f"no picture of {slug} is made, and fans are offered the packs of the vault: {error}"
            yield missing(NAME, says, f"muse look reference list {slug}")


def _why_not(check: Callable[[], None]) -> str | None:
    try:
        check()
    except Misconfigured as error:
        return str(error)
    return None


async def _ask(settings: Settings) -> list[Standing]:
    from storage.references import list_standing

    found: list[Standing] = []
    async with open_units(settings) as units:
        async for unit in units:
            found += await list_standing(unit)
    return found
