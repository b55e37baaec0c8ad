"""An app's events as ours: each kind, batches, and what cannot be read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.errors import BadInput
from core.inbound import (
    AnyInbound,
    InboundDelete,
    InboundEcho,
    InboundEdit,
    InboundMessage,
    InboundOther,
    InboundPurchase,
    InboundReach,
    InboundReaction,
    InboundRefund,
    MediaRef,
    Sender,
)
from core.money import Money
from gateway.platforms.http import wire
from gateway.platforms.http.events import READERS, read_events

FIXTURES = Path(__file__).parent / "fixtures"
NOW = datetime(2026, 9, 1, 13, tzinfo=UTC)
AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
MIA = Sender("u-7", "mia", "Mia", "en")


def fixture(name: str, *, sandbox: bool = False) -> AnyInbound:
    (event,) = read_events(wire.frame("evt_1", (FIXTURES / f"{name}.json").read_bytes()), NOW, sandbox)
    return event


def read(body: Any, webhook_id: str = "evt_1") -> list[AnyInbound]:
    return read_events(wire.frame(webhook_id, json.dumps(body).encode()), NOW, False)


KEY: dict[str, Any] = {"event_key": "evt_1", "at": AT}


@pytest.mark.parametrize(
    ("name", "event"),
    [
        (
            "message_created",
            InboundMessage(
                **KEY, sender=MIA, conversation_key="c-42", message_key="m-1", text="Good evening, Luna!", reply_to="m-0"
            ),
        ),
        (
            "message_created_numbers",
            InboundMessage(**KEY, sender=Sender("7"), conversation_key="7", message_key="1", text="Numbers are ids, too"),
        ),
        (
            "message_created_command",
            InboundMessage(**KEY, sender=MIA, conversation_key="c-42", message_key="m-2", kind="command", text="/help me"),
        ),
        (
            "message_created_media",
            InboundMessage(
                **KEY,
                sender=MIA,
                conversation_key="c-42",
                message_key="m-3",
                kind="media",
                text="Look",
                group_key="g-1",
                media=(
                    MediaRef("photo", "https://files.app.example/p/1.jpg", "image/jpeg", 1234),
                    MediaRef("voice", "https://files.app.example/v/2.ogg"),
                ),
            ),
        ),
        (
            "message_created_bot",
            InboundMessage(
                **KEY, sender=Sender("bot-1", is_bot=True), conversation_key="bot-1", message_key="m-9", text="Beep"
            ),
        ),
        (
            "message_edited",
            InboundEdit(**KEY, sender=MIA, conversation_key="c-42", message_key="m-1", text="Good morning, Luna!"),
        ),
        ("message_deleted", InboundDelete(**KEY, conversation_key="c-42", message_keys=("m-1", "2"))),
        (
            "message_sent",
            InboundEcho(**KEY, conversation_key="c-42", message_key="out-5", text="Luna is on holiday.", ours=False),
        ),
        ("message_sent_ours", InboundEcho(**KEY, conversation_key="c-42", message_key="out-6", text="Hello!", ours=True)),
        (
            "purchase_completed",
            InboundPurchase(**KEY, sender=MIA, conversation_key="c-42", payload="offer:6", charge_key="ch_1"),
        ),
        (
            "purchase_completed_paid",
            InboundPurchase(
                **KEY, sender=MIA, conversation_key="c-42", payload="offer:6", paid=Money(799, "USD"), charge_key="ch_1"
            ),
        ),
        (
            "purchase_completed_test",
            InboundPurchase(**KEY, sender=MIA, conversation_key="u-7", payload="offer:6", sandbox=True),
        ),
        (
            "purchase_refunded",
            InboundRefund(**KEY, sender=MIA, conversation_key="c-42", charge_key="ch_1", payload="offer:6"),
        ),
        (
            "reaction_changed",
            InboundReaction(**KEY, sender=MIA, conversation_key="c-42", message_key="out-5", emoji=("❤️",)),
        ),
        ("fan_blocked", InboundReach(**KEY, sender=MIA, conversation_key="c-42", reachable=False)),
        ("fan_unblocked", InboundReach(**KEY, sender=MIA, conversation_key="c-42", reachable=True)),
        ("unknown", InboundOther(event_key="evt_1", at=NOW, kind="story.viewed")),
    ],
)
def test_each_kind_is_read(name: str, event: AnyInbound) -> None:
    assert fixture(name) == event


def test_every_kind_has_a_fixture() -> None:
    kinds = {json.loads(file.read_text())["type"] for file in FIXTURES.glob("*.json")}
    assert kinds == {*READERS, "story.viewed"}


def test_on_a_sandbox_account_every_purchase_is_one_without_money() -> None:
    bought = fixture("purchase_completed", sandbox=True)
    assert isinstance(bought, InboundPurchase)
    assert bought.sandbox


def test_a_batch_is_many_events_under_one_id() -> None:
    events = [
        {"type": "fan.blocked", "timestamp": "2026-09-01T12:00:00Z", "data": {"fan": {"id": 1}}},
        "nonsense",
        {"type": "message.created", "data": {"fan": {"id": 1}}},
        {"type": "fan.unblocked", "data": {"fan": {"id": 1}}},
    ]
    read_them = read({"type": "batch", "data": events})
    assert [event.event_key for event in read_them] == ["evt_1.0", "evt_1.1", "evt_1.2", "evt_1.3"]
    assert [type(event).__name__ for event in read_them] == ["InboundReach", "InboundOther", "InboundOther", "InboundReach"]
    assert [event.readable for event in read_them if isinstance(event, InboundOther)] == [False, False]


@pytest.mark.parametrize("data", [[], {}, None, "x", [{"type": "fan.blocked"}] * 101])
def test_a_batch_of_nothing_or_of_too_much_is_refused(data: object) -> None:
    with pytest.raises(BadInput):
        read({"type": "batch", "data": data})


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"fan": {"id": ""}, "message": {"id": "1", "text": "x"}},
        {"fan": {"id": "x" * 257}, "message": {"id": "1", "text": "x"}},
        {"fan": {"id": 2**63}, "message": {"id": "1", "text": "x"}},
        {"fan": {"id": 1.5}, "message": {"id": "1", "text": "x"}},
        {"fan": {"id": 1}, "message": {"id": "1", "text": "x" * 20_001}},
        {"fan": {"id": 1}, "message": {"id": "1", "text": "  "}},
        {"fan": {"id": 1}, "message": {"id": "1", "media": [{"kind": "hologram", "url": "https://x"}]}},
        {"fan": {"id": 1}, "message": {"text": "x"}},
    ],
)
def test_a_known_kind_that_makes_no_sense_is_kept_for_a_person(data: object) -> None:
    (event,) = read({"type": "message.created", "data": data})
    assert isinstance(event, InboundOther)
    assert (event.kind, event.readable) == ("message.created", False)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"nonsense", b'{"type": ""}', b'{"type": 1}', b'{"type": "x", "timestamp": "soon"}']
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput):
        read_events(wire.frame("evt_1", body), NOW, False)


@pytest.mark.parametrize("kept", [b"", b"{}", b"webhook-id: \n\n{}", b"webhook-id: a.b\n\n{}", b"webhook-id: a\n{}"])
def test_a_body_without_its_id_is_refused(kept: bytes) -> None:
    with pytest.raises(BadInput):
        wire.unframe(kept)


def test_a_frame_gives_back_what_went_in() -> None:
    for body in (b"", b"\n\n", b"webhook-id: other\n\n{}", b"\x00\xff"):
        assert wire.unframe(wire.frame("evt_1", body)) == ("evt_1", body)


def test_nul_and_half_characters_are_mended() -> None:
    fan, message = b'{"id":"a\\u0000","name":"\\ud800"}', b'{"id":"1","text":"\\udc00 hi\\u0000"}'
    body = b'{"type":"message.created","data":{"fan":' + fan + b',"message":' + message + b"}}"
    (event,) = read_events(wire.frame("evt_1", body), NOW, False)
    assert isinstance(event, InboundMessage)
    assert (event.sender.handle, event.sender.display_name, event.text) == ("a\ufffd", "\ufffd", "\ufffd hi\ufffd")


def test_a_time_without_zone_is_utc_and_one_without_sense_is_kept() -> None:
    (event,) = read({"type": "fan.blocked", "timestamp": "2026-09-01T12:00:00", "data": {"fan": {"id": 1}}})
    assert event.at == AT
    (event,) = read({"type": "fan.blocked", "timestamp": "0001-01-01T00:00:00+14:00", "data": {"fan": {"id": 1}}})
    assert isinstance(event, InboundOther)
