"""What waits for a fan stops at their STOP or an age signal: words, offers and pictures; what they bought comes."""

from __future__ import annotations

import threading
from uuid import UUID

import pytest

from core.clock import SystemClock
from core.outbound import TextPart
from core.settings import Settings
from core.turns import FlagMinor, OptOut, Send
from storage import credits, links
from storage.image_jobs import Looking
from storage.links import Claim
from storage.turns import Speech, enqueue_parts
from tests.conftest import TestDatabase
from tests.storage.ledger_steps import commit, how, outcome, take_turn, whole
from tests.storage.world import NOON
from tests.workers.conftest import Crew
from tests.workers.pictures_world import PlainFinisher
from tests.workers.steps import agent_says, as_owner, deliver, fan_says, live_by, states
from tests.workers.test_hand_picture import Atelier, atelier  # noqa: F401 — a fixture
from tests.workers.test_media import running, until
from tests.workers.test_pace import NIGHT, at
from tests.workers.test_payments import Sale, sale  # noqa: F401 — a fixture
from workers.effects import open_handlers
from workers.jobs.hand_over import hand_over
from workers.jobs.hand_picture import hand_picture
from workers.media.engine import MediaEngine
from workers.media.loop import MediaLoop

NOTICE = "You will hear nothing more."
SIGNALS = [OptOut(out=True), FlagMinor()]
both = pytest.mark.parametrize("signal", SIGNALS, ids=["stop", "age"])


async def stop(crew: Crew, signal: OptOut | FlagMinor, handle: str | None = None, number: int = 99) -> UUID:
    """Let the fan say it, and commit the turn that answers, with its words; nobody is woken."""
    chat = await fan_says(crew, "stop, I'm 15", number, handle)
    house = crew.engine.house
    turn = await take_turn(house, crew.account.agency_id, chat)
    await commit(house, turn, outcome(Send((TextPart(NOTICE),)), signal), how(open_handlers(house, Settings())))
    return chat


async def left(crew: Crew) -> dict[str, str]:
    """Return the state of each delivery by its words."""
    return dict(await states(crew))


@both
async def test_at_night_the_notice_leaves_and_in_the_morning_nothing_else(crew: Crew, signal: OptOut | FlagMinor) -> None:
    await live_by(crew, pace=NIGHT)
    clock = at(crew, "2026-05-02T03:00")
    crew.restart("w2")
    chat = await fan_says(crew, "hi", 1)
    await agent_says(crew, chat, "sleeping words", "and more of them")
    await deliver(crew, chat)
    assert crew.said() == []
    await stop(crew, signal)
    await deliver(crew, chat)
    assert crew.said() == [NOTICE]
    clock.at = clock.at.replace(hour=9)
    await deliver(crew, chat)
    assert crew.said() == [NOTICE]
    assert await left(crew) == {"sleeping words": "dropped", "and more of them": "dropped", NOTICE: "sent"}


@both
async def test_what_a_rate_limit_kept_back_does_not_come_after_it(
    crew: Crew, database: TestDatabase, signal: OptOut | FlagMinor
) -> None:
    chat = await fan_says(crew, "hi", 1)
    await agent_says(crew, chat, "one", "two")
    crew.simulator.faults.rate_limit("sendMessage", retry_after=30)
    await deliver(crew, chat)
    assert await left(crew) == {"one": "pending", "two": "pending"}
    await stop(crew, signal)
    await as_owner(database, "UPDATE deliveries SET not_before = now(); UPDATE accounts SET held_until = NULL")
    await deliver(crew, chat)
    assert crew.said() == [NOTICE]
    why = await ask(crew, "SELECT DISTINCT error FROM deliveries WHERE state = 'dropped'")
    assert why == ("the fan asked for no messages" if isinstance(signal, OptOut) else "the fan may be under age")


async def ask(crew: Crew, statement: str) -> object:
    """Read one value, inside the agency."""
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        return await unit.connection.fetchval(statement)


@both
async def test_an_age_signal_stops_every_chat_of_the_person_and_a_stop_its_own(crew: Crew, signal: OptOut | FlagMinor) -> None:
    chats = {handle: await fan_says(crew, "hi", 1, handle) for handle in ("a", "b", "c")}
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        fans = {row["handle"]: row["fan_id"] for row in await unit.connection.fetch("SELECT handle, fan_id FROM identities")}
        await links.link(unit, fans["a"], fans["b"], Claim("operator", "she says so", 0.9, "ana"))
    for handle, chat in chats.items():
        await agent_says(crew, chat, f"words to {handle}")
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            speech = Speech(chat, None, f"note-{handle}", NOON)
            await enqueue_parts(unit, speech, (TextPart(f"note to {handle}"),), "system", whole)
    await stop(crew, signal, handle="a")
    found, linked = await left(crew), "dropped" if isinstance(signal, FlagMinor) else "pending"
    assert (found["words to a"], found["note to a"], found[NOTICE]) == ("dropped", "dropped", "pending")
    assert (found["words to b"], found["note to b"]) == (linked, linked)
    assert (found["words to c"], found["note to c"]) == ("pending", "pending"), "somebody else"


async def test_who_lets_messages_come_again_loses_none(crew: Crew) -> None:
    chat = await fan_says(crew, "hi", 1)
    await agent_says(crew, chat, "words")
    await stop(crew, OptOut(out=False))
    assert (await left(crew))["words"] == "pending"


async def test_what_a_person_has_written_is_theirs_to_take_back(crew: Crew) -> None:
    """The signal stops the agent; what an operator has said to the fan by hand is another matter."""
    chat = await fan_says(crew, "hi", 1)
    await agent_says(crew, chat, "words of the agent")
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        speech = Speech(chat, None, "by hand", NOON, "ana")
        await enqueue_parts(unit, speech, (TextPart("words of ana"),), "operator", whole)
    await stop(crew, FlagMinor())
    found = await left(crew)
    assert (found["words of the agent"], found["words of ana"]) == ("dropped", "pending")


@both
async def test_pictures_that_were_bought_come_and_the_rest_does_not(sale: Sale, signal: OptOut | FlagMinor) -> None:  # noqa: F811 — the fixture by its name
    await sale.pay(await sale.offer())
    await hand_over(sale.crew.ctx, *sale.where)
    await agent_says(sale.crew, sale.chat, "Enjoy them!")
    await stop(sale.crew, signal, handle=str(sale.crew.fan.id))
    assert await ask(sale.crew, "SELECT count(*) FROM deliveries WHERE state = 'pending' AND part ->> 'part' = 'files'") == 1
    await sale.deliver()
    assert sale.pictures() == 2
    assert "Enjoy them!" not in sale.crew.said()
    assert sale.crew.said()[-1] == NOTICE


@both
@pytest.mark.parametrize("held", [False, True])
async def test_pictures_that_are_not_made_yet_are_called_off_without_a_word(
    atelier: Atelier,  # noqa: F811 — the fixture by its name
    signal: OptOut | FlagMinor,
    held: bool,
) -> None:
    atelier.moderator.prompt = "hold" if held else "pass"
    handle = str(atelier.crew.fan.id)
    await atelier.ask()
    assert ((await atelier.row()).state, (await atelier.balance()).reserved) == ("held" if held else "queued", 3)
    await stop(atelier.crew, signal, handle)
    assert await atelier.run("SELECT owed_at FROM image_jobs") is None, "not even once the fan is back"
    await atelier.paint()
    await atelier.deliver()
    row = await atelier.row()
    assert (row.state, row.error_class) == ("cancelled", "Withdrawn")
    assert atelier.painter.calls == []
    assert await atelier.balance() == credits.Balance(available=10, reserved=0, spent=0)
    assert atelier.crew.said()[-1] == NOTICE
    assert not [text for text in atelier.crew.said() if "sorry" in text]


@both
async def test_a_picture_that_is_being_painted_stops_at_the_next_step(atelier: Atelier, signal: OptOut | FlagMinor) -> None:  # noqa: F811 — as above
    atelier.painter.gate = threading.Event()
    await atelier.ask()
    house, clock = atelier.crew.engine.house, SystemClock()
    parts = (clock, atelier.painter, PlainFinisher(), atelier.moderator, credits, Looking(lease_s=5.0))
    async with running(MediaLoop(MediaEngine("media-1", house, *parts, beat_s=0.05, grace_s=2.0))) as worker:
        await until(atelier.painter.begun.is_set)
        await stop(atelier.crew, signal, str(atelier.crew.fan.id))
        await until(lambda: atelier.painter.withdrawn or worker.done())
    await atelier.deliver()
    assert atelier.painter.withdrawn == 1, "who paints is told, and ends there"
    row = await atelier.row()
    assert (row.state, row.asset_id, row.error_class) == ("cancelled", None, "Withdrawn")
    assert await atelier.balance() == credits.Balance(available=10, reserved=0, spent=0)
    assert atelier.photos() == []
    assert atelier.crew.said()[-1] == NOTICE


@both
async def test_a_finished_picture_that_waits_in_the_outbox_does_not_leave(atelier: Atelier, signal: OptOut | FlagMinor) -> None:  # noqa: F811 — as above
    await atelier.ask()
    await atelier.paint()
    where = (str(atelier.crew.account.agency_id), str(atelier.chat))
    await hand_picture(atelier.crew.ctx, *where)
    assert await ask(atelier.crew, "SELECT state FROM deliveries WHERE part ->> 'part' = 'picture'") == "pending"
    await stop(atelier.crew, signal, str(atelier.crew.fan.id))
    for _ in range(2):
        await atelier.run("UPDATE image_jobs SET owed_at = now() WHERE owed_at IS NOT NULL")
        await atelier.deliver()
    assert atelier.photos() == []
    assert await ask(atelier.crew, "SELECT state FROM deliveries WHERE part ->> 'part' = 'picture'") == "dropped"


async def test_a_picture_ordered_in_another_chat_of_a_minor_is_called_off_too(atelier: Atelier) -> None:  # noqa: F811 — as above
    await atelier.ask()
    await fan_says(atelier.crew, "hi", 1, "other")
    async with atelier.crew.engine.house.app.unit(atelier.crew.account.agency_id) as unit:
        one, two = [row["id"] for row in await unit.connection.fetch("SELECT id FROM fans ORDER BY id")]
        await links.link(unit, one, two, Claim("operator", "she says so", 0.9, "ana"))
    await stop(atelier.crew, OptOut(out=True), "other")
    assert (await atelier.row()).state == "queued", "a stop is for its own chat"
    await stop(atelier.crew, FlagMinor(), "other", 100)
    assert (await atelier.row()).state == "cancelled"
