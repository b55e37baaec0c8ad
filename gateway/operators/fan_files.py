"""Fans' files: an operator may look at what came in before answering."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from gateway.served_files import UNKEPT, serve_file
from storage import media
from storage.accounts import Operator
from storage.media import FileRow

# A fan's file is untrusted: it is saved, never opened inside our own origin.
HEADERS = {**UNKEPT, "content-security-policy": "default-src 'none'; sandbox"}


@get("/conversations/{conversation_id:uuid}/files", summary="List the files of a conversation")
async def list_files(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], conversation_id: FromPath[UUID]
) -> list[FileRow]:
    """Return what the fan sent, newest first; a `stored` file can be fetched by its id."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await media.list_files(unit, conversation_id)


@get("/media/{media_id:uuid}", summary="Save a fan's file")
async def show_media(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], media_id: FromPath[UUID]
) -> Response[bytes]:
    """Return the bytes of a stored file, to be saved and not shown."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        file = await media.find_stored(unit, media_id)
    headers = {**HEADERS, "content-disposition": f'attachment; filename="{media_id}"'}
    return await serve_file(doorway, file.blob_key, file.mime, headers)


router = Router(
    "/api",
    route_handlers=[list_files, show_media],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Files"],
    security=[{"operator": []}],
)
