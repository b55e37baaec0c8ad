"""What comes in: written once, whatever its shape, and in the right conversation."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from core.ids import new_id
from core.inbound import (
    InboundDelete,
    InboundEdit,
    InboundMessage,
    InboundOther,
    InboundPurchase,
    InboundReach,
    MediaRef,
    Sender,
)
from core.nouns import Account
from storage import conversations
from storage.accounts import find_account
from storage.fans import load_fan
from storage.house import House
from storage.ingress import unreadable
from tests.conftest import Agency, TestDatabase, make_agency
from tests.storage.ledger_steps import claim_turn, gathered, is_waiting
from tests.storage.world import NOON, make_account, message, send_in

MIA = Sender(handle="7", display_name="Mia")


async def texts(house: House, account: Account, handle: str = "7") -> list[str]:
    async with house.app.unit(account.agency_id) as unit:
        chat = await conversations.conversation_of(unit, account.id, handle)
        assert chat
        return [m.text for m in await conversations.read_thread(unit, chat.id)]


async def is_due(house: House, account: Account) -> bool:
    async with house.app.unit(account.agency_id) as unit:
        chat = await conversations.conversation_of(unit, account.id, "7")
    assert chat
    return await is_waiting(house, account.agency_id, chat.id)


async def test_an_edit_changes_a_waiting_message(house: House, account: Account) -> None:
    await send_in(house, account, message("helo", 1))
    edit = InboundEdit(
        event_key="e2", at=NOON + timedelta(seconds=3), sender=MIA, conversation_key="chat-7", message_key="1", text="hello"
    )
    await send_in(house, account, edit)
    assert await texts(house, account) == ["hello"]


async def test_an_older_edit_does_not_undo_a_newer_one(house: House, account: Account) -> None:
    await send_in(house, account, message("one", 1))
    for key, second, text in (("e3", 9, "three"), ("e2", 5, "two")):
        await send_in(
            house,
            account,
            InboundEdit(
                event_key=key,
                at=NOON + timedelta(seconds=second),
                sender=MIA,
                conversation_key="chat-7",
                message_key="1",
                text=text,
            ),
        )
    assert await texts(house, account) == ["three"]


async def test_an_edit_of_an_unseen_message_is_the_message(house: House, account: Account) -> None:
    edit = InboundEdit(event_key="e1", at=NOON, sender=MIA, conversation_key="chat-7", message_key="1", text="hello")
    await send_in(house, account, edit)
    assert await texts(house, account) == ["hello"]
    assert await is_due(house, account)


async def test_a_message_taken_back_needs_no_answer(house: House, account: Account) -> None:
    await send_in(house, account, message("oops", 1))
    await send_in(house, account, InboundDelete(event_key="d1", at=NOON, conversation_key="chat-7", message_keys=("1",)))
    assert await texts(house, account) == []
    assert not await is_due(house, account)


@pytest.mark.parametrize(
    "text",
    ["", "a\x00b", "👩‍👩‍👧‍👦 𝕳𝖎 ‮txet", "x" * 100_000, "'; DROP TABLE messages; --", '{"json": "no"}', "\\u0000", "؟مرحبا"],
    ids=["empty", "nul", "unicode", "huge", "sql", "json", "escape", "arabic"],
)
async def test_any_text_is_kept(house: House, account: Account, text: str) -> None:
    await send_in(house, account, message(text, 1))
    assert await texts(house, account) == [text.replace("\x00", "�")]


async def test_media_wait_to_be_fetched(house: House, account: Account, database: TestDatabase) -> None:
    photo = InboundMessage(
        event_key="1", at=NOON, sender=MIA, conversation_key="chat-7", message_key="1", kind="media", text="look",
        media=(MediaRef("photo", "file-1", "image/jpeg", 1234), MediaRef("voice", "file-2")),
    )  # fmt: skip
    await send_in(house, account, photo)
    owner = await asyncpg.connect(database.owner)
    rows = await owner.fetch("SELECT kind, file_id, announced_bytes, state FROM media ORDER BY kind")
    await owner.close()
    assert [tuple(r) for r in rows] == [("photo", "file-1", 1234, "waiting"), ("voice", "file-2", None, "waiting")]


async def test_an_unreadable_body_is_kept_once(house: House, account: Account, database: TestDatabase) -> None:
    for _ in range(2):
        await send_in(house, account, unreadable(b"{}", NOON))
    owner = await asyncpg.connect(database.owner)
    rows = await owner.fetch("SELECT state, body FROM raw_events")
    await owner.close()
    assert [tuple(r) for r in rows] == [("unreadable", b"{}")]


async def test_unknown_kinds_are_kept_and_not_answered(house: House, account: Account) -> None:
    (one,) = await send_in(house, account, InboundOther(event_key="1", at=NOON, kind="poll"))
    assert (one.fresh, one.conversation_id, one.wait_s) == (True, None, None)


async def test_blocking_and_writing_again(house: House, account: Account) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    await send_in(house, account, InboundReach(event_key="r1", at=NOON, sender=MIA, conversation_key="chat-7", reachable=False))
    assert event.conversation_id
    async with house.app.unit(account.agency_id) as unit:
        assert not (await load_fan(unit, event.conversation_id)).reachable
    await send_in(house, account, message("back", 2))
    async with house.app.unit(account.agency_id) as unit:
        assert (await load_fan(unit, event.conversation_id)).reachable


async def test_a_purchase_is_recorded_and_told_once(house: House, account: Account, database: TestDatabase) -> None:
    (event,) = await send_in(house, account, message("hi", 1))
    owner = await asyncpg.connect(database.owner)
    pack, offer = new_id(), new_id()
    fan = await owner.fetchval("SELECT fan_id FROM conversations WHERE id = $1", event.conversation_id)
    await owner.execute(
        "INSERT INTO packs (id, agency_id, influencer_id, slug, title, description) VALUES ($1, $2, $3, 'sea', 'Sea', 'Waves')",
        pack, account.agency_id, account.influencer_id,
    )  # fmt: skip
    await owner.execute(
        "INSERT INTO offers (id, agency_id, pack_id, fan_id, conversation_id, amount, unit, payload)"
        " VALUES ($1, $2, $3, $4, $5, 250, 'XTR', 'pay-1')",
        offer, account.agency_id, pack, fan, event.conversation_id,
    )  # fmt: skip
    for key in ("p1", "p1", "p2"):
        await send_in(
            house, account, InboundPurchase(event_key=key, at=NOON, sender=MIA, conversation_key="chat-7", payload="pay-1")
        )
    stranger = Sender(handle="8")
    await send_in(
        house, account, InboundPurchase(event_key="p3", at=NOON, sender=stranger, conversation_key="chat-8", payload="pay-1")
    )
    bought = await owner.fetch("SELECT offer_id, amount, unit FROM purchases")
    told = await owner.fetch("SELECT kind, meta FROM messages WHERE kind = 'purchase'")
    unmatched = await owner.fetchval("SELECT count(*) FROM raw_events WHERE state = 'unmatched'")
    await owner.close()
    assert [tuple(r) for r in bought] == [(offer, 250, "XTR")]
    assert len(told) == 1
    assert unmatched == 1, "what another fan claims to have bought waits for an operator"


async def test_account_decides_who_speaks(house: House, agency: Agency, database: TestDatabase) -> None:
    """Incident 9: two personas on one platform swapped voices."""
    luna = await make_account(house, agency.id, "luna")
    matteo = await make_account(house, agency.id, "matteo")
    (to_luna,) = await send_in(house, luna, message("hi", 1))
    (to_matteo,) = await send_in(house, matteo, message("hi", 1))
    assert to_luna.fresh
    assert to_matteo.fresh
    assert to_luna.conversation_id != to_matteo.conversation_id
    for event, account in ((to_luna, luna), (to_matteo, matteo)):
        lease = await claim_turn(house, agency, event.conversation_id)
        assert lease
        turn = await gathered(house, lease)
        assert turn.influencer.slug == account.key


async def test_one_batch_may_hold_events_of_several_agencies(house: House, agency: Agency, database: TestDatabase) -> None:
    other = await make_agency(database.owner, "other")
    mine, theirs = await make_account(house, agency.id, "luna"), await make_account(house, other.id, "nova")
    await send_in(house, mine, message("hi", 1))
    await send_in(house, theirs, message("ho", 1))
    assert await texts(house, mine) == ["hi"]
    async with house.app.unit(agency.id) as unit:
        assert await conversations.conversation_of(unit, theirs.id, "7") is None


async def test_secrets_come_back_open_and_lie_sealed(
    house: House, agency: Agency, account: Account, database: TestDatabase
) -> None:
    owner = await asyncpg.connect(database.owner)
    sealed = await owner.fetchval("SELECT sealed FROM account_secrets")
    await owner.close()
    assert b"hush" not in sealed
    assert (await find_account(house.app, house.seal, "telegram", "luna")).secrets == {"webhook_secret": "hush"}
    assert "hush" not in repr(account)
