"""Albums of an influencer's pictures."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta, Struct

from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from storage import gallery
from storage.accounts import Operator, find_influencer
from storage.gallery import Album

Name = Annotated[str, Meta(min_length=1, max_length=80)]


class AlbumChange(Struct, frozen=True, forbid_unknown_fields=True):
    """An album by its name, and pictures by the ids of their jobs."""

    name: Name
    pictures: Annotated[list[UUID], Meta(max_length=500)] = []


class Changed(Struct, frozen=True):
    """How many pictures were put in or taken out; `albums` as they are now."""

    pictures: int
    albums: list[Album]


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


router = Router(
    "/api",
    route_handlers=[list_albums, put_in, take_out],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Pictures"],
    security=[{"operator": []}],
)
