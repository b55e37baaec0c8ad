"""The chat page's adapter."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from core.errors import BadInput, Unauthorised
from core.inbound import InboundMessage, InboundPurchase, MediaRef, Sender, WebhookRequest
from core.nouns import Account
from core.outbound import Sent, TextPart
from gateway.platforms.webchat.adapter import WebchatPlatform

KEY = "0198c0de-0000-7000-8000-000000000001"
SAID = {"key": KEY, "text": "Hi!", "handle": "fan-7", "at": "2026-09-01T14:00:00+02:00"}
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def webchat() -> WebchatPlatform:
    return WebchatPlatform()


@pytest.fixture
def page(make_account: Callable[..., Account]) -> Account:
    return make_account("webchat", sandbox=True)


def body(**changes: object) -> bytes:
    return json.dumps(SAID | changes).encode()


def test_what_the_fan_says_is_one_message(webchat: WebchatPlatform, page: Account) -> None:
    assert webchat.parse(page, body(display_name="Mia", language="de")) == [
        InboundMessage(
            event_key=KEY,
            at=NOON,
            sender=Sender(handle="fan-7", display_name="Mia", language="de"),
            conversation_key="fan-7",
            message_key=KEY,
            text="Hi!",
        )
    ]


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("/Privacy", "command", "/privacy"),
        ("/start now", "command", "/start now"),
        ("/ no", "text", "/ no"),
        ("", "text", ""),
        ("x" * 100_000, "text", "x" * 100_000),
        ("a\x00b", "text", "a\N{REPLACEMENT CHARACTER}b"),
        ("\ud83d", "text", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_texts_and_commands(webchat: WebchatPlatform, page: Account, text: str, kind: str, kept: str) -> None:
    (event,) = webchat.parse(page, body(text=text))
    assert isinstance(event, InboundMessage)
    assert (event.kind, event.text) == (kind, kept)


def test_an_unlock_is_a_sandbox_purchase(webchat: WebchatPlatform, page: Account) -> None:
    (event,) = webchat.parse(page, body(text=None, unlock="offer:6"))
    assert isinstance(event, InboundPurchase)
    assert (event.payload, event.conversation_key, event.event_key, event.sandbox) == ("offer:6", "fan-7", KEY, True)


def test_there_is_no_unlock_outside_the_sandbox(webchat: WebchatPlatform, make_account: Callable[..., Account]) -> None:
    with pytest.raises(BadInput, match="sandbox"):
        webchat.parse(make_account("webchat"), body(text=None, unlock="offer:6"))


def test_a_time_without_zone_is_utc(webchat: WebchatPlatform, page: Account) -> None:
    assert webchat.parse(page, body(at="2026-09-01T12:00:00"))[0].at == NOON


@pytest.mark.parametrize(
    "changes",
    [{"key": "mine"}, {"handle": 7}, {"handle": ""}, {"at": "soon"}, {"text": ["x"]}, {"at": "0001-01-01T00:00:00+14:00"}],
)
def test_other_shapes_are_bad_input(webchat: WebchatPlatform, page: Account, changes: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        webchat.parse(page, body(**changes))


def test_the_webhook_door_is_shut(webchat: WebchatPlatform, page: Account) -> None:
    with pytest.raises(Unauthorised):
        webchat.verify(page, WebhookRequest(raw=body(), headers={"authorization": "Bearer x"}, query={}))


async def test_a_message_is_sent_with_its_row(webchat: WebchatPlatform, page: Account) -> None:
    assert await webchat.send(page, "fan-7", TextPart("Hello"), "delivery-1") == Sent(("delivery-1",))


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
async def test_what_was_not_split_is_refused(webchat: WebchatPlatform, page: Account, text: str) -> None:
    with pytest.raises(BadInput):
        await webchat.send(page, "fan-7", TextPart(text), "k")


async def test_the_page_takes_no_files(webchat: WebchatPlatform, page: Account) -> None:
    with pytest.raises(BadInput):
        await webchat.download(page, MediaRef("photo", "f"), 1000)
