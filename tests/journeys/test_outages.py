"""Parts are killed in the middle of a conversation. The fan loses nothing and hears nothing twice."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.journeys.fan_page import FanPage
from tests.journeys.town import Town, until

QUESTION = "What is my dog's name?"


@pytest.fixture
async def friend(fan: FanPage) -> FanPage:
    """A fan whose dog is known: three replies so far."""
    await fan.say("Hi Luna!", replies=2)
    await fan.say("My dog is called Biscuit")
    return fan


async def is_whole(fan: FanPage, town: Town, questions: int) -> None:
    """Check page and ledger: every question has exactly one reply, on the page right after it."""
    await fan.settled(own=2 + questions, others=3 + questions)
    ledger = await town.ledger_at_rest(fan)
    assert ledger.messages == ["Hi Luna!", "My dog is called Biscuit", *[QUESTION] * questions]
    assert ledger.unanswered == 0
    assert ledger.turns == 2 + questions
    assert ledger.delivery_states == {"sent": 3 + questions}
    assert ledger.deliveries_per_message == 1
    lines = [line.text for line in await fan.read()][5:]
    assert lines[::2] == [QUESTION] * questions
    assert len(lines) == 2 * questions
    assert all("Biscuit" in reply for reply in lines[1::2])


async def test_the_gateway_dies(friend: FanPage, town: Town) -> None:
    async with town.slow_restarts(3.0):
        await friend.type(QUESTION)
        town.kill("gateway")
        await expect(friend.banner).to_have_text("Reconnecting…")
        await friend.type(QUESTION)
        await expect(friend.page.get_by_text("Not sent yet, trying again")).not_to_have_count(0)
        await expect(friend.banner).to_be_hidden()
    await friend.settled(own=4, others=4)
    ledger = await town.ledger_at_rest(friend)
    assert ledger.messages == ["Hi Luna!", "My dog is called Biscuit", QUESTION, QUESTION]
    assert ledger.unanswered == 0
    assert set(ledger.delivery_states) == {"sent"}
    texts = [line.text for line in await friend.read()]
    assert texts.count(QUESTION) == 2
    assert len(texts) == 4 + sum(ledger.delivery_states.values())


async def test_the_worker_dies_in_the_middle_of_a_turn(friend: FanPage, town: Town) -> None:
    async with town.database() as database, database.transaction():
        await database.execute("LOCK TABLE turns IN SHARE MODE")  # the turn is thought and cannot be committed
        await friend.type(QUESTION)

        async def held_up() -> bool:
            return bool(
                await database.fetchval("SELECT count(*) FROM pg_locks WHERE relation = 'turns'::regclass AND NOT granted")
            )

        await until(held_up, "the worker is in the middle of the commit")
        town.kill("worker")
    await is_whole(friend, town, questions=1)


async def test_valkey_postgres_and_chroma_die_one_after_the_other(friend: FanPage, town: Town) -> None:
    for number, part in enumerate(("valkey", "postgres", "chroma"), start=1):
        await friend.type(QUESTION)
        await town.kill_and_wait(part)
        await is_whole(friend, town, questions=number)
    await expect(friend.banner).to_be_hidden()
    await friend.page.reload()
    await expect(friend.own).to_have_count(5)
    await is_whole(friend, town, questions=3)


async def test_the_page_opened_while_postgres_is_away_says_so_and_opens_later(fan: FanPage, town: Town) -> None:
    await fan.say("Hi Luna!", replies=2)
    async with town.slow_restarts(3.0):
        town.kill("postgres")
        await fan.page.reload()
        await expect(fan.page.locator("#opening")).to_contain_text("The chat could not be reached.")
        await until(lambda: town.runs("postgres"), "Postgres is back")
    await fan.page.get_by_role("button", name="Try again").click()
    await expect(fan.rows).to_have_count(3)
