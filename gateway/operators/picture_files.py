"""The bytes of pictures, for operators: the picture as it is kept, a small one, and how it looks while it is painted."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from core.errors import NotFound
from core.sniffing import sniff
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from gateway.served_files import UNKEPT, serve_file
from storage import pictures
from storage.accounts import Operator
from storage.previews import load_preview


@get("/images/{job_id:uuid}/file", summary="A finished or held picture's bytes")
async def show_file(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], job_id: FromPath[UUID]
) -> Response[bytes]:
    """Return the picture as it is kept, marks included."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        found = await pictures.find_picture(unit, job_id)
    return await serve_file(doorway, found.blob_key, found.mime)


@get("/images/{job_id:uuid}/thumbnail", summary="A small one of a picture")
async def show_thumbnail(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], job_id: FromPath[UUID]
) -> Response[bytes]:
    """Return the thumbnail, a JPEG."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        found = await pictures.find_picture(unit, job_id)
    if found.thumbnail_key is None:
        raise NotFound("There is no small one of this picture.")
    return await serve_file(doorway, found.thumbnail_key, "image/jpeg")


@get("/images/{job_id:uuid}/preview", summary="How a picture looks while it is painted")
async def show_preview(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], job_id: FromPath[UUID]
) -> Response[bytes]:
    """Return the newest preview; 404 where the model shows none, or none lately."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        await pictures.load_picture(unit, job_id)
    data = await load_preview(doorway.house.redis, job_id)
    if data is None:
        raise NotFound("There is no preview just now.")
    return Response(data, media_type=sniff(data) or "image/jpeg", headers=UNKEPT)


router = Router(
    "/api",
    route_handlers=[show_file, show_thumbnail, show_preview],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Pictures"],
    security=[{"operator": []}],
)
