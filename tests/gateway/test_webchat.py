"""The chat page's door: one fan, one cookie, and nothing of anybody else."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from uuid import uuid4

import aiohttp
import asyncpg
import pytest

from core.ids import new_id
from core.money import Money
from core.outbound import AssetRef, TextPart
from core.turns import OfferPack, Outcome, Send, Trace
from gateway.webchat import limits
from gateway.webchat.limits import LOOKS_AT_ONCE, TEXT_LIMIT
from gateway.webchat.streams import AT_MOST
from shop.offers import apply_offer_pack
from storage import packs
from storage.packs import list_for_sale
from tests.conftest import Agency, TestDatabase
from tests.gateway.conftest import Gateway, make_luna
from tests.shop.world import build_pack_part
from tests.storage.ledger_steps import commit, how, take_turn


class Visitor:
    """A browser, as far as the door can tell."""

    def __init__(self, gateway: Gateway, session: aiohttp.ClientSession, account: str = "luna") -> None:
        self.gateway, self.session, self.url = gateway, session, f"{gateway.url}/chat/{account}"
        self.cookies: dict[str, str] = {}

    @property
    def handle(self) -> str:
        return next(iter(self.cookies.values())).partition(".")[0]

    async def enter(self) -> aiohttp.ClientResponse:
        answer = await self.session.post(f"{self.url}/session", json={"adult": True}, cookies=self.cookies)
        self.cookies.update({name: morsel.value for name, morsel in answer.cookies.items()})
        return answer

    async def get(self, path: str) -> aiohttp.ClientResponse:
        return await self.session.get(f"{self.url}/{path}", cookies=self.cookies)

    async def post(self, path: str, body: object) -> aiohttp.ClientResponse:
        return await self.session.post(f"{self.url}/{path}", json=body, cookies=self.cookies)

    async def write(self, text: str, key: str | None = None) -> aiohttp.ClientResponse:
        return await self.post("messages", {"key": key or str(uuid4()), "text": text})

    async def items(self) -> list[dict[str, object]]:
        return list((await (await self.get("thread")).json())["items"])


@pytest.fixture
async def mia(gateway: Gateway, http: aiohttp.ClientSession) -> Visitor:
    visitor = Visitor(gateway, http)
    await visitor.enter()
    return visitor


async def offer(gateway: Gateway, visitor: Visitor) -> tuple[OfferPack, list[AssetRef]]:
    """Answer the visitor's message with a pack of two pictures."""
    account, house = gateway.webchat, gateway.house
    chat = await gateway.chat_of(account, visitor.handle)
    async with house.app.unit(account.agency_id) as unit:
        pack = await packs.put_pack(unit, account.influencer_id, "sea", "Sea", "Waves", ["sea"])
        await packs.put_price(unit, pack, "webchat", 799, "USD")
        assets = []
        for n in range(3):
            asset = AssetRef(new_id(), f"assets/{n}", "image/jpeg", 10, 12)
            assets.append(await packs.put_asset(unit, account.influencer_id, asset, bytes([n]), 3))
            await house.blobs.put(f"assets/{n}", bytes([n]) * 3, "image/jpeg")
        await packs.set_pictures(unit, pack, assets[0], assets[1:])
    turn = await take_turn(house, account.agency_id, chat.id)
    async with house.app.unit(account.agency_id) as unit:
        (sale,) = await list_for_sale(unit, account.influencer_id, turn.fan.id, "webchat", None, "none")
        part = await build_pack_part(unit, sale)
    effect = OfferPack(part.offer_id, part.pack_id, Money(799, "USD"), part.payload)
    outcome = Outcome(Send((TextPart("look"), part)), Trace("test"), (effect,))
    await commit(house, turn, outcome, how({OfferPack: apply_offer_pack}))
    pictures = [part.preview, *part.items]
    assert all(pictures)
    return effect, [p for p in pictures if p]


async def test_the_page_and_what_it_needs_come_without_a_cookie(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    visitor = Visitor(gateway, http)
    page = await visitor.get("")
    assert page.status == 200
    assert page.content_type == "text/html"
    assert "default-src 'self'" in page.headers["content-security-policy"]
    entrance = await (await visitor.get("session")).json()
    assert entrance["influencer"]["name"] == "Luna"
    assert "AI" in entrance["notice"]
    assert (entrance["confirmed"], entrance["waking"]) == (False, True)
    assert (await visitor.get("privacy")).status == 200
    script = await http.get(f"{gateway.url}/chat-static/chat.js")
    assert script.status == 200
    assert "javascript" in script.content_type


async def test_nobody_gets_in_without_being_an_adult(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    visitor = Visitor(gateway, http)
    answer = await visitor.post("session", {"adult": False})
    assert answer.status == 403
    assert not answer.cookies
    for refused in (await visitor.get("thread"), await visitor.write("hi")):
        assert refused.status == 401
        assert "www-authenticate" not in refused.headers, "a fan must never see the operators' login box"


async def test_the_cookie_is_shut_to_scripts_and_other_sites(mia: Visitor) -> None:
    answer = await Visitor(mia.gateway, mia.session).enter()
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/chat/luna" in cookie


async def test_a_known_fan_keeps_the_cookie(mia: Visitor) -> None:
    before = dict(mia.cookies)
    await mia.enter()
    assert mia.cookies == before
    assert (await (await mia.get("session")).json())["confirmed"] is True


async def test_a_message_is_taken_once_whatever_the_page_repeats(mia: Visitor) -> None:
    key = str(uuid4())
    answers = await asyncio.gather(*(mia.write("hello", key) for _ in range(4)))
    assert [a.status for a in answers] == [202] * 4
    (item,) = await mia.items()
    assert (item["from"], item["text"], item["key"], item["state"]) == ("fan", "hello", key, "sent")


@pytest.mark.parametrize("tamper", [lambda v: v[:-1] + "x", lambda v: "0" * 32 + v[32:], lambda v: "", lambda v: "."])
async def test_a_tampered_cookie_opens_nothing(mia: Visitor, tamper) -> None:  # type: ignore[no-untyped-def]  # one of the lambdas
    await mia.write("secret")
    mia.cookies = {name: tamper(value) for name, value in mia.cookies.items()}
    assert (await mia.get("thread")).status == 401


async def test_a_cookie_holds_for_one_account_only(mia: Visitor, agency: Agency) -> None:
    await make_luna(mia.gateway.house, agency, "webchat", key="other")
    elsewhere = Visitor(mia.gateway, mia.session, "other")
    elsewhere.cookies = {"muse_fan_other": next(iter(mia.cookies.values()))}
    assert (await elsewhere.get("thread")).status == 401


async def test_fans_see_nothing_of_each_other(mia: Visitor, gateway: Gateway, http: aiohttp.ClientSession) -> None:
    await mia.write("only for luna")
    effect, pictures = await offer(gateway, mia)
    other = Visitor(gateway, http)
    await other.enter()
    await other.write("hi")
    assert [i["text"] for i in await other.items()] == ["hi"]
    assert [(await other.get(f"media/{p.asset_id}")).status for p in pictures] == [404, 404, 404]
    assert (await other.post("unlock", {"offer_id": str(effect.offer_id)})).status == 404


async def test_a_locked_pack_shows_its_preview_only_and_opens_when_bought(mia: Visitor, gateway: Gateway) -> None:
    await mia.write("pictures?")
    effect, (preview, *items) = await offer(gateway, mia)
    chat = await gateway.chat_of(gateway.webchat, mia.handle)
    async with gateway.house.app.unit(chat.agency_id) as unit:
        await unit.connection.execute("UPDATE deliveries SET state = 'sent' WHERE conversation_id = $1", chat.id)
    pack = (await mia.items())[-1]["pack"]
    assert (pack["price"], pack["owned"], pack["items"]) == ("$7.99", False, [])  # type: ignore[index]  # plain JSON values
    assert (await mia.get(f"media/{preview.asset_id}")).status == 200
    assert (await mia.get(f"media/{items[0].asset_id}")).status == 404
    for _ in range(2):
        assert (await mia.post("unlock", {"offer_id": str(effect.offer_id)})).status == 202
    items_now = await mia.items()
    assert [i["kind"] for i in items_now].count("purchase") == 1
    pack = next(i["pack"] for i in items_now if i["pack"])
    assert (pack["owned"], len(pack["items"])) == (True, 2)  # type: ignore[index, arg-type]  # plain JSON values
    shown = await mia.get(f"media/{items[0].asset_id}")
    assert await shown.read() == b"\x01\x01\x01"
    assert "private" in shown.headers["cache-control"]


async def test_only_the_sandbox_gives_packs_away(gateway: Gateway, http: aiohttp.ClientSession, agency: Agency) -> None:
    await make_luna(gateway.house, agency, "webchat", sandbox=False, key="earnest")
    visitor = Visitor(gateway, http, "earnest")
    await visitor.enter()
    assert (await visitor.post("unlock", {"offer_id": str(new_id())})).status == 404


async def test_who_writes_too_fast_is_asked_to_wait(mia: Visitor) -> None:
    answers = [await mia.write(str(n)) for n in range(12)]
    refused = [a for a in answers if a.status == 429]
    assert refused
    assert int(refused[0].headers["retry-after"]) > 0
    assert len(await mia.items()) == 12 - len(refused)


async def test_too_long_a_message_is_refused_and_hostile_ones_are_plain_text(mia: Visitor) -> None:
    assert (await mia.write("x" * (TEXT_LIMIT + 1))).status == 413
    for text in ("<script>alert(1)</script>", "' OR 1=1 --", "\x00nul", "🌙" * 1000):
        assert (await mia.write(text)).status == 202
    assert [i["text"] for i in await mia.items()] == [
        "<script>alert(1)</script>", "' OR 1=1 --", "�nul", "🌙" * 1000,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "blank", [" ", "\n\t ", "\u200b\u200d\u2060", "\ufeff", "\u3164", "\u2800 \u2800", "\ufe0f", "\u00ad\u202e", "\x00"]
)
async def test_a_message_in_which_nothing_can_be_seen_is_refused(mia: Visitor, blank: str) -> None:
    answer = await mia.write(blank)
    assert (answer.status, "write a word" in await answer.text()) == (400, True)
    assert await mia.items() == []


async def test_one_sign_is_a_message(mia: Visitor) -> None:
    for text in ("?", "❤️", "👍🏽", "5", "é", "は", "☺"):
        assert (await mia.write(text)).status == 202, text


async def test_bad_bodies_get_a_clear_no(mia: Visitor) -> None:
    for body in ({}, {"key": "x", "text": "hi"}, {"key": str(uuid4()), "text": ""}, {"key": str(uuid4()), "text": 5}, []):
        assert (await mia.post("messages", body)).status == 400
    for key in ("-" * 32, "0" * 31 + "-", str(uuid4())[:-1]):
        assert (await mia.write("hi", key)).status == 400, "what is no id is no key"
    assert await mia.items() == []
    assert (await mia.get("media/not-a-uuid")).status == 404
    assert (await mia.get("thread?after=nonsense")).status == 400


async def test_a_stranger_account_is_not_there(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    assert (await Visitor(gateway, http, "nobody").get("session")).status == 404


async def test_the_page_hears_of_changes(mia: Visitor, gateway: Gateway) -> None:
    await mia.write("hi")
    chat = await gateway.chat_of(gateway.webchat, mia.handle)
    async with mia.session.get(f"{mia.url}/events", cookies=mia.cookies) as stream:
        assert stream.content_type == "text/event-stream"
        assert await _next_event(stream) == "change"
        await gateway.house.live.publish(chat.id, {"event": "typing", "seconds": 5})
        assert await _next_event(stream) == "typing"


async def _next_event(stream: aiohttp.ClientResponse) -> str:
    while True:
        line = (await asyncio.wait_for(stream.content.readline(), 20)).decode().strip()
        if line.startswith("event: "):
            return line.removeprefix("event: ")


async def test_a_fan_opens_so_many_streams_and_no_more(mia: Visitor, gateway: Gateway) -> None:
    opened = [await mia.get("events") for _ in range(AT_MOST)]
    refused = await _open_until(mia, 429)
    assert int(refused.headers["retry-after"]) > 0
    other = Visitor(gateway, mia.session)
    await other.enter()
    elsewhere = await other.get("events")
    assert elsewhere.status == 200, "another fan has places of their own"
    opened.pop().close()
    again = await _open_until(mia, 200)
    for stream in (*opened, refused, elsewhere, again):
        stream.close()


async def _open_until(fan: Visitor, status: int) -> aiohttp.ClientResponse:
    """Open streams until one is answered so: the server takes and frees places a moment after the line opens or closes."""
    async with asyncio.timeout(10):
        while True:
            stream = await fan.get("events")
            if stream.status == status:
                return stream
            stream.close()
            await asyncio.sleep(0.05)


async def test_streams_that_come_at_once_share_the_places(mia: Visitor) -> None:
    answers = await asyncio.gather(*(mia.get("events") for _ in range(4 * AT_MOST)))
    ended = await asyncio.gather(*(_ends(answer) for answer in answers))
    assert ended.count(False) == AT_MOST
    for answer in answers:
        answer.close()


async def _ends(stream: aiohttp.ClientResponse) -> bool:
    """Tell whether a stream is over; an open one of a chat without messages says nothing for a while."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stream.read(), 2)
        return True
    return False


async def test_no_person_reads_that_fast(mia: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOOKS_PER_MINUTE", 1)  # how slow this machine is must not matter
    answers = [await mia.get("thread") for _ in range(LOOKS_AT_ONCE // 2)]
    assert {a.status for a in answers} == {200}, "a busy page is not in the way"
    answers = await asyncio.gather(*(mia.get("thread") for _ in range(LOOKS_AT_ONCE)))
    assert {a.status for a in answers} == {200, 429}
    assert (await mia.get(f"media/{new_id()}")).status == 429
    assert (await mia.post("unlock", {"offer_id": str(new_id())})).status == 429
    assert (await mia.write("hi")).status == 202, "who looked too often may still write"


async def test_events_need_the_cookie(gateway: Gateway, http: aiohttp.ClientSession, database: TestDatabase) -> None:
    assert (await Visitor(gateway, http).get("events")).status == 401
    owner = await asyncpg.connect(database.owner)
    assert await owner.fetchval("SELECT count(*) FROM fans") == 0
    await owner.close()
