"""Every fixture's update, read into the event it means."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.clock import Clock
from core.errors import BadInput, Unauthorised
from core.inbound import (
    InboundEdit,
    InboundMessage,
    InboundOther,
    InboundPurchase,
    InboundReach,
    MediaRef,
    Sender,
    WebhookRequest,
)
from core.nouns import Account
from core.ports import Blobs
from gateway.platforms.telegram.adapter import TelegramPlatform

FIXTURES = Path(__file__).parent / "fixtures"
SENT = datetime.fromtimestamp(1790000000, UTC)
JONAS = Sender(handle="501001", username="jonasw", display_name="Jonas Weber", language="de")


def body(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def update_id(name: str) -> str:
    return str(json.loads(body(name))["update_id"])


@pytest.fixture
def telegram(blobs: Blobs, clock: Clock) -> TelegramPlatform:
    return TelegramPlatform("http://127.0.0.1:9", blobs, clock)


@pytest.fixture
def read(telegram: TelegramPlatform, account: Account):
    def one(name: str):
        (event,) = telegram.parse(account, body(name))
        assert event.event_key == update_id(name)
        return event

    return one


def test_a_text_is_a_message_of_its_private_chat(read) -> None:
    assert read("text") == InboundMessage(
        event_key=update_id("text"),
        at=SENT,
        sender=JONAS,
        conversation_key="501001",
        message_key="11",
        kind="text",
        text="Hi Luna, how was your day? 🌙",
    )


def test_a_reply_names_what_it_answers(read) -> None:
    assert read("reply").reply_to == "11"


def test_a_photo_comes_in_its_largest_size_with_its_caption(read) -> None:
    event = read("photo")
    assert (event.kind, event.text) == ("media", "my balcony")
    assert event.media == (MediaRef(kind="photo", file_id="AgACAg1x", bytes=90211),)


def test_album_parts_share_their_group(read) -> None:
    one, two = read("album_part_one"), read("album_part_two")
    assert one.group_key == two.group_key == "13370000000001"
    assert (one.message_key, two.message_key, two.text) == ("13", "14", "")


@pytest.mark.parametrize(
    ("name", "ref", "text"),
    [
        ("voice", MediaRef("voice", "AwACAg1", "audio/ogg", 9120), ""),
        ("sticker", MediaRef("sticker", "CAACAg1", None, 21020), "😂"),
        ("video", MediaRef("video", "BAACAg1", "video/mp4", 1240000), "look"),
        ("animation", MediaRef("video", "CgACAg1", "video/mp4", 88000), ""),
        ("video_note", MediaRef("video", "DQACAg1", None, 51000), ""),
        ("audio", MediaRef("audio", "CQACAg1", "audio/mpeg", 2890000), ""),
        ("document", MediaRef("document", "BQACAg1", "application/pdf", 42000), "our trip"),
    ],
)
def test_files_keep_their_kind_and_words(read, name: str, ref: MediaRef, text: str) -> None:
    event = read(name)
    assert (event.kind, event.media, event.text) == ("media", (ref,), text)


@pytest.mark.parametrize(("name", "text"), [("start", "/start promo_spring"), ("help", "/help")])
def test_commands_come_bare(read, name: str, text: str) -> None:
    event = read(name)
    assert (event.kind, event.text) == ("command", text)


def test_an_edit_carries_the_whole_new_text_and_its_time(read) -> None:
    event = read("edited")
    assert isinstance(event, InboundEdit)
    assert (event.message_key, event.text) == ("11", "Hi Luna, how was your week?")
    assert event.at == datetime.fromtimestamp(1790000060, UTC)


@pytest.mark.parametrize(("name", "reachable"), [("blocked", False), ("unblocked", True)])
def test_blocking_and_coming_back(read, name: str, reachable: bool) -> None:
    event = read(name)
    assert isinstance(event, InboundReach)
    assert (event.conversation_key, event.reachable) == ("501001", reachable)


@pytest.mark.parametrize("sandbox", [False, True])
def test_paid_media_is_bought_in_the_private_chat_at_the_time_we_hear_of_it(
    telegram: TelegramPlatform, clock: Clock, make_account, sandbox: bool
) -> None:
    (event,) = telegram.parse(make_account("telegram", sandbox=sandbox), body("purchased_paid_media"))
    assert event == InboundPurchase(
        event_key=update_id("purchased_paid_media"),
        at=clock.now(),
        sender=JONAS,
        conversation_key="501001",
        payload="offer:0198c0de-0000-7000-8000-000000000001",
        sandbox=sandbox,
    )


def test_a_paid_invoice_keeps_its_charge_and_its_pictures_are_ours_to_send(read) -> None:
    event = read("successful_payment")
    assert isinstance(event, InboundPurchase)
    assert (event.payload, event.charge_key, event.hand_over) == ("offer:2", "stxQ1", True)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("callback_query", "callback_query"),
        ("unknown_kind", "hologram"),
        ("group", "message outside a private chat"),
        ("edited_in_group", "edited_message outside a private chat"),
        ("joined_group", "my_chat_member"),
        ("location", "message without text or file"),
    ],
)
def test_what_is_not_for_us_is_kept_under_its_name(read, name: str, kind: str) -> None:
    event = read(name)
    assert isinstance(event, InboundOther)
    assert (event.kind, event.readable) == (kind, True)


def test_a_known_kind_in_a_strange_shape_is_kept_as_unreadable(read) -> None:
    event = read("strange_shape")
    assert isinstance(event, InboundOther)
    assert (event.kind, event.readable) == ("message", False)


def test_a_bot_is_marked_as_one(read) -> None:
    assert read("from_bot").sender.is_bot is True


def message(**fields: object) -> bytes:
    chat = {"id": 5, "type": "private"}
    return json.dumps({"update_id": 1, "message": {"message_id": 2, "chat": chat, **fields}}).encode()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("x" * 100_000, "x" * 100_000),
        ("a\x00b", "a\N{REPLACEMENT CHARACTER}b"),
        ("half \ud83d pair", "half \N{REPLACEMENT CHARACTER} pair"),
        ("مرحبا 👩‍👩‍👧 \u202e\u200b", "مرحبا 👩‍👩‍👧 \u202e\u200b"),
        ("//", "//"),
    ],
)
def test_any_text_is_read(telegram: TelegramPlatform, account: Account, text: str, kept: str) -> None:
    (event,) = telegram.parse(account, message(text=text))
    assert isinstance(event, InboundMessage)
    assert (event.kind, event.text) == ("text", kept)


def test_missing_sender_and_date_are_made_good(telegram: TelegramPlatform, account: Account, clock: Clock) -> None:
    (event,) = telegram.parse(account, message(text="hi"))
    assert (event.sender, event.at) == (Sender(handle="5"), clock.now())


def test_a_date_outside_the_calendar_is_replaced(telegram: TelegramPlatform, account: Account, clock: Clock) -> None:
    (event,) = telegram.parse(account, message(text="hi", date=10**17))
    assert event.at == clock.now()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"[" * 200_000,
        b'{"message": {}}',
        b'{"update_id": "7"}',
        b'{"update_id": 1' + b"0" * 99,
    ],
)
def test_what_is_no_update_is_bad_input(telegram: TelegramPlatform, account: Account, raw: bytes) -> None:
    with pytest.raises(BadInput):
        telegram.parse(account, raw)


def request(**headers: str) -> WebhookRequest:
    return WebhookRequest(raw=b"{}", headers={name.replace("_", "-"): value for name, value in headers.items()}, query={})


def test_the_right_secret_passes(telegram: TelegramPlatform, account: Account) -> None:
    assert telegram.verify(account, request(x_telegram_bot_api_secret_token="s3cret")) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x_telegram_bot_api_secret_token": ""},
        {"x_telegram_bot_api_secret_token": "s3cret "},
        {"x_telegram_bot_api_secret_token": "S3CRET"},
        {"x_telegram_bot_api_secret_token": "é\ud800"},
        {"authorization": "s3cret"},
    ],
)
def test_anything_else_does_not(telegram: TelegramPlatform, account: Account, headers: dict[str, str]) -> None:
    with pytest.raises(Unauthorised):
        telegram.verify(account, request(**headers))


def test_without_a_configured_secret_nobody_passes(telegram: TelegramPlatform, make_account) -> None:
    with pytest.raises(Unauthorised):
        telegram.verify(make_account("telegram", token="7001:abc"), request(x_telegram_bot_api_secret_token=""))
