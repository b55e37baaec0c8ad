"""The operators' JSON API: who may, what a draft becomes, and that nobody else speaks in a taken conversation."""

from __future__ import annotations

import base64
from uuid import UUID

import aiohttp
import pytest

from core.ids import new_id
from core.money import Money
from core.outbound import TextPart
from core.pictures import PictureRequest, PictureWish
from core.turns import Effect, GenerateImage, Hold, OfferPack, Outcome, Send, Trace, Verdict
from storage import credits, deliveries
from storage.accounts import put_operator
from storage.jobs import MEDIA_QUEUE
from tests.conftest import TestDatabase, make_agency
from tests.gateway.conftest import Gateway
from tests.storage.ledger_steps import commit, how, take_turn
from tests.storage.world import message, send_in


class Desk:
    """An operator at the API."""

    def __init__(self, gateway: Gateway, http: aiohttp.ClientSession) -> None:
        self.gateway, self.http, self.headers = gateway, http, gateway.operator

    async def get(self, path: str) -> aiohttp.ClientResponse:
        return await self.http.get(f"{self.gateway.url}{path}", headers=self.headers)

    async def post(self, path: str, body: object = None) -> aiohttp.ClientResponse:
        return await self.http.post(f"{self.gateway.url}{path}", json=body, headers=self.headers)


@pytest.fixture
def desk(gateway: Gateway, http: aiohttp.ClientSession) -> Desk:
    return Desk(gateway, http)


async def think(gateway: Gateway, verdict: Verdict, *effects: Effect, number: int = 1) -> UUID:
    """Let a fan write, and end the turn in a verdict."""
    (event,) = await send_in(gateway.house, gateway.telegram, message("hi", number))
    assert event.conversation_id
    turn = await take_turn(gateway.house, gateway.telegram.agency_id, event.conversation_id)
    await commit(gateway.house, turn, Outcome(verdict, Trace("test"), effects), how({}))
    return event.conversation_id


async def waiting_texts(gateway: Gateway) -> list[str]:
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        return [d.text for d in reversed(await deliveries.list_deliveries(unit, ["pending"]))]


@pytest.mark.parametrize(
    "path",
    [
        "/api/inbox",
        "/api/conversations/01980000-0000-7000-8000-000000000001",
        "/api/deliveries",
        "/api/events",
        "/health",
        "/health/ready",
        "/metrics",
        "/api/docs",
    ],
)
async def test_every_inner_door_asks_for_the_token(gateway: Gateway, http: aiohttp.ClientSession, path: str) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic !!"}, {"authorization": "Bearer"}):
        answer = await http.get(gateway.url + path, headers=headers)
        assert (answer.status, "www-authenticate" in answer.headers) == (401, True)
    password = base64.b64encode(f"anybody:{gateway.token}".encode()).decode()
    shown = await http.get(gateway.url + path, headers={"authorization": f"Basic {password}"})
    assert shown.status in (200, 404, 503)


async def test_a_browser_login_cannot_change_anything(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    password = base64.b64encode(f"anybody:{gateway.token}".encode()).decode()
    conversation = await think(gateway, Hold("approval", (TextPart("draft"),)))
    answer = await http.post(
        f"{gateway.url}/api/conversations/{conversation}/take", headers={"authorization": f"Basic {password}"}
    )
    assert answer.status == 401


async def test_live_needs_no_token(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    assert (await http.get(f"{gateway.url}/health/live")).status == 200


async def test_guessing_tokens_is_slowed_down(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    answers = [await http.get(f"{gateway.url}/api/inbox", headers={"authorization": f"Bearer {n}"}) for n in range(40)]
    assert {a.status for a in answers} == {401, 429}


async def test_a_draft_is_approved_once(gateway: Gateway, desk: Desk) -> None:
    conversation = await think(gateway, Hold("approval", (TextPart("draft"),)))
    (row,) = await (await desk.get("/api/inbox?waiting=true")).json()
    assert (row["id"], row["held"], row["fan"]) == (str(conversation), 1, "Mia")
    shown = await (await desk.get(f"/api/conversations/{conversation}")).json()
    assert [m["text"] for m in shown["messages"]] == ["hi"]
    assert shown["latest_turn"]["verdict"] == "hold"
    (draft,) = shown["drafts"]
    assert (await desk.post(f"/api/drafts/{draft['id']}/approve")).status == 200
    again = await desk.post(f"/api/drafts/{draft['id']}/approve")
    assert again.status == 409
    assert "approved by ana" in (await again.json())["detail"]
    assert await waiting_texts(gateway) == ["draft"]


async def test_an_approved_picture_is_ordered_within_the_settings_and_wakes_the_media_worker(
    gateway: Gateway, desk: Desk
) -> None:
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        await credits.grant(unit, 9, "ana")
    wish = PictureWish(text="at the beach")
    request = PictureRequest(prompt="a beach", model="tiny", width=64, height=64)
    for number in range(1, gateway.settings.image_open + 2):
        effect = GenerateImage(new_id(), wish, 1, request)
        conversation = await think(gateway, Hold("approval", (TextPart("it comes"),)), effect, number=number)
    drafts = (await (await desk.get(f"/api/conversations/{conversation}")).json())["drafts"]
    answers = [(await desk.post(f"/api/drafts/{draft['id']}/approve")).status for draft in drafts]
    assert answers == [200] * gateway.settings.image_open + [409]
    assert await gateway.house.redis.zcard(MEDIA_QUEUE) == gateway.settings.image_open


async def test_a_draft_is_edited_or_thrown_away(gateway: Gateway, desk: Desk) -> None:
    conversation = await think(gateway, Hold("approval", (TextPart("clumsy"),)))
    await think(gateway, Hold("approval", (TextPart("bad"),)), number=2)
    first, second = (await (await desk.get(f"/api/conversations/{conversation}")).json())["drafts"]
    assert (await desk.post(f"/api/drafts/{first['id']}/edit", {"text": "better"})).status == 200
    assert (await desk.post(f"/api/drafts/{second['id']}/reject")).status == 200
    assert (await desk.post(f"/api/drafts/{second['id']}/edit", {"text": ""})).status == 400
    assert await waiting_texts(gateway) == ["better"]


async def test_a_draft_whose_effect_does_not_stand_any_more_changes_nothing(gateway: Gateway, desk: Desk) -> None:
    effect = OfferPack(new_id(), new_id(), Money(100, "XTR"), "p")
    conversation = await think(gateway, Hold("approval", (TextPart("buy this"),)), effect)
    (draft,) = (await (await desk.get(f"/api/conversations/{conversation}")).json())["drafts"]
    answer = await desk.post(f"/api/drafts/{draft['id']}/approve")
    assert (answer.status, (await answer.json())["detail"]) == (409, "There is no such pack any more.")
    assert await waiting_texts(gateway) == []
    assert len((await (await desk.get(f"/api/conversations/{conversation}")).json())["drafts"]) == 1


async def test_only_who_holds_a_conversation_writes_in_it(gateway: Gateway, desk: Desk) -> None:
    """Incident 16: anyone could send in a conversation somebody else held."""
    conversation = await think(gateway, Hold("approval", (TextPart("draft"),)))
    where = f"/api/conversations/{conversation}"
    assert (await desk.post(f"{where}/messages", {"text": "hello"})).status == 409
    assert (await desk.post(f"{where}/take")).status == 200
    assert (await desk.post(f"{where}/messages", {"text": "hello"})).status == 200
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        await put_operator(unit, "bea", "token-of-bea")
    bea = Desk(gateway, desk.http)
    bea.headers = {"authorization": "Bearer token-of-bea"}
    assert (await bea.post(f"{where}/take")).status == 409
    assert (await bea.post(f"{where}/messages", {"text": "me too"})).status == 409
    waits = await desk.post(f"{where}/handback")
    assert (waits.status, "A case waits here" in (await waits.json())["detail"]) == (409, True)
    (draft,) = (await (await desk.get(where)).json())["drafts"]
    assert (await desk.post(f"/api/drafts/{draft['id']}/reject")).status == 200
    assert (await bea.post(f"{where}/handback")).status == 409
    assert (await desk.post(f"{where}/handback")).status == 200
    assert (await bea.post(f"{where}/take")).status == 200
    assert await waiting_texts(gateway) == [], "what a former holder had not sent is dropped"


async def test_a_take_over_drops_the_agents_words(gateway: Gateway, desk: Desk) -> None:
    conversation = await think(gateway, Send((TextPart("one"), TextPart("two"))))
    assert await waiting_texts(gateway) == ["one", "two"]
    answer = await desk.post(f"/api/conversations/{conversation}/take")
    assert await answer.json() == {"still_leaving": []}
    assert await waiting_texts(gateway) == []


async def test_another_agency_sees_and_touches_nothing(gateway: Gateway, desk: Desk, database: TestDatabase) -> None:
    conversation = await think(gateway, Hold("approval", (TextPart("draft"),)))
    (draft,) = (await (await desk.get(f"/api/conversations/{conversation}")).json())["drafts"]
    other = await make_agency(database.owner, "other")
    async with gateway.house.app.unit(other.id) as unit:
        await put_operator(unit, "eve", "token-of-eve")
    eve = Desk(gateway, desk.http)
    eve.headers = {"authorization": "Bearer token-of-eve"}
    assert await (await eve.get("/api/inbox")).json() == []
    assert (await eve.get(f"/api/conversations/{conversation}")).status == 404
    for path in (
        f"conversations/{conversation}/take",
        f"conversations/{conversation}/handback",
        f"drafts/{draft['id']}/approve",
    ):
        assert (await eve.post(f"/api/{path}")).status == 404


async def test_deliveries_are_read_page_by_page_to_the_oldest(gateway: Gateway, desk: Desk) -> None:
    await think(gateway, Send((TextPart("one"), TextPart("two"), TextPart("three"))))
    first = await (await desk.get("/api/deliveries?state=pending&limit=2")).json()
    rest = await (await desk.get(f"/api/deliveries?state=pending&limit=2&before={first[-1]['id']}")).json()
    assert [row["text"] for row in (*first, *rest)] == ["three", "two", "one"]


async def test_an_unknown_delivery_is_shown_and_settled_by_a_person(gateway: Gateway, desk: Desk) -> None:
    conversation = await think(gateway, Send((TextPart("one"), TextPart("two"))))
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        claimed = await deliveries.claim_next(unit, conversation, "w")
        assert claimed
        await deliveries.settle_unknown(unit, claimed.id, "no answer")
    shown = await (await desk.get("/api/deliveries")).json()
    assert sorted((d["state"], d["text"]) for d in shown) == [("stopped", "two"), ("unknown", "one")]
    only = await (await desk.get("/api/deliveries?state=unknown")).json()
    assert [d["text"] for d in only] == ["one"]
    assert (await desk.post(f"/api/deliveries/{claimed.id}/resolve", {"outcome": "maybe"})).status == 400
    assert (await desk.post(f"/api/deliveries/{claimed.id}/resolve", {"outcome": "sent"})).status == 200
    assert await waiting_texts(gateway) == ["two"]
    assert (await desk.post(f"/api/deliveries/{claimed.id}/resolve", {"outcome": "sent"})).status == 409


async def test_health_tells_each_part(gateway: Gateway, desk: Desk) -> None:
    found = await (await desk.get("/health")).json()
    assert found["state"] == "degraded", "no worker is up here"
    assert {name: part["state"] for name, part in found["parts"].items()} == {
        "postgres": "ok", "redis": "ok", "chroma": "ok", "workers": "down", "listener": "ok", "events": "ok", "posts": "ok",
        "telegram/luna": "down",  # nobody plays Telegram here
    }  # fmt: skip
    assert (await desk.get("/health/ready")).status == 200


async def test_metrics_count_what_waits(gateway: Gateway, desk: Desk) -> None:
    await think(gateway, Send((TextPart("one"),)))
    shown = await (await desk.get("/metrics")).text()
    assert "muse_open_deliveries 1.0" in shown


async def test_every_route_is_described(gateway: Gateway, desk: Desk) -> None:
    described = await (await desk.get("/api/docs/openapi.json")).json()
    operations = [op for path in described["paths"].values() for op in path.values() if isinstance(op, dict)]
    assert len(operations) > 20
    assert all(op.get("summary") and op.get("description") for op in operations)
    page = await (await desk.get("/api/docs")).text()
    assert all(path in page for path in described["paths"])


async def test_what_a_fan_wanted_is_shown_and_filtered_by(gateway: Gateway, desk: Desk, http: aiohttp.ClientSession) -> None:
    (event,) = await send_in(gateway.house, gateway.telegram, message("my money back please", 1))
    assert event.conversation_id
    turn = await take_turn(gateway.house, gateway.telegram.agency_id, event.conversation_id)
    trace = Trace("test", intents=("greeting", "refund", "other"))
    await commit(gateway.house, turn, Outcome(Send((TextPart("Hi!"),)), trace), how({}))
    (row,) = await (await desk.get("/api/inbox?tag=refund")).json()
    assert (row["id"], row["tags"]) == (str(event.conversation_id), ["greeting", "refund"])
    assert await (await desk.get("/api/inbox?tag=refund&waiting=true")).json() == []
    assert await (await desk.get("/api/inbox?tag=price")).json() == []
    shown = await (await desk.get(f"/api/conversations/{event.conversation_id}")).json()
    assert [(tag["tag"], tag["times"]) for tag in shown["tags"]] == [("greeting", 1), ("refund", 1)]
    known = await (await desk.get("/api/tags")).json()
    assert known == [{"tag": "greeting", "conversations": 1}, {"tag": "refund", "conversations": 1}]
    assert (await http.get(f"{gateway.url}/api/tags")).status == 401
