"""Retention: what is older than an agency keeps goes, night by night, and what is not done with stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec import structs

from core.ids import new_id
from core.inbound import MediaRef
from core.outbound import TextPart
from core.turns import Hold, Send
from storage import retention
from storage.ledger import check_ledger
from storage.retention import Kept
from tests.conftest import Agency, TestDatabase
from tests.storage.canary import admin
from tests.storage.fans_world import arrive, says
from tests.storage.ledger_steps import claim_turn, commit, gathered, outcome
from tests.workers.conftest import Crew
from workers.jobs.apply_retention import apply_retention
from workers.jobs.drop_remains import drop_remains

NOW = datetime(2026, 9, 1, 3, 41, tzinfo=UTC)


class Frozen:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


class Archive:
    """A conversation of a year, and questions to the rows."""

    def __init__(self, crew: Crew, agency: Agency, database: TestDatabase) -> None:
        self.crew, self.agency, self.database = crew, agency, database
        self.ctx = {"engine": structs.replace(crew.engine, clock=Frozen())}

    async def keep(self, **days: int) -> None:
        async with self.crew.engine.house.app.unit(self.agency.id) as unit:
            await retention.set_kept(unit, Kept(**days))

    async def night(self) -> None:
        await apply_retention(self.ctx)

    async def ask(self, statement: str, *arguments: object) -> object:
        connection = await admin(self.database)
        try:
            return await connection.fetchval(statement, *arguments)
        finally:
            await connection.close()

    async def said(self) -> list[str]:
        connection = await admin(self.database)
        try:
            return [
                row["text"]
                for row in await connection.fetch("SELECT text FROM messages WHERE direction = 'in' ORDER BY sent_at")
            ]
        finally:
            await connection.close()

    async def talk(self, text: str, number: int, days_ago: float, verdict: object = None) -> UUID | None:
        """Let the fan write some days ago, and the agent answer at once."""
        house, at = self.crew.engine.house, NOW - timedelta(days=days_ago)
        event = structs.replace(says(text, "7", number, at=at), media=(MediaRef("photo", f"f{number}"),))
        (one,) = await arrive(house, self.crew.account, event, raw=text.encode())
        if verdict is not None:
            lease = await claim_turn(house, self.agency, one.conversation_id)
            assert lease
            await commit(house, await gathered(house, lease), outcome(verdict))  # type: ignore[arg-type]  # a verdict
            await self.ask("UPDATE turns SET committed_at = $1 WHERE id = $2 RETURNING 1", at, lease.turn_id)
            await self.ask("UPDATE messages SET sent_at = $1 WHERE turn_id = $2 RETURNING 1", at, lease.turn_id)
        return one.message_id


@pytest.fixture
async def archive(crew: Crew, agency: Agency, database: TestDatabase) -> Archive:
    made = Archive(crew, agency, database)
    for number, days in ((1, 300), (2, 100), (3, 1)):
        message = await made.talk(f"said {days} days ago", number, days, Send((TextPart("yes"),)))
        await made.ask("UPDATE deliveries SET state = 'sent', claimed_at = created_at RETURNING 1")
        await made.ask(
            "INSERT INTO episodes (id, agency_id, influencer_id, fan_id, conversation_id, message_id, author, text, said_at)"
            " SELECT $1, c.agency_id, c.influencer_id, c.fan_id, c.id, m.id, 'fan', m.text, m.sent_at FROM messages m"
            " JOIN conversations c ON c.id = m.conversation_id WHERE m.id = $2 RETURNING 1",
            new_id(),
            message,
        )
        await made.ask(
            "INSERT INTO facts (id, agency_id, influencer_id, fan_id, kind, subject, text, source_message_ids, importance,"
            " confidence, valid_from, learned_at) SELECT $1, c.agency_id, c.influencer_id, c.fan_id, 'note', m.text, m.text,"
            " ARRAY[m.id], 0.5, 0.5, m.sent_at, m.sent_at FROM messages m JOIN conversations c ON c.id = m.conversation_id"
            " WHERE m.id = $2 RETURNING 1",
            new_id(),
            message,
        )
        key = f"media/old-{days}"
        await crew.engine.house.blobs.put(key, b"picture", "image/jpeg")
        await made.ask("UPDATE media SET state = 'stored', blob_key = $1 WHERE message_id = $2 RETURNING 1", key, message)
    return made


async def count(archive: Archive) -> dict[str, object]:
    return {
        name: await archive.ask(f"SELECT count(*) FROM {name}")
        for name in ("messages", "turns", "deliveries", "episodes", "facts", "media")
    }


async def test_for_good_means_for_good(archive: Archive) -> None:
    before = await count(archive)
    await archive.night()
    assert await count(archive) == before
    assert await archive.ask("SELECT count(*) FROM pending_deletions") == 0


async def test_messages_go_with_all_that_hangs_on_them_once(archive: Archive) -> None:
    await archive.keep(messages=200)
    await archive.night()
    assert await archive.said() == ["said 100 days ago", "said 1 days ago"]
    assert await count(archive) == {"messages": 4, "turns": 2, "deliveries": 2, "episodes": 2, "facts": 3, "media": 2}
    assert await archive.ask("SELECT count(*) FROM raw_events WHERE body IS NULL") == 1
    assert await check_ledger(archive.crew.engine.house.app, archive.crew.engine.house.sweep) == []
    pending = await archive.ask("SELECT array_agg(items::text ORDER BY kind) FROM pending_deletions")
    assert pending[0] == "{media/old-300}"  # type: ignore[index]  # an array of texts
    await drop_remains(archive.ctx, str(archive.agency.id), "")
    with pytest.raises(Exception, match="no such file"):
        await archive.crew.engine.house.blobs.get("media/old-300")
    await archive.night()
    assert len(await archive.said()) == 2
    (again,) = await arrive(archive.crew.engine.house, archive.crew.account, says("said 300 days ago", "7", 1))
    assert not again.fresh  # a repeat is known by its key still


async def test_each_kind_has_its_own_days(archive: Archive) -> None:
    await archive.keep(episodes=200, facts=50, media=50, traces=50)
    await archive.night()
    assert await count(archive) == {"messages": 6, "turns": 3, "deliveries": 3, "episodes": 2, "facts": 1, "media": 3}
    assert await archive.ask("SELECT count(*) FROM media WHERE state = 'refused' AND reason = 'kept no longer'") == 2
    assert await archive.ask("SELECT count(*) FROM turns WHERE trace = '{}'") == 2
    assert await archive.ask("SELECT count(*) FROM turns WHERE verdict = 'send'") == 3


async def test_what_is_not_done_with_stays(archive: Archive) -> None:
    await archive.talk("nobody has answered", 8, 400)
    await archive.keep(messages=10)
    await archive.night()
    assert await archive.said() == ["nobody has answered", "said 1 days ago"]
    lease = await claim_turn(archive.crew.engine.house, archive.agency, await archive.ask("SELECT id FROM conversations"))  # type: ignore[arg-type]  # its id
    assert lease
    held = outcome(Hold("approval", (TextPart("well"),)))
    await commit(archive.crew.engine.house, await gathered(archive.crew.engine.house, lease), held)
    await archive.ask("UPDATE turns SET committed_at = $1 WHERE id = $2 RETURNING 1", NOW - timedelta(days=400), lease.turn_id)
    await archive.night()
    assert "nobody has answered" in await archive.said()
    await archive.ask("UPDATE drafts SET state = 'rejected' RETURNING 1")
    await archive.night()
    assert await archive.said() == ["said 1 days ago"]


async def test_a_fact_that_was_said_again_is_young(archive: Archive) -> None:
    await archive.ask(
        "UPDATE facts SET source_message_ids = source_message_ids || (SELECT id FROM messages ORDER BY sent_at DESC LIMIT 1)"
        " WHERE text = 'said 300 days ago' RETURNING 1"
    )
    await archive.keep(facts=50)
    await archive.night()
    assert await archive.ask("SELECT array_agg(text ORDER BY learned_at) FROM facts") == [
        "said 300 days ago",
        "said 1 days ago",
    ]


async def test_many_go_batch_by_batch(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.jobs.apply_retention.BATCH", 1)
    await archive.keep(messages=50, facts=50)
    await archive.night()
    assert await archive.said() == ["said 1 days ago"]
    assert await archive.ask("SELECT count(*) FROM facts") == 1
