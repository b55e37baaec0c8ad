"""What bounds pictures at a fan's wish: who gets none, how many a day, how long one is held, which words leave the house."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs

from agents.staging import Attempt
from core.clock import SystemClock
from core.errors import EffectRefused
from core.ids import new_id
from core.nouns import TurnInput
from core.outbound import TextPart
from core.pictures import PictureWish
from core.turns import GenerateImage, Hold, Outcome, Send, Trace
from evals.simulators.replicate import ReplicateSimulator
from storage import credits, drafts, links
from storage.conversations import load_conversation
from storage.drafts import Desk
from storage.effects import EffectContext
from storage.image_jobs import Looking
from storage.links import Claim
from storage.restraint import set_caps
from studio.ordering import PictureDesk, order_handler
from studio.painters.replicate import ReplicatePainter
from studio.painters.replicate_api import ReplicateApi
from studio.styles import Painting
from tests.conftest import TestDatabase
from tests.workers.conftest import NoMeaning
from tests.workers.pictures_world import PlainFinisher, request
from tests.workers.steps import as_owner, fan_says, states
from tests.workers.test_hand_picture import Atelier, atelier  # noqa: F401 — a fixture
from tools.context import ToolContext
from tools.generate_image import GenerateImageTool
from workers.jobs.apply_retention import apply_retention
from workers.media.engine import MediaEngine
from workers.media.loop import MediaLoop

XL = "replicate:stability-ai/sdxl"


async def draft_of(one: Atelier) -> UUID:
    """Let the fan ask for a picture, and the answer wait for a person."""
    thinks = one.crew.thinker.answer

    async def hold(turn: TurnInput) -> Outcome:
        outcome = await thinks(turn)
        assert isinstance(outcome.verdict, Send)
        return structs.replace(outcome, verdict=Hold("approval", outcome.verdict.parts))

    one.crew.thinker.answer = hold
    await one.ask()
    return UUID(str(await one.run("SELECT id FROM drafts")))


async def approve(one: Atelier, draft: UUID) -> None:
    """Approve a draft, as an operator does."""
    crew = one.crew
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        split, now = crew.engine.platforms["telegram"].split, SystemClock().now()
        await drafts.approve(unit, draft, Desk("ann", crew.account, split, crew.engine.handlers, now, "c"), None)


@pytest.mark.parametrize("mark", ["opted_out_at", "minor_signal_at"])
async def test_a_draft_approved_days_later_orders_nothing_for_who_gets_nothing_any_more(atelier: Atelier, mark: str) -> None:  # noqa: F811 — the fixture by its name
    draft = await draft_of(atelier)
    await atelier.run(f"UPDATE fans SET {mark} = now()")
    with pytest.raises(EffectRefused, match="Nothing is made for this fan"):
        await approve(atelier, draft)
    assert await atelier.rows() == []
    assert await atelier.balance() == credits.Balance(available=10, reserved=0, spent=0)


async def test_a_flag_in_a_linked_chat_is_one(atelier: Atelier) -> None:  # noqa: F811 — as above
    draft = await draft_of(atelier)
    await second_chat(atelier)
    await atelier.run("UPDATE fans SET minor_signal_at = now() WHERE id = (SELECT max(id::text)::uuid FROM fans)")
    with pytest.raises(EffectRefused, match="Nothing is made for this fan"):
        await approve(atelier, draft)
    await atelier.run(
        "UPDATE fans SET minor_signal_at = NULL, opted_out_at = now() WHERE id = (SELECT max(id::text)::uuid FROM fans)"
    )
    await approve(atelier, draft)
    assert (await atelier.row()).state == "queued", "a stop is for its own chat"


async def test_a_picture_that_is_painted_comes_to_nobody_who_said_elsewhere_to_be_under_age(atelier: Atelier) -> None:  # noqa: F811 — as above
    await atelier.ask()
    await atelier.paint()
    await second_chat(atelier)
    await atelier.run("UPDATE fans SET minor_signal_at = now() WHERE id = (SELECT max(id::text)::uuid FROM fans)")
    await atelier.deliver()
    assert atelier.photos() == []
    assert await atelier.run("SELECT owed_at FROM image_jobs") is None


async def second_chat(one: Atelier, handle: str = "elsewhere") -> UUID:
    """Let the same person have another chat."""
    chat = await fan_says(one.crew, "hi", 1, handle)
    async with one.crew.engine.house.app.unit(one.crew.account.agency_id) as unit:
        fans = [row["id"] for row in await unit.connection.fetch("SELECT id FROM fans ORDER BY id")]
        await links.link(unit, fans[0], fans[-1], Claim("operator", "she says so", 0.9, "ana"))
    return chat


async def set_pictures(one: Atelier, a_day: int) -> None:
    """Say how many pictures a person has made in a day."""
    async with one.crew.engine.house.app.unit(one.crew.account.agency_id) as unit:
        await set_caps(unit, {"pictures_a_day": a_day})


async def test_a_day_has_so_many_pictures_for_a_person_in_all_their_chats(atelier: Atelier) -> None:  # noqa: F811 — as above
    await set_pictures(atelier, 1)
    await atelier.ask()
    await atelier.paint()
    await atelier.deliver()
    await atelier.run("UPDATE image_jobs SET owed_at = NULL")  # the first has been seen
    other = await second_chat(atelier)
    await atelier.crew.think()
    assert "until tomorrow" in atelier.answers[-1]
    assert len(await atelier.rows()) == 1
    with pytest.raises(EffectRefused, match="until tomorrow"):
        await order(atelier, other)
    await atelier.run("UPDATE image_jobs SET created_at = now() - interval '25 hours'")
    await order(atelier, other)
    assert len(await atelier.rows()) == 2


async def test_what_came_to_nothing_and_what_operators_order_are_not_counted(atelier: Atelier) -> None:  # noqa: F811 — as above
    await set_pictures(atelier, 1)
    await atelier.ask()
    await atelier.run("UPDATE image_jobs SET state = 'failed', finished_at = now()")
    await atelier.ask(number=2)
    assert sorted(row.state for row in await atelier.rows()) == ["failed", "queued"]
    await atelier.run("UPDATE image_jobs SET source = 'api', state = 'done' WHERE state = 'queued'")
    await atelier.ask(number=3)
    assert len(await atelier.rows()) == 3


async def order(one: Atelier, chat: UUID, entered: asyncio.Event | None = None, go_on: asyncio.Event | None = None) -> None:
    """Commit an order of a chat; with `go_on`, the transaction stays open until it is set."""
    crew = one.crew
    effect = GenerateImage(job_id=new_id(), wish=PictureWish(text="a walk"), request=request(), cost=3)
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        context = EffectContext(crew.account, await load_conversation(unit, chat), None)  # type: ignore[arg-type]  # outside a turn
        await order_handler(credits)(unit, context, effect)
        if entered:
            entered.set()
        if go_on:
            await go_on.wait()


@pytest.mark.parametrize("bound", ["a day", "at once"])
async def test_two_chats_of_a_person_that_order_at_the_same_moment_have_one_bound(atelier: Atelier, bound: str) -> None:  # noqa: F811 — as above
    first = await fan_says(atelier.crew, "hi", 1)
    second = await second_chat(atelier)
    await set_pictures(atelier, 1 if bound == "a day" else 100)
    if bound == "at once":
        await order(atelier, await second_chat(atelier, "a third"))  # of two that may be on their way
    entered, go_on = asyncio.Event(), asyncio.Event()
    one = asyncio.create_task(order(atelier, first, entered, go_on))
    async with asyncio.timeout(10):
        await entered.wait()
    two = asyncio.create_task(order(atelier, second))
    done, _ = await asyncio.wait([two], timeout=0.5)  # without the lock it is done by now, and let pass
    assert not done
    go_on.set()
    await one
    with pytest.raises(EffectRefused):
        await two
    assert len(await atelier.rows()) == (1 if bound == "a day" else 2)
    assert (await atelier.balance()).reserved == 3 * len(await atelier.rows())


async def test_many_orders_of_a_person_at_once_make_as_many_as_a_day_has(atelier: Atelier) -> None:  # noqa: F811 — as above
    chats = [await fan_says(atelier.crew, "hi", 1), *[await second_chat(atelier, f"chat {n}") for n in range(7)]]
    await set_pictures(atelier, 1)
    made = await asyncio.gather(*(order(atelier, chat) for chat in chats), return_exceptions=True)
    assert sorted(type(one).__name__ for one in made) == ["EffectRefused"] * 7 + ["NoneType"]
    assert (await atelier.balance()).reserved == 3


@pytest.mark.parametrize("painted", [False, True])
async def test_a_picture_that_nobody_decides_about_is_given_up_with_a_kind_word(
    atelier: Atelier,  # noqa: F811 — as above
    database: TestDatabase,
    painted: bool,
) -> None:
    if painted:
        atelier.moderator.picture = "hold"
    else:
        atelier.moderator.prompt = "hold"
    await atelier.ask()
    await atelier.paint()
    for days, state in ((13, "held"), (15, "failed")):
        await as_owner(database, f"UPDATE image_jobs SET created_at = now() - interval '{days} days'")
        await apply_retention(atelier.crew.ctx)
        assert (await atelier.row()).state == state
        assert (await atelier.balance()).reserved == (3 if state == "held" else 0)
    assert (await atelier.balance()).available == 10
    assert (await atelier.row()).error == "Nobody decided about it in time."
    await atelier.deliver(times=2)
    await atelier.deliver()
    told = [text for text, state in await states(atelier.crew) if state == "sent"]
    assert (len(told), "sorry" in told[1], "decided" in told[1]) == (2, True, False)
    assert atelier.photos() == []
    assert await atelier.run("SELECT max(moderation) FROM assets") == ("refused" if painted else None), (
        "nobody can send it later"
    )


async def test_pictures_of_operators_that_nobody_decides_about_are_given_up_too(
    atelier: Atelier,  # noqa: F811 — as above
    database: TestDatabase,
) -> None:
    atelier.moderator.prompt = "hold"
    await atelier.ask()
    await as_owner(
        database, "UPDATE image_jobs SET created_at = now() - interval '15 days', source = 'api', conversation_id = NULL"
    )
    await apply_retention(atelier.crew.ctx)
    assert (await atelier.row()).state == "failed"
    assert (await atelier.balance()).available == 10


@pytest.mark.parametrize(("only_local", "fan_words"), [(True, True), (False, True), (False, False), (True, False)])
async def test_words_of_a_business_chat_do_not_leave_for_an_outside_painter(
    atelier: Atelier,  # noqa: F811 — as above
    only_local: bool,
    fan_words: bool,
) -> None:
    crew = atelier.crew
    desk = PictureDesk(crew.engine.house, Painting(model=XL, fan_words_leave=fan_words), credits, atelier.moderator, cost=3)

    async def think(turn: TurnInput) -> Outcome:
        attempt, wish = Attempt(), {"wish": turn.burst[-1].text}
        there = ToolContext(structs.replace(turn, only_local=only_local), attempt, NoMeaning())
        await GenerateImageTool(desk).run(there, wish)
        return Outcome(Send((TextPart("It comes."),)), Trace("test"), tuple(attempt.effects))

    crew.thinker.answer = think
    async with ReplicateSimulator() as provider:
        painter = ReplicatePainter(
            XL, ReplicateApi(provider.url, provider.token, ("replicate.delivery",), call_s=2.0), poll_s=0.01
        )
        await atelier.ask("make me a picture of you with a zanzibar hat")
        parts: tuple[Any, ...] = (SystemClock(), painter, PlainFinisher(), atelier.moderator, credits, Looking())
        worker = MediaLoop(MediaEngine("media-1", crew.engine.house, *parts, attempts=1))
        while await worker.step():
            await worker.settled()
        await painter.close()
        (ordered,) = provider.predictions.values()
    leaves = fan_words and not only_local
    assert ("zanzibar" in str(ordered.input)) == leaves
    assert "zanzibar" in (await atelier.row()).wish["text"], "the house keeps what was wished"
    await atelier.deliver()
    assert len(atelier.photos()) == 1
