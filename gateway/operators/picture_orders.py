"""Pictures that operators order: one, painted from a picture or a drawing where they like, or a varied set at one stroke."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED
from msgspec import Meta, Struct
from msgspec.structs import replace

from core.errors import Misconfigured, Refused
from core.pictures import PictureWish
from gateway.doorway import Doorway
from storage import credits
from storage.accounts import Operator, find_influencer
from storage.image_jobs import CALENDAR, PERSON
from storage.pictures import PictureRow
from storage.references import Attestation
from studio.drawings import Guiding, find_start, guide
from studio.ordering import NONE_HERE, PictureDesk, open_desk
from studio.references import LARGEST_BYTES


class PictureOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """A picture that an operator wants of an influencer; `source` says whether it was ordered in a terminal.

    `shape`: portrait where none is said, or that of the base.
    `base`: start from this picture of theirs (its asset, or a recorded face), painting so much of it anew as `strength` says.
    `mask`: a drawing in base64, white where the base is painted anew. `pose`: a drawing of bright limbs on black. Who orders
    attests that these show nobody.
    """

    influencer: str
    wish: Annotated[str, Meta(max_length=2000)] = ""
    category: str = "portrait"
    shape: Literal["portrait", "square", "landscape"] | None = None
    scene: str | None = None
    outfit: str | None = None
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] | None = None
    source: Literal["api", "terminal"] = "api"
    base: UUID | None = None
    strength: Annotated[float, Meta(gt=0, le=1)] | None = None
    mask: bytes = b""
    pose: bytes = b""


class SetOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A varied set; the same seed wishes for the same. `wish` goes into each, `categories` are gone through in turn."""

    influencer: str
    count: Annotated[int, Meta(ge=1, le=100)]
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    categories: Annotated[list[str], Meta(max_length=20)] = []
    wish: Annotated[str, Meta(max_length=2000)] = ""


@post(
    "/images",
    status_code=HTTP_202_ACCEPTED,
    summary="Order a picture",
    request_max_body_size=2 * LARGEST_BYTES * 4 // 3 + 10_000,
)
async def order(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], data: JSONBody[PictureOrder]
) -> PictureRow:
    """Order a picture of an influencer; its credits are set aside now and spent when it is done.

    A wish that no picture is made of answers 400 with a sentence; without credits, a model, or what a face, a LoRA or a pose
    needs, 409.
    """
    desk = _desk(doorway)
    async with doorway.house.app.unit(operator.agency_id) as unit:
        influencer = await find_influencer(unit, data.influencer)
    start = None if data.base is None else await find_start(doorway.house, influencer, data.base)
    shape = data.shape or (start.shape if start else "portrait")
    wish = PictureWish(
        text=data.wish, category=data.category, shape=shape, scene=data.scene, outfit=data.outfit, seed=data.seed
    )  # fmt: skip
    guiding = Guiding(start=start, strength=data.strength, mask=data.mask, pose=data.pose)
    try:
        made = await desk.prepare(influencer, wish, adult_ok=False, from_fan=False)
        if made.refused:
            raise Refused(
                f"Such a picture is not made: {', '.join(made.judged.reasons) or 'the moderator refuses its prompt'}."
            )
        said = Attestation("drawn", operator.name, doorway.clock.now())
        request = await guide(desk, doorway.house, influencer, made.request, guiding, said)
    except Misconfigured as error:  # who orders can do something about it
        raise Refused(str(error)) from None
    prepared = replace(made, request=request)
    (row,) = await desk.order(influencer, [prepared], source=data.source, priority=PERSON, by=operator.name)
    return row


@post("/images/batch", status_code=HTTP_202_ACCEPTED, summary="Order a varied set of pictures")
async def order_set(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], data: JSONBody[SetOrder]
) -> list[PictureRow]:
    """Order pictures that differ in category, place and clothes, to be made when nobody waits; all of them or none.

    What no picture is made of answers 400 with a sentence; without credits for all, or without a model, 409.
    """
    desk = _desk(doorway)
    async with doorway.house.app.unit(operator.agency_id) as unit:
        influencer = await find_influencer(unit, data.influencer)
    try:
        made = await desk.prepare_set(influencer, data.count, data.seed, categories=data.categories, text=data.wish)
    except Misconfigured as error:
        raise Refused(str(error)) from None
    return await desk.order(influencer, made, source="calendar", priority=CALENDAR, by=operator.name)


def _desk(doorway: Doorway) -> PictureDesk:
    """Open the desk where wishes are taken. Raises `Refused` where no pictures are made."""
    desk = open_desk(doorway.settings, doorway.house, credits)
    if not desk.ready:
        raise Refused(NONE_HERE)
    return desk
