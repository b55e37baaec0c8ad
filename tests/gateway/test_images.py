"""The operators' door to pictures, and the fan's own page: who may order, see and decide what."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from msgspec import structs

from core.clock import SystemClock
from core.ids import new_id
from core.pictures import PictureWish
from core.settings import Settings
from storage import credits, image_jobs, presence
from storage.accounts import put_operator
from storage.house import House
from storage.image_jobs import CALENDAR, FAN, Looking, Order
from storage.jobs import MEDIA_QUEUE
from storage.picture_handing import Words, hand, owed
from storage.presence import WorkerSign
from tests.conftest import TestDatabase, make_agency
from tests.gateway.conftest import Gateway
from tests.workers.pictures_world import PassingModerator, PillowPainter, PlainFinisher, draw, request
from workers.media.engine import MediaEngine
from workers.media.loop import MediaLoop

ORDER = {"influencer": "luna", "wish": "a walk on the beach", "shape": "square", "seed": 7}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings of a gateway that has pictures made."""
    return structs.replace(settings, image_model="tiny", image_cost=2)


async def ask(gateway: Gateway, http: aiohttp.ClientSession, method: str, path: str, **how: Any) -> tuple[int, Any]:
    """Ask as the operator."""
    async with http.request(method, gateway.url + path, headers=gateway.operator, **how) as answer:
        kind = answer.content_type
        return answer.status, await answer.json() if kind == "application/json" else await answer.read()


def media_worker(house: House, moderator: PassingModerator | None = None) -> MediaLoop:
    """Return a worker that is stepped by hand."""
    engine = MediaEngine(
        "media-1", house, SystemClock(), PillowPainter(), PlainFinisher(), moderator, credits, Looking(), beat_s=0.02
    )  # fmt: skip
    return MediaLoop(engine)


async def test_a_picture_is_ordered_watched_and_fetched(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    status, row = await ask(gateway, http, "POST", "/api/images", json=ORDER)
    assert (status, row["state"], row["cost"], row["ordered_by"]) == (202, "queued", 2, "ana")
    assert row["request"]["seed"] == 7
    path = f"/api/images/{row['id']}"
    heard: list[str] = []

    async def listen() -> None:
        async with http.get(f"{gateway.url}{path}/events", headers=gateway.operator) as answer:
            async for line in answer.content:
                heard.append(line.decode().strip())

    listening = asyncio.create_task(listen())
    worker = media_worker(gateway.house, PassingModerator())
    while not heard:  # noqa: ASYNC110 — the stream's first word
        await asyncio.sleep(0.02)
    await worker.step()
    await worker.settled()
    async with asyncio.timeout(20):
        await listening  # the stream ends with the picture
    assert 'data: {"state":"done","share":1.0,"error":null}' in heard
    status, shown = await ask(gateway, http, "GET", path)
    assert (shown["picture"]["state"], shown["picture"]["marks"], shown["packs"]) == ("done", ["metadata"], [])
    status, data = await ask(gateway, http, "GET", f"{path}/file")
    assert status == 200
    assert data.startswith(b"\x89PNG")
    assert (await ask(gateway, http, "GET", f"{path}/thumbnail"))[0] == 200
    assert (await ask(gateway, http, "GET", f"{path}/preview"))[0] == 404
    _, favourite = await ask(gateway, http, "POST", f"{path}/favourite", json={"favourite": True})
    assert favourite["favourite"]
    albums = "/api/influencers/luna/albums"
    status, put = await ask(gateway, http, "POST", albums, json={"name": "Sea side", "pictures": [row["id"]]})
    assert (status, put["pictures"], put["albums"][0]["pictures"]) == (200, 1, 1)
    (album,) = (await ask(gateway, http, "GET", albums))[1]
    for query, found in (
        ("q=BEACH", 1),
        ("q=kiln", 0),
        ("favourite=true", 1),
        ("q=beach -walk", 0),
        (f"album={album['id']}&model=tiny&oldest_first=true", 1),
        (f"album={new_id()}", 0),
        ("state=done&shape=square", 1),
        ("state=held", 0),
    ):
        _, rows = await ask(gateway, http, "GET", f"/api/images?{query}")
        assert len(rows) == found, query
    for pictures, gone, left in (([row["id"]], 1, 1), ([], 0, 0)):
        _, out = await ask(gateway, http, "POST", f"{albums}/remove", json={"name": "Sea side", "pictures": pictures})
        assert (out["pictures"], len(out["albums"])) == (gone, left)
    assert (await ask(gateway, http, "POST", f"{albums}/remove", json={"name": "Sea side"}))[0] == 404


async def test_a_held_picture_is_approved_and_one_is_cancelled(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    _, first = await ask(gateway, http, "POST", "/api/images", json=ORDER)
    worker = media_worker(gateway.house)
    await worker.step()
    await worker.settled()
    asset_id = (await ask(gateway, http, "GET", "/api/images?state=held"))[1][0]["asset_id"]
    pack = {"influencer": "luna", "slug": "own", "title": "Own", "description": "Luna", "pictures": [asset_id]}
    status, answer = await ask(gateway, http, "POST", "/api/packs", json=pack)
    assert (status, "cannot be part of a pack" in answer["detail"]) == (409, True)
    assert (await ask(gateway, http, "GET", "/api/influencers/luna/assets"))[1] == []
    assert (await ask(gateway, http, "POST", f"/api/images/{first['id']}/approve"))[1]["state"] == "done"
    assert [one["id"] for one in (await ask(gateway, http, "GET", "/api/influencers/luna/assets"))[1]] == [asset_id]
    assert (await ask(gateway, http, "POST", "/api/packs", json=pack))[0] == 201
    assert (await ask(gateway, http, "POST", f"/api/images/{first['id']}/reject"))[0] == 409
    _, second = await ask(gateway, http, "POST", "/api/images", json=ORDER)
    assert (await ask(gateway, http, "POST", f"/api/images/{second['id']}/cancel"))[1]["state"] == "cancelled"
    assert (await ask(gateway, http, "POST", f"/api/images/{second['id']}/cancel"))[0] == 409
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        balance = await credits.balance(unit, gateway.telegram.influencer_id)
    assert (balance.reserved, balance.spent) == (0, 2)


async def test_what_cannot_be_ordered_says_why(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    status, answer = await ask(gateway, http, "POST", "/api/images", json={**ORDER, "category": "nonsense"})
    assert (status, "category" in answer["detail"]) == (400, True)
    assert (await ask(gateway, http, "POST", "/api/images", json={**ORDER, "influencer": "nobody"}))[0] == 404
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        await credits.grant(unit, 1, "ana")
    status, answer = await ask(gateway, http, "POST", "/api/images", json=ORDER)
    assert (status, "credits" in answer["detail"]) == (409, True)
    async with http.post(f"{gateway.url}/api/images", json=ORDER) as stranger:
        assert stranger.status == 401


async def test_a_set_is_ordered_whole_or_not_at_all_and_waits_for_everybody_else(
    gateway: Gateway, http: aiohttp.ClientSession
) -> None:
    status, rows = await ask(gateway, http, "POST", "/api/images/batch", json={"influencer": "luna", "count": 4, "seed": 3})
    assert (status, {row["source"] for row in rows}, {row["priority"] for row in rows}) == (202, {"calendar"}, {CALENDAR})
    assert len({row["request"]["prompt"] for row in rows}) == 4
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        await credits.grant(unit, 3, "ana")
    status, answer = await ask(gateway, http, "POST", "/api/images/batch", json={"influencer": "luna", "count": 2})
    assert (status, "credits" in answer["detail"]) == (409, True)
    assert len((await ask(gateway, http, "GET", "/api/images"))[1]) == 4


async def test_health_and_figures_tell_of_media_workers(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    await ask(gateway, http, "POST", "/api/images", json=ORDER)
    part = (await ask(gateway, http, "GET", "/health"))[1]["parts"]["media"]
    assert (part["state"], part["detail"]) == (
        "down", "no media worker is up; 1 pictures wait, 0 are made, 0 wait for a person",
    )  # fmt: skip
    await gateway.house.redis.set(f"{MEDIA_QUEUE}:health-check", b"\x80 what ARQ writes there")
    await presence.show(gateway.house.redis, WorkerSign("media-1", "ready", "tiny"), presence.MEDIA)
    part = (await ask(gateway, http, "GET", "/health"))[1]["parts"]["media"]
    assert (part["state"], part["detail"].partition(";")[0]) == ("ok", "media-1: tiny")
    figures = (await ask(gateway, http, "GET", "/metrics"))[1].decode()
    assert 'muse_waiting_pictures{state="queued"} 1.0' in figures


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("images/{id}", "There is no such picture."),
        ("images/{id}/file", "There is no such picture, or it is not finished yet."),
        ("events/{id}", "There is no such event."),
    ],
)
async def test_what_is_not_there_is_called_as_people_call_it(
    gateway: Gateway, http: aiohttp.ClientSession, path: str, words: str
) -> None:
    status, answer = await ask(gateway, http, "GET", f"/api/{path.format(id=new_id())}")
    assert (status, answer["detail"]) == (404, words)


async def test_another_agency_sees_and_takes_nothing(
    gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase
) -> None:
    _, row = await ask(gateway, http, "POST", "/api/images", json=ORDER)
    other = await make_agency(database.owner, "other")
    async with gateway.house.app.unit(other.id) as unit:
        await put_operator(unit, "eve", "token-of-eve")
    eve = structs.replace(gateway, token="token-of-eve")
    assert (await ask(eve, http, "GET", "/api/images"))[1] == []
    for verb, what in (("GET", ""), ("GET", "/events"), ("GET", "/file"), ("POST", "/cancel"), ("POST", "/approve")):
        assert (await ask(eve, http, verb, f"/api/images/{row['id']}{what}"))[0] == 404, what


async def test_the_page_shows_a_fan_s_own_picture_and_nobody_else(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    mia, tom = await enter(gateway, http), await enter(gateway, http)
    for cookie in (mia, tom):
        body = {"key": str(new_id()), "text": "make me a picture"}
        async with http.post(f"{gateway.url}/chat/luna/messages", json=body, headers=cookie) as answer:
            assert answer.status == 202
    job_id = await order_for(gateway, mia["handle"])
    async with http.get(f"{gateway.url}/chat/luna/thread", headers=mia) as answer:
        assert [one["state"] for one in (await answer.json())["pictures"]] == ["queued"]
    asset_id = await finish(gateway, job_id)
    async with http.get(f"{gateway.url}/chat/luna/thread", headers=mia) as answer:
        thread = await answer.json()
    assert (thread["items"][-1]["kind"], thread["items"][-1]["text"]) == ("media", "Here it is (made by AI)")
    made = thread["items"][-1]["picture"]
    assert (made["alt"], made["width"]) == ("Luna (made by AI)", 64)
    assert thread["pictures"] == []
    async with http.get(gateway.url + made["url"], headers=mia) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
    async with http.get(f"{gateway.url}/chat/luna/media/{asset_id}", headers=tom) as answer:
        assert answer.status == 404


async def enter(gateway: Gateway, http: aiohttp.ClientSession) -> dict[str, str]:
    """Enter the page as a new fan; return the headers with the cookie, and the handle beside them."""
    async with http.post(f"{gateway.url}/chat/luna/session", json={"adult": True}) as answer:
        (cookie,) = answer.cookies.values()
    return {"cookie": f"{cookie.key}={cookie.value}", "handle": cookie.value.split(".")[0]}


async def order_for(gateway: Gateway, handle: str) -> UUID:
    """Order a picture for the fan whose conversation is the first."""
    agency = gateway.webchat.agency_id
    async with gateway.house.app.unit(agency) as unit:
        chat = await unit.connection.fetchrow("SELECT id, fan_id, influencer_id FROM conversations ORDER BY id LIMIT 1")
        order = Order(
            id=new_id(), influencer_id=chat["influencer_id"], source="chat", wish=PictureWish(), request=request(), cost=0,
            priority=FAN, conversation_id=chat["id"], fan_id=chat["fan_id"],
        )  # fmt: skip
        await image_jobs.add(unit, credits, order)
    return order.id


async def finish(gateway: Gateway, job_id: UUID) -> UUID:
    """Make the picture, hand it over, and say that it arrived; return its asset."""
    house, agency = gateway.house, gateway.webchat.agency_id
    worker = media_worker(house, PassingModerator())
    await worker.step()
    await worker.settled()
    async with house.app.unit(agency) as unit:
        chat_id = await unit.connection.fetchval("SELECT conversation_id FROM image_jobs WHERE id = $1", job_id)
        chat, (one,) = await owed(unit, chat_id)
        words = Words("Here it is (made by AI)", "Luna (made by AI)", "Sorry.")
        await hand(unit, chat, one, words, lambda part: [part], SystemClock().now())
        await unit.connection.execute("UPDATE deliveries SET state = 'sent'")
        await hand(unit, chat, structs.replace(one, told=True), words, lambda part: [part], SystemClock().now())
        data = await unit.connection.fetchval("SELECT sha256 FROM assets")
    assert len(data) == len(hashlib.sha256(draw(request()).data).digest())
    assert one.asset_id
    return one.asset_id
