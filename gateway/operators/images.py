"""Pictures for operators: find, look on, cancel, approve, mark."""

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
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from core.errors import Refused
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from gateway.operators.picture_orders import order, order_set
from storage import credits, gallery, image_jobs, pictures
from storage.accounts import Operator, find_influencer
from storage.image_jobs import ENDED
from storage.pictures import Filter, PackLink, PictureRow

State = Literal["queued", "painting", "finishing", "held", "done", "failed", "cancelled"]
Shape = Literal["portrait", "square", "landscape"]
PING_S = 15.0


class Favour(Struct, frozen=True):
    """Whether a picture is a favourite."""

    favourite: bool


class PictureView(Struct, frozen=True):
    """One picture, and the packs it is sold in."""

    picture: PictureRow
    packs: list[PackLink]


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
        if influencer is not None:
            await find_influencer(unit, influencer)
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
        order_set,
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
