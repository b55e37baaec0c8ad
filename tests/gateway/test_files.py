"""Operators save what a fan sent; it is never opened in our own origin."""

from __future__ import annotations

from uuid import UUID

import aiohttp
from msgspec import structs

from core.inbound import MediaRef
from storage.accounts import put_operator
from storage.media import mark_stored
from tests.conftest import TestDatabase, make_agency
from tests.gateway.conftest import Gateway
from tests.gateway.test_operators import Desk
from tests.storage.world import message, send_in

PICTURE = b"<svg onload=alert(1)>"


async def test_a_stored_file_is_saved_by_its_agency_only(
    gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase
) -> None:
    desk, account = Desk(gateway, http), gateway.telegram
    sent = structs.replace(message("", 1), kind="media", media=(MediaRef("photo", "file-1", "image/png", 5),))
    (event,) = await send_in(gateway.house, account, sent)
    where = f"/api/conversations/{event.conversation_id}/files"
    (row,) = await (await desk.get(where)).json()
    assert (row["message_id"], row["kind"], row["state"]) == (str(event.message_id), "photo", "waiting")
    assert (await desk.get(f"/api/media/{row['id']}")).status == 404, "it was not fetched yet"
    await gateway.house.blobs.put("media/1", PICTURE, "image/svg+xml")
    async with gateway.house.app.unit(account.agency_id) as unit:
        await mark_stored(unit, UUID(row["id"]), "image/svg+xml", len(PICTURE), "media/1")
    answer = await desk.get(f"/api/media/{row['id']}")
    assert (answer.status, await answer.read(), answer.content_type) == (200, PICTURE, "image/svg+xml")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers.getall("content-security-policy") == ["default-src 'none'; sandbox"]
    other = await make_agency(database.owner, "other")
    async with gateway.house.app.unit(other.id) as unit:
        await put_operator(unit, "eve", "token-of-eve")
    desk.headers = {"authorization": "Bearer token-of-eve"}
    assert (await desk.get(f"/api/media/{row['id']}")).status == 404
    assert await (await desk.get(where)).json() == []
    assert (await http.get(f"{gateway.url}/api/media/{row['id']}")).status == 401
