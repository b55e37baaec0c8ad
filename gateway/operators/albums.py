"""Albums of an influencer's pictures, and sets of pictures that are ordered at one stroke."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from msgspec import Meta, Struct

from core.errors import Misconfigured, Refused
from core.ids import new_id
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from storage import credits, gallery, image_jobs, pictures
from storage.accounts import Operator, find_influencer
from storage.gallery import Album
from storage.image_jobs import CALENDAR, Order
from storage.pictures import PictureRow
from studio.ordering import NONE_HERE, open_desk

Name = Annotated[str, Meta(min_length=1, max_length=80)]


class AlbumChange(Struct, frozen=True, forbid_unknown_fields=True):
    """An album by its name, and pictures by the ids of their jobs."""

    name: Name
    pictures: Annotated[list[UUID], Meta(max_length=500)] = []


class Changed(Struct, frozen=True):
    """How many pictures were put in or taken out; `albums` as they are now."""

    pictures: int
    albums: list[Album]


class SetOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A varied set; the same seed wishes for the same. `wish` goes into each, `categories` are gone through in turn."""

    influencer: str
    count: Annotated[int, Meta(ge=1, le=100)]
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    categories: Annotated[list[str], Meta(max_length=20)] = []
    wish: Annotated[str, Meta(max_length=2000)] = ""


@get("/influencers/{influencer:str}/albums", summary="List an influencer's albums")
async def list_albums(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], influencer: FromPath[str]
) -> list[Album]:
    """Return the albums by name, with how many pictures are in each; `GET /api/images?album=` shows those."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await gallery.list_albums(unit, (await find_influencer(unit, influencer)).id)


@post("/influencers/{influencer:str}/albums", status_code=HTTP_200_OK, summary="Put pictures into an album")
async def put_in(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    influencer: FromPath[str],
    data: JSONBody[AlbumChange],
) -> Changed:
    """Put finished pictures into an album, which is made where there is none of that name; those of others are left out."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        found = await find_influencer(unit, influencer)
        album = await gallery.add_album(unit, found.id, data.name)
        new = await gallery.put_in_album(unit, album, data.pictures)
        return Changed(new, await gallery.list_albums(unit, found.id))


@post("/influencers/{influencer:str}/albums/remove", status_code=HTTP_200_OK, summary="Take pictures out of an album")
async def take_out(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    influencer: FromPath[str],
    data: JSONBody[AlbumChange],
) -> Changed:
    """Take pictures out of an album; without any the album is taken apart. The pictures stay."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        found = await find_influencer(unit, influencer)
        album = await gallery.find_album(unit, found.id, data.name)
        gone = await gallery.take_from_album(unit, album, data.pictures) if data.pictures else 0
        if not data.pictures:
            await gallery.drop_album(unit, album)
        return Changed(gone, await gallery.list_albums(unit, found.id))


@post("/images/batch", status_code=HTTP_202_ACCEPTED, summary="Order a varied set of pictures")
async def order_set(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], data: JSONBody[SetOrder]
) -> list[PictureRow]:
    """Order pictures that differ in category, place and clothes, to be made when nobody waits; all of them or none.

    What no picture is made of answers 400 with a sentence; without credits for all, or without a model, 409.
    """
    desk = open_desk(doorway.settings, doorway.house, credits)
    if not desk.ready:
        raise Refused(NONE_HERE)
    async with doorway.house.app.unit(operator.agency_id) as unit:
        influencer = await find_influencer(unit, data.influencer)
    try:
        made = await desk.prepare_set(influencer, data.count, data.seed, categories=data.categories, text=data.wish)
    except Misconfigured as error:
        raise Refused(str(error)) from None
    orders = [
        Order(
            id=new_id(),
            influencer_id=influencer.id,
            source="calendar",
            wish=one.wish,
            request=one.request,
            cost=one.cost,
            priority=CALENDAR,
            ordered_by=operator.name,
            review=one.review,
        )
        for one in made
    ]
    async with doorway.house.app.unit(operator.agency_id) as unit:
        for order in orders:
            await image_jobs.add(unit, credits, order)
        rows = [await pictures.load_picture(unit, order.id) for order in orders]
    await doorway.house.jobs.paint_pictures(operator.agency_id, orders[0].id)
    return rows


router = Router(
    "/api",
    route_handlers=[list_albums, put_in, take_out, order_set],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Pictures"],
    security=[{"operator": []}],
)
