"""What integrators are told is true: the snippets run, the examples are read, and every kind of event stands there."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from core.inbound import InboundOther
from core.money import Money
from core.nouns import Account
from core.outbound import AssetRef, PackPart, PicturePart, Publication, TextPart
from evals.simulators.http import AppFan, HttpAppSimulator
from gateway.platforms.http import wire
from gateway.platforms.http.adapter import HttpPlatform
from gateway.platforms.http.events import READERS, read_events
from gateway.platforms.http.rotation import INBOUND_SECRET, OUTBOUND_PRIVATE, OUTBOUND_SECRET
from gateway.platforms.http.signatures import public_half

MANUAL = (Path(__file__).parents[4] / "docs" / "http-platform.md").read_text()
INTO, OUT_OF = MANUAL.split("## Taking messages")
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def blocks(kind: str, text: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def recipe() -> dict[str, Any]:
    """The functions of the manual's snippets."""
    names: dict[str, Any] = {}
    for block in blocks("python", MANUAL):
        exec(compile(block, "docs/http-platform.md", "exec"), names)
    return names


def test_every_example_of_an_event_is_read_whole() -> None:
    examples = [json.loads(block) for block in blocks("json", INTO)]
    for example in examples:
        events = read_events(wire.frame("evt_1", json.dumps(example).encode()), NOW, False)
        assert not [event for event in events if isinstance(event, InboundOther)], example
        assert all(event.at.year == 2026 for event in events)
    assert {example["type"] for example in examples} == {*READERS, wire.BATCH}


async def test_every_example_of_a_message_is_what_we_send(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan
) -> None:
    text, pack, typing, post, picture, _listing = [json.loads(block) for block in blocks("json", OUT_OF)]
    offer = UUID("0198c0de-0000-7000-8000-000000000001")
    preview = AssetRef(UUID(int=offer.int + 1), "x", "image/jpeg", 64, 80)
    item = AssetRef(UUID(int=offer.int + 2), "x", "image/jpeg", 1080, 1350)
    part = PackPart(offer, offer, "The sea at dusk", "My evening swim", Money(799, "USD"), f"offer:{offer}", preview, (item,))
    talkative = msgspec.structs.replace(luna, options={**luna.options, "typing": True})
    app.fans["c-42"] = mia
    await http.send(luna, "c-42", TextPart("Good evening, Mia!"), "k1")
    await http.send(luna, "c-42", part, "k2")
    await http.typing(talkative, "c-42")
    publication = Publication("wall", "Good evening, Lisbon", (item,), "en", made_by_ai=True)
    await http.publish(luna, publication, post["data"]["post"])
    made = PicturePart(UUID(int=offer.int + 8), "Here it is. (made by AI)", item, "Luna (made by AI)")
    await http.send(luna, "c-42", made, "k3")
    sent = [json.loads(call.body) for call in app.calls]
    for key in ("data", "type"):
        assert [one[key] for one in sent] == [one[key] for one in (text, pack, typing, post, picture)]


def test_the_example_of_a_list_is_read() -> None:
    listing = msgspec.json.decode(blocks("json", OUT_OF)[-1], type=wire.Listing)
    assert listing.items[0].key
    assert len(listing.items) == 1


async def test_the_snippets_prove_what_we_send_and_nothing_else(
    http: HttpPlatform, app: HttpAppSimulator, luna: Account, mia: AppFan, recipe: dict[str, Any]
) -> None:
    await http.send(luna, mia.chat.key, TextPart("Hello"), "k1")
    (call,) = app.calls
    headers, body = {name.lower(): value for name, value in call.headers.items()}, call.body
    secret, public = luna.secrets[OUTBOUND_SECRET], public_half(luna.secrets[OUTBOUND_PRIVATE])
    other = luna.secrets[INBOUND_SECRET]
    assert recipe["verify"]([other, secret], headers, body) == "k1"
    assert recipe["verify_by_pair"](public, headers, body) == "k1"
    for wrong in ({**headers, "webhook-id": "k2"}, {**headers, "webhook-timestamp": "1700000000"}):
        with pytest.raises(ValueError, match=r"Muse|old"):
            recipe["verify"]([secret], wrong, body)
        with pytest.raises(Exception):  # noqa: B017, PT011 — cryptography's own, or ValueError
            recipe["verify_by_pair"](public, wrong, body)
    with pytest.raises(ValueError, match="Muse"):
        recipe["verify"]([other], headers, body)
