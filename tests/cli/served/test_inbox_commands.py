"""The operators' commands against the real gateway: short ids, plain words, JSON, errors with a remedy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from cli.desk.short_ids import shorten
from core.ids import new_id
from core.outbound import TextPart
from core.pictures import PictureRequest, PictureWish
from core.recall import RecalledFact
from core.turns import Hold, Outcome, Send, ToolCall, Trace
from storage import credits, deliveries, image_jobs
from storage.image_jobs import FAN, Order
from storage.ingress import Arrival, ingest, unreadable
from tests.cli.served.terminal_user import TerminalUser
from tests.gateway.conftest import Gateway
from tests.gateway.test_operators import think, waiting_texts
from tests.storage.ledger_steps import commit, take_turn
from tests.storage.world import message, send_in

HELD = Hold("approval", (TextPart("A draft with\x1b[31m colour"),))


@pytest.fixture
def user(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> TerminalUser:
    return TerminalUser(gateway.url, Path(gateway.settings.data_dir), monkeypatch, capsys)


async def draft_of(user: TerminalUser, conversation: UUID) -> UUID:
    shown = await user.read("inbox", "show", str(conversation))
    return UUID(shown["drafts"][-1]["id"])


async def test_the_inbox_shows_who_waits(gateway: Gateway, user: TerminalUser) -> None:
    assert "Nobody waits" in await user.see("inbox", "list")
    conversation = await think(gateway, HELD)
    printed = await user.see("inbox", "list", "--waiting")
    assert "Mia" in printed
    assert "1 draft" in printed
    assert shorten(conversation) in printed
    (row,) = await user.read("inbox", "list")
    assert (row["id"], row["held"]) == (str(conversation), 1)


async def test_the_inbox_shows_pictures_that_wait_and_how_to_decide(gateway: Gateway, user: TerminalUser) -> None:
    conversation = await think(gateway, Send((TextPart("It comes."),)))
    assert "Nobody waits" in await user.see("inbox", "list", "--waiting")
    async with gateway.house.app.unit(gateway.webchat.agency_id) as unit:
        order = Order(
            id=new_id(),
            influencer_id=gateway.webchat.influencer_id,
            source="chat",
            wish=PictureWish(text="at the sea"),
            request=PictureRequest(prompt="at the sea", negative="", model="tiny", width=64, height=64, seed=1),
            cost=0,
            priority=FAN,
            conversation_id=conversation,
            review="the prompt",
        )
        await image_jobs.add(unit, credits, order)
    printed = await user.see("inbox", "list", "--waiting")
    assert "1 picture" in printed
    assert f"muse image show|approve|reject {shorten(order.id)}" in printed
    (row,) = await user.read("inbox", "list", "--waiting")
    assert (row["id"], row["held"], row["pictures"]) == (str(conversation), 0, [str(order.id)])
    await user.see("image", "approve", shorten(order.id))
    assert "Nobody waits" in await user.see("inbox", "list", "--waiting")


async def test_a_conversation_is_shown_by_either_end_of_its_id(gateway: Gateway, user: TerminalUser) -> None:
    conversation = await think(gateway, HELD)
    for given in (shorten(conversation), conversation.hex[:20], str(conversation), conversation.hex[-5:].upper()):
        printed = await user.see("inbox", "show", given)
        assert "Mia: hi" in printed
        assert "waits: approval" in printed
        assert "A draft with�[31m colour" in printed, "what others wrote may not steer the terminal"
    code, printed = await user.type("inbox", "show", "zzz")
    assert (code, printed) == (5, "muse: There is no conversation 'zzz'; type: muse inbox list\n")


async def test_an_id_that_fits_several_names_them(gateway: Gateway, user: TerminalUser) -> None:
    first = await think(gateway, HELD)
    (other,) = await send_in(gateway.house, gateway.telegram, message("hello", 7, handle="2"))
    assert other.conversation_id
    common = first.hex[:4]
    code, printed = await user.type("inbox", "show", common)
    assert code == 5
    assert shorten(first) in printed
    assert shorten(other.conversation_id) in printed
    assert "type the id of one conversation" in printed


async def test_the_inside_of_a_turn_is_shown_when_asked(gateway: Gateway, user: TerminalUser) -> None:
    (event,) = await send_in(gateway.house, gateway.telegram, message("beach?", 1))
    assert event.conversation_id
    fact = RecalledFact(event.conversation_id, "trait", "pet", "The fan has a dog called Rex.", 0.91, "vector")
    call = ToolCall("send_pack", {"wish": "beach"}, "The pack is attached.", 3.2)
    trace = Trace("reflex", (fact,), (call,), {"recall": 12.5}, ("rule: disclosure",))
    turn = await take_turn(gateway.house, gateway.telegram.agency_id, event.conversation_id)
    await commit(gateway.house, turn, Outcome(HELD, trace))
    where = ("inbox", "show", str(event.conversation_id))
    assert "called Rex" not in await user.see(*where)
    printed = await user.see(*where, "--inside")
    for expected in ("reflex", "called Rex", "0.910", "send_pack(wish='beach')", "→ The pack is attached.", "recall 12.5 ms"):
        assert expected in printed
    assert "hold: approval" in printed


async def test_a_draft_is_approved_by_its_conversation_or_its_own_id(gateway: Gateway, user: TerminalUser) -> None:
    conversation = await think(gateway, HELD)
    assert await user.see("inbox", "approve", shorten(conversation)) == "The draft was sent.\n"
    await think(gateway, HELD, number=2)
    draft = await draft_of(user, conversation)
    assert await user.see("inbox", "edit", shorten(draft), "my", "own words") == "Your words were sent.\n"
    assert await waiting_texts(gateway) == ["A draft with\x1b[31m colour", "my own words"]


async def test_two_drafts_in_a_conversation_must_be_told_apart(gateway: Gateway, user: TerminalUser) -> None:
    conversation = await think(gateway, HELD)
    await think(gateway, HELD, number=2)
    code, printed = await user.type("inbox", "reject", shorten(conversation))
    assert code == 5
    draft = await draft_of(user, conversation)
    assert shorten(draft) in printed
    assert "thrown away" in await user.see("inbox", "reject", shorten(draft))
    assert await waiting_texts(gateway) == []


async def test_the_gateways_refusal_is_passed_on(gateway: Gateway, user: TerminalUser) -> None:
    conversation = await think(gateway, HELD)
    draft = await draft_of(user, conversation)
    await user.see("inbox", "reject", str(draft))
    code, printed = await user.type("inbox", "approve", str(draft))
    assert (code, printed) == (5, "muse: The draft was rejected by ana already.\n")
    code, printed = await user.type("inbox", "approve", shorten(draft))
    assert code == 5
    assert "muse inbox list --waiting" in printed
    code, printed = await user.type("inbox", "write", shorten(conversation), "hello")
    assert (code, printed) == (5, "muse: Take the conversation first; only who holds it may write in it.\n")


async def test_a_conversation_is_taken_written_in_and_handed_back(gateway: Gateway, user: TerminalUser) -> None:
    conversation = await think(gateway, Send((TextPart("from the agent"),)))
    short = shorten(conversation)
    assert "is yours" in await user.see("inbox", "take", short)
    assert await waiting_texts(gateway) == []
    assert "ana" in await user.see("inbox", "list", "--waiting")
    assert await user.see("inbox", "write", short, "this is Ana") == "Sent to Mia.\n"
    assert await waiting_texts(gateway) == ["this is Ana"]
    assert await user.see("inbox", "handback", short) == "luna answers Mia again.\n"


async def test_words_are_needed(gateway: Gateway, user: TerminalUser) -> None:
    conversation = await think(gateway, HELD)
    code, printed = await user.type("inbox", "edit", shorten(conversation), "  ")
    assert (code, printed) == (5, "muse: There are no words to send.\n")
    code, printed = await user.type("inbox", "list", "--limit", "0")
    assert (code, printed) == (5, "muse: The limit must be between 1 and 500.\n")


async def test_a_delivery_in_doubt_is_settled(gateway: Gateway, user: TerminalUser) -> None:
    assert "No delivery needs a person." in await user.see("deliveries", "list")
    conversation = await think(gateway, Send((TextPart("one"), TextPart("two"))))
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        claimed = await deliveries.claim_next(unit, conversation, "w")
        assert claimed
        await deliveries.settle_unknown(unit, claimed.id, "no answer came")
    printed = await user.see("deliveries", "list")
    assert "no answer came" in printed
    assert "stopped" in printed
    assert "two" not in await user.see("deliveries", "list", "--state", "unknown")
    assert await user.see("deliveries", "resolve", shorten(claimed.id), "sent") == "Noted: it had arrived.\n"
    assert await waiting_texts(gateway) == ["two"]
    code, printed = await user.type("deliveries", "resolve", str(claimed.id), "again")
    assert (code, printed) == (5, "muse: The delivery is sent; only unknown or not_sent ones can be resolved.\n")


async def test_a_wrong_token_and_a_silent_gateway_are_named(gateway: Gateway, user: TerminalUser) -> None:
    token = user.data / "secrets" / "operator.token"
    token.write_text("not-the-token")
    code, printed = await user.type("inbox", "list")
    assert code == 5
    assert str(token) in printed
    user.look_at("http://127.0.0.1:1")
    code, printed = await user.type("inbox", "list")
    assert (code, printed) == (4, "muse: The gateway at http://127.0.0.1:1 does not answer; type: muse status\n")
    token.unlink()
    code, printed = await user.type("deliveries", "list")
    assert code == 4
    assert printed.endswith("type: muse up\n")


async def test_what_nobody_could_read_is_shown_as_it_came(gateway: Gateway, user: TerminalUser) -> None:
    assert "No event needs a person" in await user.see("events", "list")
    body = b"no \x1b[31m json \xff"
    account = gateway.telegram
    await ingest(gateway.house.app, [Arrival(account, unreadable(body, datetime.now(UTC)), body, "corr-9", 0.0, 0.0)])
    printed = await user.see("events", "list", "--state", "unreadable")
    assert "telegram/luna" in printed
    assert "corr-9" in printed
    (row,) = await user.read("events", "list")
    shown = await user.see("events", "show", shorten(UUID(row["id"])))
    assert "no �[31m json �" in shown, "what others wrote may not steer the terminal"
    code, printed = await user.type("events", "show", "zzz")
    assert (code, printed) == (5, "muse: There is no event 'zzz'; type: muse events list\n")


async def test_events_are_read_again(gateway: Gateway, user: TerminalUser) -> None:
    body = (
        b'{"update_id": 4, "message": {"message_id": 4, "date": 17770000, "chat": {"id": 7, "type": "private"}, "text": "a"}}'
    )
    now = datetime.now(UTC)
    await ingest(gateway.house.app, [Arrival(gateway.telegram, unreadable(b"?", now), b"?", "corr-8", 0.0, 0.0)])
    await ingest(gateway.house.app, [Arrival(gateway.telegram, unreadable(body, now), body, "corr-9", 0.0, 0.0)])
    assert "1 still unreadable, 1 taken" in await user.see("events", "replay", "--since", "1h")
    (row,) = await user.read("events", "list")
    assert "1 still unreadable" in await user.see("events", "replay", shorten(UUID(row["id"])))
    (answer,) = await user.read("events", "replay", "--state", "unreadable")
    assert answer == {"id": row["id"], "outcome": "unreadable", "messages": 0}
    assert "no such event" in await user.see("events", "replay", "--state", "ignored")
    code, printed = await user.type("events", "replay", row["id"], "--state", "ignored")
    assert (code, printed) == (5, "muse: Name one event, or states and a moment; not both.\n")
