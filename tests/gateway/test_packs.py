"""Packs and promos over the operators' API: what is made is what is sold, and what cannot be is said clearly."""

from __future__ import annotations

import asyncio
import io
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from PIL import Image

from storage.accounts import put_operator
from tests.conftest import TestDatabase, make_agency
from tests.gateway.conftest import Gateway
from tests.gateway.test_operators import Desk
from tests.shop.world import start_chat

WEBCHAT = {"amount": 499, "unit": "USD"}
TELEGRAM = {"amount": 250, "unit": "XTR"}


@pytest.fixture
def desk(gateway: Gateway, http: aiohttp.ClientSession) -> Desk:
    return Desk(gateway, http)


def picture(colour: str = "navy", size: tuple[int, int] = (120, 160), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


async def keep(desk: Desk, data: bytes, influencer: str = "luna") -> aiohttp.ClientResponse:
    return await desk.http.post(f"{desk.gateway.url}/api/influencers/{influencer}/assets", data=data, headers=desk.headers)


async def make(desk: Desk, slug: str = "sea", **given: Any) -> dict[str, Any]:
    """Make a pack of one picture."""
    kept = await (await keep(desk, picture(slug if slug in ("red", "green") else "navy"))).json()
    body = {
        "influencer": "luna",
        "slug": slug,
        "title": "The sea",
        "description": "An evening swim.",
        "tags": ["beach"],
        "pictures": [kept["asset_id"]],
        "prices": {"webchat": WEBCHAT, "telegram": TELEGRAM},
        **given,
    }
    answer = await desk.post("/api/packs", body)
    assert answer.status == 201, await answer.text()
    made: dict[str, Any] = await answer.json()
    return made


async def refused(answer: aiohttp.ClientResponse, status: int, words: str) -> None:
    assert answer.status == status, await answer.text()
    assert words in (await answer.json())["detail"]


async def test_a_pack_is_made_of_the_vault_with_a_preview_that_shows_nothing(desk: Desk) -> None:
    made = await make(desk, rating="suggestive")
    assert (made["slug"], made["rating"], made["sold"], made["active"]) == ("sea", "suggestive", 0, True)
    assert made["prices"] == {"webchat": WEBCHAT, "telegram": TELEGRAM}
    assert made["preview"] not in made["pictures"]
    listed = await (await desk.get("/api/packs?influencer=luna")).json()
    assert [row["id"] for row in listed] == [made["id"]]
    (asset,) = await (await desk.get("/api/influencers/luna/assets")).json()
    assert (asset["id"], asset["packs"]) == (made["pictures"][0], ["sea"])
    house = desk.gateway.house
    async with house.app.unit(desk.gateway.telegram.agency_id) as unit:
        key = await unit.connection.fetchval("SELECT blob_key FROM assets WHERE id = $1", UUID(made["preview"]))
    shown = Image.open(io.BytesIO(await house.blobs.get(key)))
    assert (shown.width, shown.getexif()) == (540, {})


async def test_the_same_picture_is_kept_once(desk: Desk) -> None:
    one, other = [(await (await keep(desk, picture())).json())["asset_id"] for _ in range(2)]
    assert one == other


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no picture"),
        (b"GIF89a nothing", "no picture"),
        (picture()[:60], "no picture"),
        (picture(kind="BMP"), "no JPEG, PNG or WebP"),
        (picture(size=(20, 20)), "pixels a side"),
    ],
)
async def test_what_is_no_picture_stays_out_of_the_vault(desk: Desk, data: bytes, words: str) -> None:
    await refused(await keep(desk, data), 400, words)
    assert await (await desk.get("/api/influencers/luna/assets")).json() == []


async def test_a_pack_that_cannot_be_sold_is_refused_with_the_reason(desk: Desk) -> None:
    made = await make(desk)
    body = {"influencer": "luna", "slug": "other", "title": "T", "description": "D", "pictures": made["pictures"]}
    for change, status, words in (
        ({"slug": "sea"}, 409, "has a pack 'sea' already"),
        ({"slug": "The Sea"}, 400, "small letters"),
        ({"influencer": "nobody"}, 404, "no influencer 'nobody'"),
        ({"pictures": []}, 400, "1 to 40 pictures"),
        ({"pictures": made["pictures"] * 2}, 400, "named twice"),
        ({"pictures": ["01980000-0000-7000-8000-000000000001"]}, 404, "no picture 01980000"),
        ({"rating": "x"}, 400, "rating is sfw"),
        ({"title": " "}, 400, "title has 1 to 80"),
        ({"prices": {"telegram": WEBCHAT}}, 400, "telegram sells for XTR, not USD"),
        ({"prices": {"telegram": {"amount": 25_001, "unit": "XTR"}}}, 400, "1 Stars to 25000 Stars"),
        ({"prices": {"telegram": {"amount": 0, "unit": "XTR"}}}, 400, "costs"),
        ({"prices": {"webchat": {"amount": 10**20, "unit": "USD"}}}, 400, "to $1000000.00"),
        ({"prices": {"teletext": TELEGRAM}}, 400, "Nothing is sold on 'teletext'"),
    ):
        await refused(await desk.post("/api/packs", {**body, **change}), status, words)
    assert len(await (await desk.get("/api/packs")).json()) == 1


async def test_a_pack_is_changed_priced_and_retired(desk: Desk) -> None:
    made = await make(desk)
    path = f"/api/packs/{made['id']}"
    changed = await (await desk.post(f"{path}/edit", {"title": "The bay", "rating": "adult"})).json()
    assert (changed["title"], changed["rating"], changed["description"]) == ("The bay", "adult", "An evening swim.")
    await refused(await desk.post(f"{path}/edit", {"rating": "x"}), 400, "rating")
    priced = await (await desk.post(f"{path}/price", {"platform": "webchat", "price": {"amount": 599, "unit": "USD"}})).json()
    assert priced["prices"]["webchat"]["amount"] == 599
    priced = await (await desk.post(f"{path}/price", {"platform": "webchat"})).json()
    assert "webchat" not in priced["prices"]
    await refused(await desk.post(f"{path}/price", {"platform": "webchat", "price": TELEGRAM}), 400, "webchat sells for USD")
    assert not (await (await desk.post(f"{path}/retire")).json())["active"]
    edited = await (await desk.post(f"{path}/edit", {"title": "The cove"})).json()
    assert not edited["active"], "a change of words puts nothing back on sale"
    assert (await (await desk.post(f"{path}/retire?back=true")).json())["active"]


async def test_what_was_offered_loses_no_pictures(desk: Desk) -> None:
    made = await make(desk)
    other = (await (await keep(desk, picture("red"))).json())["asset_id"]
    path = f"/api/packs/{made['id']}/edit"
    swapped = await (await desk.post(path, {"pictures": [other]})).json()
    assert swapped["pictures"] == [other]
    async with desk.gateway.house.app.unit(desk.gateway.telegram.agency_id) as unit:
        chat = await start_chat(desk.gateway.house, desk.gateway.telegram)
        await unit.connection.execute(
            "INSERT INTO offers (id, agency_id, pack_id, fan_id, conversation_id, amount, unit, payload)"
            " VALUES (gen_random_uuid(), current_agency(), $1, $2, $3, 250, 'XTR', 'p')",
            UUID(made["id"]), chat.fan_id, chat.id,
        )  # fmt: skip
    await refused(await desk.post(path, {"pictures": made["pictures"]}), 409, "retire it and make a new one")
    grown = await (await desk.post(path, {"pictures": [*made["pictures"], other]})).json()
    assert len(grown["pictures"]) == 2


async def promo(desk: Desk, **given: Any) -> aiohttp.ClientResponse:
    body = {"influencer": "luna", "slug": "spring", "title": "Spring", "kind": "percentage", "percent": 20, **given}
    return await desk.post("/api/promos", body)


async def test_a_promo_is_made_given_codes_and_ended(desk: Desk) -> None:
    made = await (await promo(desk, code="spring-20", total=5)).json()
    assert (made["state"], made["codes"], made["made_by"], made["redeemed"]) == ("stands", 1, "ana", 0)
    path = f"/api/promos/{made['id']}"
    new = await (await desk.post(f"{path}/codes", {"count": 50})).json()
    codes = {row["code"] for row in new}
    assert len(codes) == 50
    assert all(len(code) == 12 and code.isalnum() and not set(code) & set("01IO") for code in codes)
    listed = await (await desk.get(f"{path}/codes")).json()
    assert (listed[0]["code"], len(listed)) == ("SPRING-20", 51)
    assert (await (await desk.post(f"{path}/end")).json())["state"] == "over"
    await refused(await desk.post(f"{path}/codes", {"count": 1}), 409, "has ended")
    assert [row["state"] for row in await (await desk.get("/api/promos?influencer=luna")).json()] == ["over"]


async def test_a_promo_that_means_nothing_is_refused_with_the_reason(desk: Desk) -> None:
    await make(desk)
    assert (await promo(desk, code="SPRING")).status == 201
    for change, status, words in (
        ({}, 409, "a promo 'spring' already"),
        ({"slug": "b", "code": "spring"}, 409, "another promo's already"),
        ({"slug": "b", "code": "a"}, 400, "4 to 32"),
        ({"slug": "b", "code": "two words"}, 400, "4 to 32"),
        ({"slug": "b", "way": "asked", "code": "SUMMER"}, 400, "way code"),
        ({"slug": "b", "percent": 100}, 400, "1 to 99"),
        ({"slug": "b", "percent": None}, 400, "needs percent"),
        ({"slug": "b", "amount": 5, "unit": "USD"}, 400, "need an amount"),
        ({"slug": "b", "least": 500}, 400, "go together"),
        ({"slug": "b", "kind": "fixed", "percent": None, "amount": 100}, 400, "go together"),
        ({"slug": "b", "kind": "fixed", "percent": None, "amount": 100, "unit": "DOGE"}, 400, "unit is"),
        ({"slug": "b", "kind": "fixed", "percent": None, "amount": 9, "unit": "USD", "platforms": ["telegram"]}, 400, "XTR"),
        ({"slug": "b", "kind": "bundle", "percent": None, "amount": 9, "unit": "USD", "packs": ["sea"]}, 400, "two packs"),
        ({"slug": "b", "kind": "bundle", "percent": None, "take": 1}, 400, "2 to 10"),
        ({"slug": "b", "packs": ["land"]}, 404, "no pack 'land'"),
        ({"slug": "b", "platforms": ["teletext"]}, 400, "teletext"),
        ({"slug": "b", "per_fan": 0}, 400, "at least once"),
        ({"slug": "b", "starts_at": "2026-09-02T00:00:00Z", "ends_at": "2026-09-01T00:00:00Z"}, 400, "ends after"),
        ({"slug": "b", "ends_at": "2026-09-01T00:00:00"}, 400, "time zone"),
        ({"slug": "b", "hold_s": 1}, 400, "60 seconds"),
    ):
        await refused(await promo(desk, **change), status, words)
    assert len(await (await desk.get("/api/promos")).json()) == 1
    (made,) = await (await desk.get("/api/promos")).json()
    for order, words in (({"count": 0}, "1 to 5000"), ({"count": 5001}, "1 to 5000")):
        await refused(await desk.post(f"/api/promos/{made['id']}/codes", order), 400, words)
    nobody = {"fan": "01980000-0000-7000-8000-000000000001"}
    await refused(await desk.post(f"/api/promos/{made['id']}/codes", nobody), 404, "no")


async def test_another_agencys_packs_and_promos_are_not_there(desk: Desk, database: TestDatabase) -> None:
    pack, made = await make(desk), await (await promo(desk)).json()
    other = await make_agency(database.owner, "other")
    async with desk.gateway.house.app.unit(other.id) as unit:
        await put_operator(unit, "eve", "eves-token")
    eve = {"authorization": "Bearer eves-token"}
    for path in (f"/api/packs/{pack['id']}", f"/api/promos/{made['id']}", "/api/influencers/luna/assets"):
        assert (await desk.http.get(desk.gateway.url + path, headers=eve)).status == 404
    for path in (f"/api/packs/{pack['id']}/retire", f"/api/promos/{made['id']}/end"):
        assert (await desk.http.post(desk.gateway.url + path, headers=eve)).status == 404
    assert await (await desk.http.get(f"{desk.gateway.url}/api/packs", headers=eve)).json() == []


async def test_of_two_packs_of_one_name_that_are_made_at_once_one_is(desk: Desk) -> None:
    """The other hears that the name is taken: no pack becomes another under its maker's hands."""
    kept = await (await keep(desk, picture())).json()
    body = {"influencer": "luna", "slug": "twin", "description": "Quiet.", "pictures": [kept["asset_id"]]}
    answers = await asyncio.gather(*(desk.post("/api/packs", body | {"title": f"Twin {n}"}) for n in range(4)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
    made = next(answer for answer in answers if answer.status == 201)
    listed = await (await desk.get("/api/packs")).json()
    assert [row["title"] for row in listed] == [(await made.json())["title"]]


@pytest.mark.parametrize("words", [{"title": "Two\nlines"}, {"title": "\x1b[31mred"}, {"tags": ["a\tb"]}])
async def test_words_that_would_break_a_caption_or_a_terminal_are_refused(desk: Desk, words: dict[str, Any]) -> None:
    kept = await (await keep(desk, picture())).json()
    body = {"influencer": "luna", "slug": "sea", "title": "Sea", "description": "Quiet.\nBlue.", "pictures": [kept["asset_id"]]}
    await refused(await desk.post("/api/packs", body | words), 400, "control characters")
