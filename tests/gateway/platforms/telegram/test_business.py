"""Telegram Business: what comes through a connection, and what may be sent back through it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace

from core.clock import Clock
from core.errors import BadInput, Unreachable, WindowClosed
from core.inbound import (
    AnyInbound,
    InboundConnection,
    InboundDelete,
    InboundEcho,
    InboundEdit,
    InboundMessage,
    InboundOther,
    Sender,
)
from core.money import Money
from core.nouns import Account
from core.outbound import AssetRef, PackPart, TextPart
from core.ports import Blobs
from evals.simulators.telegram import Bot, Connection, TelegramSimulator, TelegramUser
from gateway.platforms.telegram.adapter import TelegramPlatform

FIXTURES = Path(__file__).parent / "fixtures"
CONNECTION = "Xq3vTn0bAAB8AQAA2c1F"
CHAT = f"biz:{CONNECTION}:501001"
SENT = datetime.fromtimestamp(1790000000, UTC)
HELLO = TextPart("Hello there")


@pytest.fixture
def read(telegram: TelegramPlatform, account: Account):
    def one(name: str, **changes: object) -> AnyInbound:
        raw = (FIXTURES / f"{name}.json").read_bytes()
        (event,) = telegram.parse(replace(account, **changes), raw)
        assert event.event_key == str(json.loads(raw)["update_id"])
        return event

    return one


@pytest.fixture
def lena(simulator: TelegramSimulator) -> TelegramUser:
    return simulator.add_user("Lena")


@pytest.fixture
def link(lena: TelegramUser, bot: Bot) -> Connection:
    return lena.connect(bot)


@pytest.fixture
def key(link: Connection, mia: TelegramUser) -> str:
    link.fan_writes(mia.person, "hi Lena")
    return f"biz:{link.id}:{mia.id}"


def test_a_fan_writes_in_a_chat_of_a_connection(read) -> None:
    assert read("business_message") == InboundMessage(
        event_key="880001104",
        at=SENT,
        sender=Sender("501001", "jonasw", "Jonas Weber", "de"),
        conversation_key=CHAT,
        message_key="26",
        text="hello",
        connection_key=CONNECTION,
    )


@pytest.mark.parametrize(("name", "ours"), [("business_message_of_owner", False), ("business_message_of_ours", True)])
def test_what_our_side_wrote_is_an_echo(read, name: str, ours: bool) -> None:
    event = read(name)
    assert isinstance(event, InboundEcho)
    assert (event.conversation_key, event.ours) == (CHAT, ours)
    assert event.text in ("I'll take it from here", "Hi Jonas")


def test_another_bot_is_not_us(read) -> None:
    assert read("business_message_of_ours", secrets={"token": "7002:abc"}).ours is False


def test_a_greeting_by_itself_is_nobody_taking_over(read) -> None:
    assert isinstance(read("business_message_by_schedule"), InboundOther)


def test_edits_and_deletions_are_the_fans(read, clock: Clock) -> None:
    edit = read("edited_business_message")
    assert isinstance(edit, InboundEdit)
    assert (edit.conversation_key, edit.connection_key, edit.message_key, edit.text) == (CHAT, CONNECTION, "26", "hello Lena")
    assert isinstance(read("edited_business_message_of_owner"), InboundOther)
    assert read("deleted_business_messages") == InboundDelete(
        event_key="880001110", at=clock.now(), conversation_key=CHAT, message_keys=("26", "30")
    )


@pytest.mark.parametrize(
    ("name", "enabled", "can_reply"),
    [
        ("business_connection", True, True),
        ("business_connection_ended", False, False),
        ("business_connection_before_rights", True, True),
    ],
)
def test_a_connection_begins_and_ends(read, clock: Clock, name: str, enabled: bool, can_reply: bool) -> None:
    event = read(name)
    assert isinstance(event, InboundConnection)
    assert (event.at, event.connection_key, event.owner_handle) == (clock.now(), CONNECTION, "600001")
    assert (event.enabled, event.can_reply) == (enabled, can_reply)


@pytest.mark.parametrize(("owners", "enabled"), [([], True), (["600001"], True), (["600002"], False)])
def test_only_named_owners_may_let_the_bot_speak_for_them(read, owners: list[str], enabled: bool) -> None:
    assert read("business_connection", options={"business_owners": owners}).enabled is enabled


def test_a_message_without_its_connection_is_unreadable(telegram: TelegramPlatform, account: Account) -> None:
    for connection in ("", "a:b", "two words", "x" * 201):
        message = {"message_id": 1, "chat": {"id": 5, "type": "private"}, "from": {"id": 5}, "text": "x"}
        body = {"update_id": 1, "business_message": {**message, "business_connection_id": connection}}
        (event,) = telegram.parse(account, json.dumps(body).encode())
        assert isinstance(event, InboundOther)
        assert not event.readable


async def test_an_answer_leaves_in_the_owners_name(
    telegram: TelegramPlatform, luna: Account, link: Connection, mia: TelegramUser, key: str, bot: Bot
) -> None:
    await telegram.typing(luna, key)
    sent = await telegram.send(luna, key, HELLO, "k")
    typed, shown = link.chat(mia.person).transcript[-2:]
    assert (typed.kind, shown.text, sent.platform_ids) == ("typing", "Hello there", (str(shown.message_id),))
    assert shown.message["from"] == link.owner.as_user()
    assert mia.chat(bot).messages() == [], "nothing is said in the bot's own chat"


async def test_a_pack_in_a_connection_is_paid_media_even_where_invoices_sell(
    telegram: TelegramPlatform, luna: Account, link: Connection, mia: TelegramUser, key: str, blobs: Blobs, picture: bytes
) -> None:
    await blobs.put("1.jpg", picture, "image/jpeg")
    asset = AssetRef(an_id(), "1.jpg", "image/jpeg", 320, 240)
    part = PackPart(an_id(), an_id(), "Beach", "Sun", Money(250, "XTR"), "offer:6", None, (asset,))
    await telegram.send(replace(luna, options={"sell_by": "invoice"}), key, part, "k")
    (offer,) = link.chat(mia.person).messages(kind="paid_media")
    assert (offer.price, offer.payload) == (250, "offer:6")


def an_id() -> UUID:
    return UUID(int=7)


async def test_after_a_day_of_silence_the_window_is_closed(
    telegram: TelegramPlatform, luna: Account, link: Connection, mia: TelegramUser, key: str
) -> None:
    assert telegram.reply_window(key) == 86_400
    assert telegram.reply_window(str(mia.id)) is None
    link.chat(mia.person).let_pass(86_401)
    with pytest.raises(WindowClosed):
        await telegram.send(luna, key, HELLO, "k")
    link.fan_writes(mia.person, "still there?")
    await telegram.send(luna, key, HELLO, "k")


@pytest.mark.parametrize("change", [{"enabled": False}, {"can_reply": False}])
async def test_a_connection_that_allows_no_answer_reaches_nobody(
    telegram: TelegramPlatform, luna: Account, link: Connection, key: str, change: dict[str, bool]
) -> None:
    link.change(**change)
    with pytest.raises(Unreachable):
        await telegram.send(luna, key, HELLO, "k")


async def test_strange_connections_and_chats_reach_nobody(
    telegram: TelegramPlatform, luna: Account, link: Connection, lena: TelegramUser
) -> None:
    stranger = 42
    for chat in (f"biz:nobody:{lena.id}", f"biz:{link.id}:{stranger}"):
        with pytest.raises(Unreachable):
            await telegram.send(luna, chat, HELLO, "k")
    with pytest.raises(BadInput):
        await telegram.send(luna, f"biz:{link.id}:{lena.id}", HELLO, "k")  # to oneself
    for chat in ("biz:", "biz::5", "biz:a b:5", "biz:x:@group"):
        with pytest.raises(BadInput):
            await telegram.send(luna, chat, HELLO, "k")
