"""An app's way to pictures: it asks with a signed webhook, and gets what a fan of its own may see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK

from core.errors import BadInput, NotFound, Unauthorised
from core.inbound import WebhookRequest
from core.log import get_logger
from core.outbound import AssetRef
from gateway.doorway import Doorway
from gateway.platforms.http.wire import FileRead, read_file_request
from gateway.served_files import serve_file
from shop.purchases import offered_asset
from storage.pictures import picture_of_account
from storage.posts import shown_asset
from storage.unit import Unit

PLATFORM = "http"
log = get_logger(__name__)


@post("/files/http/{account:str}", status_code=HTTP_200_OK, tags=["Platforms"], summary="Hand an app a picture of an offer")
async def read_file(
    request: Request[Any, Any, Any], doorway: NamedDependency[Doorway], account: FromPath[str]
) -> Response[bytes]:
    """Return the bytes of the picture that a signed `file.read` names.

    It is an offer's preview, an item once it is bought, one that was made for a fan and sent to them, or one of a post from the
    moment that the post is given to the app. The request is signed like a webhook, so it is bound to its account and runs out
    after five minutes. Unknown account and wrong signature answer 401; a picture that is not theirs to see answers 404.
    """
    raw = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        owner = await doorway.book.find(PLATFORM, account)
        doorway.platforms[PLATFORM].verify(owner, WebhookRequest(raw, headers, {}))
    except Unauthorised as error:
        log.info("file_refused", platform=PLATFORM, reason=str(error))
        raise Unauthorised("Unknown account or wrong signature.") from None
    wanted = read_file_request(raw)
    if wanted is None:
        raise BadInput("This is no file.read.")
    try:
        async with doorway.house.app.unit(owner.agency_id) as unit:
            asset = await _find(unit, owner.id, wanted)
    except NotFound:
        raise NotFound("There is no such picture, or it is not bought yet.") from None
    return await serve_file(doorway, asset.blob_key, asset.mime)


async def _find(unit: Unit, account_id: UUID, wanted: FileRead) -> AssetRef:
    """Return the picture that an account may see. Raises `NotFound`, `BadInput` for a request that names no place."""
    if wanted.post is not None:
        return await shown_asset(unit, account_id, wanted.post, wanted.file)
    if wanted.offer is not None:
        return await offered_asset(unit, account_id, wanted.offer, wanted.file)
    if wanted.picture is not None:
        return await picture_of_account(unit, account_id, wanted.picture, wanted.file)
    raise BadInput("A file.read names the offer, the post, or the picture's job, that its file belongs to.")
