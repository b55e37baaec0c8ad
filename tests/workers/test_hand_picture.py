"""A fan asks for a picture of their own: it comes later in the same chat, once, or a kind word does and nothing is charged."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct, structs

from agents.staging import Attempt
from core.clock import SystemClock
from core.errors import BadInput
from core.nouns import TurnInput
from core.outbound import TextPart
from core.turns import GenerateImage, Hold, Outcome, Send, Trace
from personas.loader import load_from_library
from storage import conversations, credits, drafts, image_jobs, sweep
from storage.accounts import put_influencer
from storage.drafts import Desk
from storage.exports import read_person
from storage.image_jobs import Looking
from storage.pictures import Filter, PictureRow, list_pictures, underway
from studio.ordering import PictureDesk, order_handler
from studio.styles import Painting
from tests.workers.conftest import Crew, NoMeaning
from tests.workers.pictures_world import PassingModerator, PillowPainter, PlainFinisher
from tests.workers.steps import desk, fan_says, states
from tools.context import ToolContext
from tools.generate_image import GenerateImageTool
from workers.jobs.deliver_messages import deliver_messages
from workers.jobs.hand_picture import hand_picture
from workers.jobs.sweep import sweep_house
from workers.media.engine import MediaEngine
from workers.media.loop import MediaLoop


class Atelier(Struct):
    """A chat with an agent that has pictures made, and the media worker behind it."""

    crew: Crew
    desk: PictureDesk
    painter: PillowPainter
    moderator: PassingModerator
    answers: list[str]
    chat: UUID | None = None

    async def ask(self, text: str = "make me a picture of you at the beach", number: int = 1) -> None:
        """Let the fan ask, and the agent answer."""
        self.chat = await fan_says(self.crew, text, number)
        await self.crew.think()

    async def paint(self) -> None:
        """Let the media worker make all there is."""
        engine = MediaEngine(
            "media-1",
            self.crew.engine.house,
            SystemClock(),
            self.painter,
            PlainFinisher(),
            self.moderator,
            credits,
            Looking(),
            attempts=1,
        )
        worker = MediaLoop(engine)
        while await worker.step():
            await worker.settled()

    async def deliver(self, times: int = 1) -> None:
        """Run the jobs that a finished picture wakes, several at once if asked."""
        where = (str(self.crew.account.agency_id), str(self.chat))
        await asyncio.gather(*(hand_picture(self.crew.ctx, *where) for _ in range(times)))
        await deliver_messages(self.crew.ctx, *where)

    def photos(self) -> list[str]:
        """Captions of the pictures that the fan sees."""
        return [entry.text for entry in self.crew.fan.chat(self.crew.bot).messages(kind="photo")]

    def texts(self, occasion: str) -> list[str]:
        """What the fan sees of Luna's lines for an occasion."""
        known = load_from_library("luna").lines[occasion]
        return [entry.text for entry in self.crew.fan.chat(self.crew.bot).messages() if entry.text in known]

    async def wait(self, time: str) -> None:
        """Let the pictures have been ordered so long ago."""
        await self.run("UPDATE image_jobs SET created_at = created_at - $1::text::interval", time)

    async def rows(self) -> list[PictureRow]:
        """Read the pictures."""
        async with self.crew.engine.house.app.unit(self.crew.account.agency_id) as unit:
            return await list_pictures(unit, Filter())

    async def row(self) -> PictureRow:
        """Read the one picture."""
        (row,) = await self.rows()
        return row

    async def run(self, statement: str, *arguments: Any) -> Any:
        """Read or write one value, inside the agency."""
        async with self.crew.engine.house.app.unit(self.crew.account.agency_id) as unit:
            return await unit.connection.fetchval(statement, *arguments)

    async def balance(self) -> credits.Balance:
        """Read the influencer's credits."""
        async with self.crew.engine.house.app.unit(self.crew.account.agency_id) as unit:
            return await credits.balance(unit, self.crew.account.influencer_id)


@pytest.fixture
async def atelier(crew: Crew) -> Atelier:
    house, persona = crew.engine.house, load_from_library("luna")
    async with house.app.unit(crew.account.agency_id) as unit:
        await put_influencer(unit, "luna", "Luna", persona.to_document(), persona.checksum)
        await credits.grant(unit, 10, "ana")
    crew.engine = structs.replace(crew.engine, handlers={**crew.engine.handlers, GenerateImage: order_handler(credits)})
    crew.ctx = {"engine": crew.engine}
    moderator, answers = PassingModerator(), list[str]()
    desk = PictureDesk(house, Painting(model="tiny"), credits, moderator, cost=3)

    async def think(turn: TurnInput) -> Outcome:
        attempt = Attempt()
        wish = {"wish": turn.burst[-1].text}
        answers.append(await GenerateImageTool(desk).run(ToolContext(turn, attempt, NoMeaning()), wish))
        words = "It comes." if attempt.effects else "Not this one."
        return Outcome(Send((TextPart(words),)), Trace("test"), tuple(attempt.effects))

    crew.thinker.answer = think
    return Atelier(crew, desk, PillowPainter(), moderator, answers)


async def test_a_picture_comes_later_in_the_same_chat_once_and_says_what_it_is(atelier: Atelier) -> None:
    await atelier.ask()
    assert "being made" in atelier.answers[0]
    row = await atelier.row()
    assert (row.state, row.source, row.conversation_id) == ("queued", "chat", atelier.chat)
    assert "beach" in row.request["prompt"]
    assert (await atelier.balance()).reserved == 3
    await atelier.paint()
    await atelier.deliver(times=4)
    await sweep_house(atelier.crew.ctx)
    await atelier.deliver()
    assert len(atelier.photos()) == 1
    assert "made by AI" in atelier.photos()[0]
    row = await atelier.row()
    assert (row.state, row.turn_id is not None, row.message_id is not None) == ("done", True, True)
    assert await atelier.run("SELECT kind FROM messages WHERE id = $1", row.message_id) == "media"
    balance = await atelier.balance()
    assert (balance.available, balance.reserved, balance.spent) == (7, 0, 3)


async def test_a_picture_that_came_to_nothing_is_a_kind_word_once_and_costs_nothing(atelier: Atelier) -> None:
    atelier.painter.error = lambda _: BadInput("this model cannot")
    await atelier.ask()
    await atelier.paint()
    await atelier.deliver(times=3)
    await atelier.deliver()
    told = [text for text, state in await states(atelier.crew) if state == "sent"]
    assert len(told) == 2
    assert "sorry" in told[1]
    assert "this model" not in told[1]
    assert (await atelier.balance()).available == 10


async def test_while_a_person_has_the_chat_no_picture_leaves(atelier: Atelier) -> None:
    house, agency = atelier.crew.engine.house, atelier.crew.account.agency_id
    await atelier.ask()
    assert atelier.chat
    async with house.app.unit(agency) as unit:
        await conversations.take(unit, atelier.chat, "ann")
    await atelier.paint()
    await atelier.deliver()
    assert atelier.photos() == []
    async with house.app.unit(agency) as unit:
        await conversations.hand_back(unit, atelier.chat, "ann")
    await atelier.deliver()
    assert len(atelier.photos()) == 1


async def test_what_a_take_over_dropped_leaves_when_the_agent_is_back(atelier: Atelier) -> None:
    house, agency = atelier.crew.engine.house, atelier.crew.account.agency_id
    await atelier.ask()
    assert atelier.chat
    await atelier.paint()
    await hand_picture(atelier.crew.ctx, str(agency), str(atelier.chat))
    async with house.app.unit(agency) as unit:
        await conversations.take(unit, atelier.chat, "ann")
        await drafts.write(unit, atelier.chat, desk(atelier.crew, "ann"), "One moment, please.")
    await atelier.deliver()
    assert atelier.photos() == []
    async with house.app.unit(agency) as unit:
        await conversations.hand_back(unit, atelier.chat, "ann")
    await atelier.deliver()
    assert len(atelier.photos()) == 1
    sent = "SELECT array_agg(part ->> 'part' ORDER BY {}) FROM deliveries WHERE state = 'sent'"
    left = await atelier.run(sent.format("settled_at"))
    assert left == await atelier.run(sent.format("seq")), "what leaves later stands later"
    assert left[-2:] == ["text", "picture"]


@pytest.mark.parametrize("mark", ["opted_out_at", "minor_signal_at"])
async def test_nothing_comes_to_who_wants_no_messages_or_said_to_be_under_age(atelier: Atelier, mark: str) -> None:
    await atelier.ask()
    await atelier.paint()
    await atelier.run(f"UPDATE fans SET {mark} = now()")
    await atelier.deliver()
    assert atelier.photos() == []
    assert await atelier.run("SELECT owed_at FROM image_jobs") is None


async def test_a_held_picture_waits_for_a_person(atelier: Atelier) -> None:
    atelier.moderator.picture = "hold"
    await atelier.ask()
    await atelier.paint()
    await atelier.deliver()
    assert atelier.photos() == []
    async with atelier.crew.engine.house.app.unit(atelier.crew.account.agency_id) as unit:
        assert atelier.chat
        assert [one.state for one in await underway(unit, atelier.chat)] == ["held"]
        await image_jobs.approve(unit, credits, (await atelier.row()).id, "ann")
    await atelier.deliver()
    assert len(atelier.photos()) == 1
    assert (await atelier.balance()).spent == 3
    async with atelier.crew.engine.house.app.unit(atelier.crew.account.agency_id) as unit:
        assert await underway(unit, atelier.chat) == [], "nobody waits for what is here"


async def test_a_fan_hears_once_that_a_picture_takes_longer(atelier: Atelier) -> None:
    atelier.moderator.picture = "hold"
    await atelier.ask()
    await atelier.paint()
    await atelier.deliver()
    assert atelier.texts("picture_waits") == [], "not yet"
    await atelier.wait("4 hours")
    await atelier.deliver(times=3)
    await atelier.deliver()
    assert len(atelier.texts("picture_waits")) == 1
    await atelier.wait("2 days")
    await sweep_house(atelier.crew.ctx)
    await atelier.deliver()
    assert len(atelier.texts("picture_waits")) == 1, "never twice"
    async with atelier.crew.engine.house.app.unit(atelier.crew.account.agency_id) as unit:
        await image_jobs.approve(unit, credits, (await atelier.row()).id, "ann")
    await atelier.deliver()
    assert len(atelier.photos()) == 1


async def test_a_prompt_that_is_held_and_then_its_picture_are_one_wait(atelier: Atelier) -> None:
    atelier.moderator.prompt = atelier.moderator.picture = "hold"
    await atelier.ask()
    await atelier.wait("4 hours")
    await atelier.deliver()
    async with atelier.crew.engine.house.app.unit(atelier.crew.account.agency_id) as unit:
        await image_jobs.approve(unit, credits, (await atelier.row()).id, "ann")
    await atelier.paint()
    assert (await atelier.row()).state == "held"
    await atelier.wait("4 hours")
    await atelier.deliver()
    assert len(atelier.texts("picture_waits")) == 1


async def test_the_sweep_finds_who_waits_too_long(atelier: Atelier) -> None:
    atelier.moderator.prompt = "hold"
    await atelier.ask()
    house, after = atelier.crew.engine.house, atelier.crew.engine.settings.image_wait_s
    assert await sweep.held_pictures(house.sweep, after) == []
    await atelier.wait("4 hours")
    assert [one.id for one in await sweep.held_pictures(house.sweep, after)] == [atelier.chat]
    await atelier.deliver()
    assert await sweep.held_pictures(house.sweep, after) == []


@pytest.mark.parametrize("mark", ["opted_out_at", "minor_signal_at"])
async def test_who_wants_no_messages_hears_nothing_of_waiting(atelier: Atelier, mark: str) -> None:
    atelier.moderator.prompt = "hold"
    await atelier.ask()
    await atelier.wait("4 hours")
    await atelier.run(f"UPDATE fans SET {mark} = now()")  # one of two known names
    await atelier.deliver()
    await atelier.run("UPDATE fans SET opted_out_at = NULL, minor_signal_at = NULL")
    await atelier.deliver()
    assert atelier.texts("picture_waits") == []


async def test_nothing_is_said_of_waiting_while_a_person_has_the_chat_or_where_it_is_set_so(atelier: Atelier) -> None:
    atelier.moderator.prompt = "hold"
    await atelier.ask()
    await atelier.wait("4 hours")
    await atelier.run("UPDATE conversations SET owner = 'operator', owner_name = 'ann'")
    await atelier.deliver()
    await atelier.run("UPDATE conversations SET owner = 'agent', owner_name = NULL")
    engine = atelier.crew.engine
    atelier.crew.ctx["engine"] = structs.replace(engine, settings=structs.replace(engine.settings, image_wait_s=0))
    await atelier.deliver()
    assert atelier.texts("picture_waits") == []
    atelier.crew.ctx["engine"] = engine
    await atelier.deliver()
    assert len(atelier.texts("picture_waits")) == 1


async def test_a_held_prompt_is_not_painted_until_a_person_says_so(atelier: Atelier) -> None:
    atelier.moderator.prompt = "hold"
    await atelier.ask()
    await atelier.paint()
    assert ((await atelier.row()).state, atelier.painter.calls) == ("held", [])


async def test_a_refused_prompt_orders_nothing(atelier: Atelier) -> None:
    atelier.moderator.prompt = "refuse"
    await atelier.ask()
    assert await atelier.rows() == []
    assert "don't do that" in atelier.answers[0]


async def test_a_draft_orders_nothing_before_it_is_approved(atelier: Atelier) -> None:
    thinks = atelier.crew.thinker.answer

    async def hold(turn: TurnInput) -> Outcome:
        outcome = await thinks(turn)
        assert isinstance(outcome.verdict, Send)
        return structs.replace(outcome, verdict=Hold("approval", outcome.verdict.parts))

    atelier.crew.thinker.answer = hold
    await atelier.ask()
    assert await atelier.rows() == []
    crew = atelier.crew
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        (draft,) = await unit.connection.fetch("SELECT id FROM drafts")
        desk = Desk(
            "ann", crew.account, crew.engine.platforms["telegram"].split, crew.engine.handlers, SystemClock().now(), "c"
        )
        await drafts.approve(unit, draft["id"], desk, None)
    assert (await atelier.row()).state == "queued"


async def test_without_credits_the_vault_is_named_instead(atelier: Atelier) -> None:
    async with atelier.crew.engine.house.app.unit(atelier.crew.account.agency_id) as unit:
        await credits.grant(unit, -8, "ana")
    await atelier.ask()
    assert "send_pack" in atelier.answers[0]
    assert await atelier.rows() == []


async def test_without_a_model_the_vault_is_named_instead(atelier: Atelier) -> None:
    atelier.desk.painting = Painting(model="")
    await atelier.ask()
    assert "No pictures are made here" in atelier.answers[0]
    assert "send_pack" in atelier.answers[0]


async def test_a_fan_has_so_many_pictures_made_at_once_and_no_more(atelier: Atelier) -> None:
    for number in range(1, 5):
        await atelier.ask(number=number)
    assert len(await atelier.rows()) == 2
    assert "already" in atelier.answers[-1]
    await atelier.paint()
    await atelier.deliver()
    await atelier.deliver()
    await atelier.ask(number=9)
    assert len(await atelier.rows()) == 3


async def test_who_is_forgotten_leaves_no_picture(atelier: Atelier) -> None:
    await atelier.ask("make me a picture with a zanzibar hat")
    await atelier.paint()
    await atelier.deliver()
    house, agency = atelier.crew.engine.house, atelier.crew.account.agency_id
    async with house.app.unit(agency) as unit:
        fan = await unit.connection.fetchval("SELECT fan_id FROM image_jobs")
        key = await unit.connection.fetchval("SELECT blob_key FROM assets")
        held = await read_person(unit, fan)
        assert "zanzibar" in str(held["pictures"])
        await unit.connection.execute("SELECT forget_fans($1, ARRAY[$2::uuid], '{}', '{}', '{}', '{}')", agency, fan)
        assert await unit.connection.fetchval("SELECT count(*) FROM image_jobs") == 0
        assert await unit.connection.fetchval("SELECT count(*) FROM assets WHERE blob_key = $1", key) == 0
        noted = await unit.connection.fetch("SELECT items FROM pending_deletions WHERE kind = 'blob'")
    assert any(key in row["items"] for row in noted)
