"""Chats of a business connection, from the fan's words to the answer in the owner's name, and to the connection's end."""

from __future__ import annotations

import asyncpg
import pytest

from evals.simulators.telegram import Connection
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage.accounts import admit_owners
from storage.ingress import Arrival, ingest
from tests.conftest import TestDatabase
from tests.workers.conftest import Crew
from workers.jobs.deliver_messages import deliver_messages


class Office:
    """The owner's connection with the bot, and our side of it."""

    def __init__(self, crew: Crew, database: TestDatabase) -> None:
        self.crew = crew
        self.link: Connection = crew.simulator.add_user("Lena").connect(crew.bot)
        self._database = database
        self._cursor: str | None = None

    async def answer(self) -> None:
        """Take in what Telegram holds, and run the jobs of every conversation."""
        telegram = self.crew.engine.platforms["telegram"]
        assert isinstance(telegram, TelegramPlatform)
        bodies, self._cursor = await telegram.poll(self.crew.account, self._cursor)
        arrivals = [Arrival(self.crew.account, e, raw, f"corr-{e.event_key}", 0.0, 0.0) for raw, es in bodies for e in es]
        for arrival in arrivals:
            await ingest(self.crew.engine.house.app, [arrival])
        for row in await self.ask("SELECT id FROM conversations"):
            where = (str(self.crew.account.agency_id), str(row["id"]))
            await self.crew.think()
            await deliver_messages(self.crew.ctx, *where)

    async def ask(self, statement: str) -> list[asyncpg.Record]:
        """Read rows as the owner of the database."""
        owner = await asyncpg.connect(self._database.owner)
        try:
            return await owner.fetch(statement)
        finally:
            await owner.close()

    def said(self) -> list[str]:
        """Return what the fan has read from the owner's side."""
        return [entry.text for entry in self.link.chat(self.crew.fan.person).messages()]


@pytest.fixture
def office(crew: Crew, database: TestDatabase) -> Office:
    return Office(crew, database)


async def test_a_fan_is_answered_in_the_owners_name_and_beside_the_bots_own_chat(office: Office, crew: Crew) -> None:
    office.link.fan_writes(crew.fan.person, "hi Lena")
    crew.fan.send_text(crew.bot, "hi Luna")
    await office.answer()
    assert office.said() == ["hi Lena"]
    assert crew.said() == ["/start + hi Luna"]


async def test_a_connection_that_ends_takes_its_chats_with_it_until_it_begins_again(office: Office, crew: Crew) -> None:
    office.link.fan_writes(crew.fan.person, "one")
    await office.answer()
    office.link.fan_writes(crew.fan.person, "two")
    office.link.change(enabled=False)
    calls = len(crew.simulator.calls_of("sendMessage"))
    await office.answer()
    assert office.said() == ["one"]
    assert len(crew.simulator.calls_of("sendMessage")) == calls, "Telegram is not even asked"
    (failed,) = await office.ask("SELECT error_class FROM deliveries WHERE state = 'not_sent'")
    assert failed["error_class"] == "Unreachable"
    office.link.change(enabled=True)
    office.link.fan_writes(crew.fan.person, "three")
    await office.answer()
    assert office.said() == ["one", "three"]


async def test_the_owners_own_words_are_kept_as_a_persons(office: Office, crew: Crew) -> None:
    office.link.fan_writes(crew.fan.person, "hi")
    await office.answer()
    office.link.owner_writes(crew.fan.person, "I take over")
    office.link.echo(office.link.chat(crew.fan.person).messages()[0], crew.fan.person)
    await office.answer()
    echoes = await office.ask("SELECT text, ours FROM echoes ORDER BY ours")
    assert [tuple(echo) for echo in echoes] == [("I take over", False), ("hi", True)]
    assert office.said() == ["hi"], "what our side wrote is not answered"


async def test_what_is_said_in_an_owners_chat_stays_here_until_they_authorise(office: Office, crew: Crew) -> None:
    office.link.fan_writes(crew.fan.person, "hi Lena")
    crew.fan.send_text(crew.bot, "hi Luna")
    await office.answer()
    asked = {turn.burst[-1].text: turn.only_local for turn in crew.thinker.turns}
    assert asked == {"hi Lena": True, "/start": False, "hi Luna": False} or asked == {"hi Lena": True, "hi Luna": False}
    await office.ask(
        "UPDATE accounts SET options = options || jsonb_build_object('business_authorised',"
        " (SELECT jsonb_object_agg(handle, '{}'::jsonb) FROM connections)) RETURNING 1"
    )
    office.link.fan_writes(crew.fan.person, "and now?")
    await office.answer()
    assert crew.thinker.turns[-1].only_local is False


async def test_who_is_not_named_any_more_is_closed_out_and_let_in_again_by_name(office: Office, crew: Crew) -> None:
    """The limit counts for connections that were made before it, too."""
    lena = str(office.link.owner.id)
    office.link.fan_writes(crew.fan.person, "one")
    await office.answer()
    for before, named, word in ((["600001"], ["600001"], "two"), (["600001"], ["600001", lena], "three"), ([lena], (), "four")):
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            await admit_owners(unit, crew.account.id, before, named)
        office.link.fan_writes(crew.fan.person, word)
        await office.answer()
    assert office.said() == ["one", "three", "four"]
