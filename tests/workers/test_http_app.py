"""A fan's evening in somebody's own app: through the real gateway, the jobs of a worker, and back over signed webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import aiohttp
import asyncpg
import msgspec
import pytest
from msgspec import Struct

from cli.accounts.http import AppConnected, AppWanted, connect_http, finish_rotation, rotate_http
from core.nouns import Account, Conversation, TurnInput
from core.outbound import TextPart
from core.turns import OfferPack, Outcome, Send, Trace
from evals.simulators.http import AppFan, AppKeys, Entry, HttpAppSimulator, Retries
from evals.simulators.http.signing import sign
from gateway.platforms.http.adapter import HttpPlatform
from gateway.platforms.http.signatures import new_secret as sign_key
from gateway.platforms.http.wire import Options
from storage.accounts import find_account
from storage.packs import list_shelf, pack_pictures, put_price
from studio import calendar
from studio.calendar import PlaceWish, PostWish
from tests.conftest import Agency, TestDatabase
from tests.gateway.conftest import Gateway, gateway, http  # noqa: F401 — fixtures, found here by their names
from tests.shop.world import add_pack, build_pack_part
from tests.workers.conftest import Crew
from tests.workers.steps import as_owner
from workers.publishing import publish


class Evening(Struct, frozen=True):
    """All that takes part."""

    crew: Crew
    gateway: Gateway
    app: HttpAppSimulator
    mia: AppFan
    account: Account
    connected: AppConnected

    async def chat(self) -> Conversation:
        return await self.gateway.chat_of(self.account, self.mia.id)

    async def work(self) -> None:
        """Run what the queue would run in Mia's conversation."""
        await self.crew.think()
        await self.crew.engine.outbox.deliver(self.account.agency_id, (await self.chat()).id)

    async def say(self, text: str) -> Entry:
        """Let Mia write and Muse take it."""
        entry = self.mia.write(text)
        await self.app.feed.acknowledged(entry.key)
        return entry

    async def read(self, offer: object, file: object, keys: list[str] | None = None, post: object = None) -> tuple[int, bytes]:
        """Ask for a picture as the app does."""
        body = msgspec.json.encode({"type": "file.read", "data": {"offer": offer, "file": file, "post": post}})
        headers = sign(self.app.keys.signs_with if keys is None else keys, "read_1", body)
        url = f"{self.gateway.url}/files/http/luna"
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
            return answer.status, await answer.read()


def keys_of(connected: AppConnected) -> AppKeys:
    return AppKeys([connected.inbound_secret], [connected.outbound_secret, connected.outbound_public_key])


@pytest.fixture
async def evening(crew: Crew, gateway: Gateway, agency: Agency) -> AsyncIterator[Evening]:  # noqa: F811 — the fixture above
    async with HttpAppSimulator(retries=Retries(pauses_s=(0.05,) * 9)) as app:
        options = Options(url=app.url, list_url=app.list_url)
        connected = await connect_http(gateway.house, agency.id, AppWanted("luna", "luna", options))
        assert connected
        app.connect(f"{gateway.url}{connected.path}", keys_of(connected))
        account = await find_account(gateway.house.app, gateway.house.seal, "http", "luna")
        yield Evening(crew, gateway, app, app.add_fan("Mia"), account, connected)


async def rows(database: TestDatabase, query: str) -> list[tuple[object, ...]]:
    owner = await asyncpg.connect(database.owner)
    try:
        return [tuple(row) for row in await owner.fetch(query)]
    finally:
        await owner.close()


async def test_a_message_is_answered_once_by_both_signatures(evening: Evening, database: TestDatabase) -> None:
    await evening.say("Good evening!")
    await evening.say("It's Mia")
    await evening.work()
    (reply,) = evening.mia.chat.messages()
    assert reply.text == "Good evening! + It's Mia"
    (call,) = evening.app.calls
    assert call.proven == ("v1:0", "v1a:1")
    ((delivery_id, ids),) = await rows(database, "SELECT id, platform_ids FROM deliveries")
    assert (call.webhook_id, ids) == (str(delivery_id), [reply.id])
    assert str(evening.mia.chat) == "Mia: Good evening!\nMia: It's Mia\nMuse: Good evening! + It's Mia"


async def test_a_webhook_sent_many_times_is_one_message_and_one_reply(evening: Evening, database: TestDatabase) -> None:
    """Incident 3."""
    hello = await evening.say("Hello")
    assert [push.status for push in await evening.app.feed.redeliver(hello.key, 5)] == [200] * 5
    await evening.work()
    await evening.app.feed.redeliver(hello.key, 2)
    await evening.work()
    assert [entry.text for entry in evening.mia.chat.messages()] == ["Hello"]
    assert await rows(database, "SELECT count(*) FROM messages WHERE direction = 'in'") == [(1,)]


async def test_what_is_edited_and_taken_back_before_the_answer_is_answered_as_it_stands(evening: Evening) -> None:
    first, second = await evening.say("Good mroning"), await evening.say("Never mind this")
    for key in (evening.mia.edit(first, "Good morning"), evening.mia.delete(second)):
        await evening.app.feed.acknowledged(key)
    await evening.work()
    assert [entry.text for entry in evening.mia.chat.messages()] == ["Good morning"]


async def test_events_that_arrive_twice_and_in_another_order_lose_nothing(evening: Evening, database: TestDatabase) -> None:
    evening.app.feed.hold()
    said = [evening.mia.write(f"part {n}", late_s=10 - n) for n in range(4)]
    evening.app.feed.release([2, 0, 3, 1])
    for entry in said:
        await evening.app.feed.acknowledged(entry.key)
    await evening.app.feed.redeliver(said[0].key)
    texts = await rows(database, "SELECT text FROM messages WHERE direction = 'in' ORDER BY sent_at")
    assert [text for (text,) in texts] == [f"part {n}" for n in range(4)]


async def test_a_batch_is_taken_as_its_events(evening: Evening, database: TestDatabase) -> None:
    who = {"fan": {"id": evening.mia.id, "name": "Mia"}, "conversation": evening.mia.chat.key}
    events = [{"type": "message.created", "data": {**who, "message": {"id": f"b{n}", "text": f"{n}"}}} for n in range(3)]
    key = evening.app.feed.push({"type": "batch", "data": [*events, {"type": "story.viewed"}, 5]})
    await evening.app.feed.acknowledged(key)
    await evening.app.feed.redeliver(key)
    kept = await rows(database, "SELECT event_key, state FROM raw_events ORDER BY event_key")
    assert kept == [
        (f"{key}.0", "taken"), (f"{key}.1", "taken"), (f"{key}.2", "taken"), (f"{key}.3", "ignored"), (f"{key}.4", "unreadable")
    ]  # fmt: skip
    await evening.work()
    assert len(evening.mia.chat.messages()) == 1


async def test_what_was_kept_can_be_read_again_under_the_same_key(evening: Evening, database: TestDatabase) -> None:
    hello = await evening.say("Hello")
    ((body, key),) = await rows(database, "SELECT body, event_key FROM raw_events")
    assert isinstance(body, bytes)
    (event,) = HttpPlatform(evening.crew.engine.clock).parse(evening.account, body)
    assert event.event_key == key == hello.key


async def offer_the_sea(evening: Evening) -> None:
    """Let the next turn offer a pack whose pictures exist, and Mia get it."""
    engine, account = evening.crew.engine, evening.account
    async with engine.house.app.unit(account.agency_id) as unit:
        pack_id = await add_pack(unit, account.influencer_id, "sea", platform="http")
        await put_price(unit, pack_id, "http", 799, "USD")
        preview, items = await pack_pictures(unit, pack_id)
    assert preview
    for n, asset in enumerate((preview, *items)):
        await engine.house.blobs.put(asset.blob_key, b"\xff\xd8\xffpicture %d" % n, asset.mime)

    async def offer(turn: TurnInput) -> Outcome:
        async with engine.house.app.unit(account.agency_id) as unit:
            (shelf,) = await list_shelf(unit, account.influencer_id, turn.fan.id, "http", None, "")
            part = await build_pack_part(unit, shelf)
        effect = OfferPack(part.offer_id, part.pack_id, part.price, part.payload, asked=True)
        return Outcome(Send((TextPart("For you:"), part)), Trace("test"), (effect,))

    before, evening.crew.thinker.answer = evening.crew.thinker.answer, offer
    await evening.say("Do you have something with the sea?")
    await evening.work()
    evening.crew.thinker.answer = before


async def test_a_pack_is_shown_bought_and_given_back(evening: Evening, database: TestDatabase) -> None:
    await offer_the_sea(evening)
    words, pack = evening.mia.chat.messages()
    assert (words.text, pack.kind, pack.pack["price"]) == ("For you:", "pack", {"amount": 799, "unit": "USD"})
    offer, preview, items = pack.pack["offer"], pack.pack["preview"], pack.pack["items"]
    assert isinstance(preview, dict)
    assert isinstance(items, list)
    assert await evening.read(offer, preview["file"]) == (200, b"\xff\xd8\xffpicture 0")
    assert (await evening.read(offer, items[0]["file"]))[0] == 404  # locked
    charge = evening.mia.buy(pack)
    await evening.app.feed.drained()
    assert await rows(database, "SELECT charge_key, amount, unit, sandbox FROM purchases") == [(charge, 799, "USD", False)]
    assert await evening.read(offer, items[0]["file"]) == (200, b"\xff\xd8\xffpicture 1")
    await evening.work()
    assert evening.mia.chat.messages()[-1].text == "The sea at dusk"  # the purchase was a turn of its own
    await evening.app.feed.acknowledged(evening.mia.get_back(pack, charge))
    assert await rows(database, "SELECT refunded_by FROM refunds") == [("http",)]
    assert (await evening.read(offer, items[0]["file"]))[0] == 404


async def test_a_pack_that_was_bought_before_its_repeat_is_due_was_sent(evening: Evening, database: TestDatabase) -> None:
    """The app took it and its answer got lost; the repeat finds the offer bought, which does not mean that it never left."""
    evening.app.faults.late("message.send", 0.0)
    evening.app.faults.drop_after("message.send")
    await offer_the_sea(evening)
    _, pack = evening.mia.chat.messages()
    assert await rows(database, "SELECT state FROM deliveries ORDER BY seq") == [("sent",), ("pending",)]
    evening.mia.buy(pack)
    await evening.app.feed.drained()
    await as_owner(database, "UPDATE deliveries SET not_before = now()")
    await evening.work()
    assert await rows(database, "SELECT state FROM deliveries ORDER BY seq") == [("sent",)] * 3
    assert [entry.kind for entry in evening.mia.chat.messages()] == ["text", "pack", "text"]


async def test_the_pictures_of_a_post_are_handed_out_once_it_is_given_to_the_app(evening: Evening) -> None:
    engine, account = evening.crew.engine, evening.account
    async with engine.house.app.unit(account.agency_id) as unit:
        pack_id = await add_pack(unit, account.influencer_id, "sea", platform="http")
        _, (shown, hidden) = await pack_pictures(unit, pack_id)
        soon = (engine.clock.now() + timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M")
        wish = PostWish(
            influencer="luna",
            places=(PlaceWish("http/luna"),),
            at=soon,
            zone="UTC",
            caption="The sea",
            asset_ids=(shown.asset_id,),
        )
        (post,) = await calendar.plan(unit, engine.platforms, wish, engine.clock.now(), "ana")
    await engine.house.blobs.put(shown.blob_key, b"\xff\xd8\xffsea", shown.mime)
    assert (await evening.read(None, shown.asset_id, post=post.id))[0] == 404, "it is not out yet"
    async with engine.house.app.unit(account.agency_id) as unit:
        await calendar.publish_now(unit, engine.platforms, post.id, engine.clock.now(), "ana")
    await publish(engine, account.agency_id, post.id)
    (told,) = evening.app.posts
    assert told.files == (str(shown.asset_id),)
    assert await evening.read(None, shown.asset_id, post=post.id) == (200, b"\xff\xd8\xffsea")
    assert (await evening.read(None, hidden.asset_id, post=post.id))[0] == 404
    assert (await evening.read(None, shown.asset_id))[0] == 400
    assert (await evening.read(None, shown.asset_id, keys=[sign_key()], post=post.id))[0] == 401


async def test_a_purchase_without_money_counts_on_sandbox_accounts_only(evening: Evening, database: TestDatabase) -> None:
    await offer_the_sea(evening)
    evening.mia.buy(evening.mia.chat.messages()[-1], test=True)
    await evening.app.feed.drained()
    assert await rows(database, "SELECT count(*) FROM purchases") == [(0,)]
    assert await rows(database, "SELECT state FROM raw_events ORDER BY received_at DESC LIMIT 1") == [("unmatched",)]


async def test_an_app_that_took_another_amount_is_shown_to_a_person(evening: Evening, database: TestDatabase) -> None:
    await offer_the_sea(evening)
    pack = evening.mia.chat.messages()[-1]
    for paid in ({"amount": 999, "unit": "USD"}, {"amount": 799, "unit": "EUR"}, {"amount": 2**62, "unit": "USD"}):
        evening.mia.buy(pack, paid=paid)
        pack.locked = True
    await evening.app.feed.drained()
    assert await rows(database, "SELECT count(*) FROM purchases") == [(0,)]
    assert await rows(database, "SELECT count(*) FROM raw_events WHERE state = 'unmatched'") == [(3,)]
    evening.mia.buy(pack)
    await evening.app.feed.drained()
    assert await rows(database, "SELECT amount, unit FROM purchases") == [(799, "USD")]


async def test_pictures_are_for_the_account_that_offered_them_alone(evening: Evening) -> None:
    await offer_the_sea(evening)
    pack = evening.mia.chat.messages()[-1].pack
    preview = pack["preview"]
    assert isinstance(preview, dict)
    other = await connect_http(
        evening.gateway.house, evening.account.agency_id, AppWanted("luna", "other", Options(url="https://other.example/"))
    )
    assert other
    assert (await evening.read(pack["offer"], preview["file"], [other.inbound_secret]))[0] == 401
    assert (await evening.read(pack["offer"], preview["file"], []))[0] == 401
    assert (await evening.read(UUID(int=1), preview["file"]))[0] == 404
    assert (await evening.read(pack["offer"], UUID(int=1)))[0] == 404
    assert (await evening.read("nonsense", 5))[0] == 400
    url, body = (
        f"{evening.gateway.url}/files/http/other",
        msgspec.json.encode({"type": "file.read", "data": {"offer": pack["offer"], "file": preview["file"]}}),
    )
    async with aiohttp.ClientSession() as session:  # its own keys, somebody else's offer
        answer = await session.post(url, data=body, headers=sign([other.inbound_secret], "read_1", body))
        assert answer.status == 404
        gone = await session.post(url.replace("other", "nobody"), data=body)
        assert gone.status == 401


async def test_an_operator_takes_over_and_hands_back(evening: Evening, http: aiohttp.ClientSession) -> None:  # noqa: F811 — as above
    await evening.say("Hello")
    await evening.work()
    url, headers = f"{evening.gateway.url}/api/conversations/{(await evening.chat()).id}", evening.gateway.operator
    assert (await http.post(f"{url}/take", headers=headers)).status == 200
    await evening.say("Are you there?")
    await evening.work()
    assert len(evening.mia.chat.messages()) == 1
    assert (await http.post(f"{url}/messages", headers=headers, json={"text": "This is Ana."})).status < 300
    await evening.work()
    assert [entry.text for entry in evening.mia.chat.messages()] == ["Hello", "This is Ana."]
    assert evening.app.calls[-1].proven == ("v1:0", "v1a:1")
    assert (await http.post(f"{url}/handback", headers=headers)).status == 200
    await evening.say("Thank you")
    await evening.work()
    assert "Thank you" in evening.mia.chat.messages()[-1].text


async def test_staff_of_the_app_and_reactions_are_told(evening: Evening, database: TestDatabase) -> None:
    await evening.say("Hello")
    await evening.work()
    (reply,) = evening.mia.chat.messages()
    staff = evening.mia.staff_writes("Somebody of ours takes over.")
    for key in (staff.key, evening.mia.react(reply, "❤️"), evening.mia.block()):
        await evening.app.feed.acknowledged(key)
    echo = await rows(database, "SELECT platform_message_id, text, ours FROM echoes")
    assert echo == [(staff.id, "Somebody of ours takes over.", False)]
    assert await rows(database, "SELECT platform_message_id, emoji FROM reactions") == [(reply.id, ["❤️"])]
    assert await rows(database, "SELECT reachable FROM conversations") == [(False,)]
    await evening.app.feed.acknowledged(evening.mia.unblock())
    assert await rows(database, "SELECT reachable FROM conversations") == [(True,)]


async def test_a_lost_answer_is_asked_again_under_the_same_id(evening: Evening, database: TestDatabase) -> None:
    """Incident 5: the app dedupes, so the repeat settles what was unknown and the fan sees it once."""
    evening.app.faults.drop_after("message.send")
    await evening.say("Hello")
    await evening.work()
    await rows(database, "UPDATE deliveries SET not_before = now() WHERE state = 'pending' RETURNING 1")
    await evening.work()
    assert [entry.text for entry in evening.mia.chat.messages()] == ["Hello"]
    assert [call.repeated for call in evening.app.calls_of("message.send")] == [False, True]
    assert await rows(database, "SELECT state, platform_ids FROM deliveries") == [("sent", [evening.mia.chat.messages()[0].id])]


async def test_an_app_that_is_away_gets_the_event_later_and_loses_none_of_its_own(
    evening: Evening, database: TestDatabase
) -> None:
    evening.app.faults.refuse("message.send", 503, retry_after="1")
    await evening.say("Hello")
    await evening.work()
    assert evening.mia.chat.messages() == []
    await rows(database, "UPDATE deliveries SET not_before = now() WHERE state = 'pending' RETURNING 1")
    await evening.work()
    assert len(evening.mia.chat.messages()) == 1


async def test_keys_are_rotated_without_a_gap(evening: Evening) -> None:
    house, agency = evening.gateway.house, evening.account.agency_id
    new = await rotate_http(house, agency, "luna")
    await evening.say("Still with the old key")
    await evening.work()
    evening.app.connect(evening.app.feed.address, keys_of(new))
    changed = evening.mia.write("Now with the new one")  # the gateway knows it within a few seconds; the app tries again
    await evening.app.feed.acknowledged(changed.key, timeout_s=20)
    await evening.work()
    assert len(evening.mia.chat.messages()) == 2
    assert evening.app.calls[-1].proven == ("v1:0", "v1a:1")
    await finish_rotation(house, agency, "luna")
    account = await find_account(house.app, house.seal, "http", "luna")
    assert set(account.secrets.values()).isdisjoint(evening.account.secrets.values())
    assert len(account.secrets) == len(evening.account.secrets)


async def test_strangers_and_replays_leave_no_trace(evening: Evening, database: TestDatabase) -> None:
    body = msgspec.json.encode({"type": "fan.blocked", "data": {"fan": {"id": 1}}})
    mine = evening.app.keys.signs_with
    heads = [
        {},
        sign(["whsec_" + "A" * 32], "evt_1", body),
        sign(mine, "evt_1", body, at=1_700_000_000),
        {**sign(mine, "evt_1", body), "webhook-id": "evt_2"},
        sign(mine, "evt_1", body + b" "),
    ]
    answers = [await evening.app.feed.post("evt_1", body, headers=head) for head in heads]
    assert [push.status for push in answers] == [401] * len(heads)
    assert await rows(database, "SELECT count(*) FROM raw_events") == [(0,)]


async def test_an_account_that_may_not_repeat_shows_its_doubt(evening: Evening, database: TestDatabase, agency: Agency) -> None:
    options = Options(url=evening.app.url, dedupes=False)
    assert await connect_http(evening.gateway.house, agency.id, AppWanted("luna", "luna", options)) is None
    evening.app.faults.drop_after("message.send")
    await evening.say("Hello")
    await evening.work()
    assert await rows(database, "SELECT state FROM deliveries") == [("unknown",)]
