"""The pictures of the page: those that this fan may see, and the influencer's own."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from core.errors import NotFound
from core.nouns import Account
from gateway.doorway import Doorway
from gateway.served_files import serve_file
from gateway.webchat.limits import slow_looks
from gateway.webchat.visitors import conversation_with
from shop.purchases import visible_asset
from storage.pictures import visible_picture


@get("/media/{asset_id:uuid}", summary="A picture that this fan may see")
async def show_media(
    doorway: NamedDependency[Doorway], account: NamedDependency[Account], handle: NamedDependency[str], asset_id: FromPath[UUID]
) -> Response[bytes]:
    """Return a preview of what was offered to the fan, or a picture that they bought or that was made for them."""
    await slow_looks(doorway, handle)
    conversation = await conversation_with(doorway, account, handle)
    async with doorway.house.app.unit(account.agency_id) as unit:
        try:
            asset = await visible_asset(unit, conversation.fan_id, asset_id, account.platform)
        except NotFound:
            asset = await visible_picture(unit, conversation.fan_id, asset_id, account.platform)
    return await serve_file(doorway, asset.blob_key, asset.mime, {"cache-control": "private, max-age=3600"})


@get("/avatar", summary="The influencer's picture")
async def show_avatar(doorway: NamedDependency[Doorway], account: NamedDependency[Account]) -> Response[bytes]:
    """Return the avatar of the account."""
    key = account.options.get("avatar")
    if not key:
        raise NotFound("There is no picture.")
    return await serve_file(doorway, str(key), "image/jpeg", {"cache-control": "public, max-age=3600"})
