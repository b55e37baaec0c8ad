"""Pictures for operators: order, look on, cancel, approve, find again; the bytes behind the operator's token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import ServerSentEvent, ServerSentEventMessage
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from msgspec import Meta, Struct

from core.errors import Misconfigured, Refused
from core.ids import new_id
from core.pictures import PictureWish
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from storage import credits, gallery, image_jobs, pictures
from storage.accounts import Operator, find_influencer
from storage.image_jobs import ENDED, PERSON, Order
from storage.pictures import Filter, PackLink, PictureRow
from storage.references import Attestation
from studio.drawings import Guiding, find_start, guide
from studio.ordering import NONE_HERE, open_desk
from studio.references import LARGEST_BYTES

State = Literal["queued", "painting", "finishing", "held", "done", "failed", "cancelled"]
Shape = Literal["portrait", "square", "landscape"]
PING_S = 15.0


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
    shape: Shape | None = None
    scene: str | None = None
    outfit: str | None = None
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] | None = None
    source: Literal["api", "terminal"] = "api"
    base: UUID | None = None
    strength: Annotated[float, Meta(gt=0, le=1)] | None = None
    mask: bytes = b""
    pose: bytes = b""


class Favour(Struct, frozen=True):
    """Whether a picture is a favourite."""

    favourite: bool


class PictureView(Struct, frozen=True):
    """One picture, and the packs it is sold in."""

    picture: PictureRow
    packs: list[PackLink]


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
    desk = open_desk(doorway.settings, doorway.house, credits)
    if not desk.ready:
        raise Refused(NONE_HERE)
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
    job_id = new_id()
    wanted = Order(
        id=job_id,
        influencer_id=influencer.id,
        source=data.source,
        wish=made.wish,
        request=request,
        cost=made.cost,
        priority=PERSON,
        ordered_by=operator.name,
        review=made.review,
    )
    async with doorway.house.app.unit(operator.agency_id) as unit:
        await image_jobs.add(unit, credits, wanted)
        row = await pictures.load_picture(unit, job_id)
    await doorway.house.jobs.paint_pictures(operator.agency_id, job_id)
    return row


@get("/images", summary="Find pictures")
async def list_images(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    states: Annotated[list[State] | None, QueryParameter(name="state")] = None,
    influencer: FromQuery[str | None] = None,
    words: Annotated[str | None, QueryParameter(name="q", max_length=200)] = None,
    shape: FromQuery[Shape | None] = None,
    favourite: FromQuery[bool | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    before: FromQuery[UUID | None] = None,
    oldest_first: FromQuery[bool] = False,
    model: FromQuery[str | None] = None,
    album: FromQuery[UUID | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
) -> list[PictureRow]:
    """Return pictures, newest first unless asked otherwise; `before` is the last id of the page that was read.

    `q` as one types it into a search box ("quoted", or, -without): it looks into what was asked and chosen.
    """
    chosen = Filter(
        states=tuple(states or ()),
        influencer=influencer,
        words=words or None,
        shape=shape,
        favourite=favourite,
        since=since,
        until=until,
        before=before,
        oldest_first=oldest_first,
        model=model,
        album=album,
        limit=limit,
    )
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await pictures.list_pictures(unit, chosen)


@get("/images/{job_id:uuid}", summary="Show a picture's state, and what it is linked with")
async def show_image(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], job_id: FromPath[UUID]
) -> PictureView:
    """Return one picture with its prompt, turn, message and the packs that it is sold in."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return PictureView(await pictures.load_picture(unit, job_id), await pictures.packs_of(unit, job_id))


@get("/images/{job_id:uuid}/events", summary="Look on while a picture is made (server-sent events)")
async def watch_image(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], job_id: FromPath[UUID]
) -> ServerSentEvent:
    """Send `progress` (share in 0..1, and whether there is a preview) and `state`; the stream ends with the picture."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        await pictures.load_picture(unit, job_id)
    return ServerSentEvent(_watch(doorway, operator.agency_id, job_id))


async def _watch(doorway: Doorway, agency_id: UUID, job_id: UUID) -> AsyncIterator[ServerSentEventMessage]:
    async with doorway.house.live.subscribe(job_id) as queue:
        told: tuple[str, float] | None = None
        while True:
            async with doorway.house.app.unit(agency_id) as unit:
                row = await pictures.load_picture(unit, job_id)
            if told is None or told[0] != row.state:
                yield _message("state", {"state": row.state, "share": row.progress, "error": row.error})
            told = (row.state, row.progress)
            if row.state in (*ENDED, "held"):
                return
            event: dict[str, Any] = {"event": "change"}
            while event.get("event") in ("change", "progress"):
                try:
                    event = await asyncio.wait_for(queue.get(), PING_S)
                except TimeoutError:
                    yield ServerSentEventMessage(comment="ping")
                    break
                if event.get("event") != "progress":
                    break
                yield _message("progress", {"share": event.get("share"), "preview": event.get("preview")})


def _message(kind: str, data: dict[str, Any]) -> ServerSentEventMessage:
    return ServerSentEventMessage(event=kind, data=msgspec.json.encode(data).decode())


@post("/images/{job_id:uuid}/cancel", status_code=HTTP_200_OK, summary="Take a picture back")
async def cancel(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], job_id: FromPath[UUID]) -> PictureRow:
    """Take a picture back at once, one that is being painted at its next step; its credits are free again.

    A fan who waits for it hears a kind word. What has ended answers 409.
    """
    async with doorway.house.app.unit(operator.agency_id) as unit:
        if not await image_jobs.cancel(unit, credits, job_id, f"{operator.name} took it back."):
            raise Refused("The picture has ended already; there is nothing to take back.")
        row = await pictures.load_picture(unit, job_id)
    await _tell(doorway, operator, row)
    return row


@post("/images/{job_id:uuid}/approve", status_code=HTTP_200_OK, summary="Let a held picture go on")
async def approve(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], job_id: FromPath[UUID]) -> PictureRow:
    """Say yes: a picture that was made is done, and goes to the fan who waits; a prompt that was held is painted."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        paint = await image_jobs.approve(unit, credits, job_id, operator.name)
        row = await pictures.load_picture(unit, job_id)
    if paint:
        await doorway.house.jobs.paint_pictures(operator.agency_id, job_id)
    await _tell(doorway, operator, row)
    return row


@post("/images/{job_id:uuid}/reject", status_code=HTTP_200_OK, summary="Give a held picture up")
async def reject(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], job_id: FromPath[UUID]) -> PictureRow:
    """Say no: nobody gets it, its credits are free again, and a fan who waits hears a kind word."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        await image_jobs.reject(unit, credits, job_id, operator.name)
        row = await pictures.load_picture(unit, job_id)
    await _tell(doorway, operator, row)
    return row


@post("/images/{job_id:uuid}/favourite", status_code=HTTP_200_OK, summary="Mark a picture, or take the mark away")
async def favour(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], job_id: FromPath[UUID], data: JSONBody[Favour]
) -> PictureRow:
    """Mark a picture as a favourite."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        await gallery.set_favourite(unit, job_id, data.favourite)
        return await pictures.load_picture(unit, job_id)


async def _tell(doorway: Doorway, operator: Operator, row: PictureRow) -> None:
    house = doorway.house
    await house.live.publish(row.id, {"event": "change", "state": row.state})
    if row.conversation_id is not None:
        await house.jobs.hand_picture(operator.agency_id, row.conversation_id)
        await house.live.publish(row.conversation_id, {"event": "change"})


router = Router(
    "/api",
    route_handlers=[
        order,
        list_images,
        show_image,
        watch_image,
        cancel,
        approve,
        reject,
        favour,
    ],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Pictures"],
    security=[{"operator": []}],
)
