"""Pictures that were made are found by their words, filters and albums, page by page, and by nobody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from core.errors import NotFound, Refused
from core.ids import new_id
from core.nouns import Account
from core.turns import Outcome, Refuse, Trace
from storage import assets, credits, gallery, image_jobs
from storage.fans import load_fan
from storage.forgetting import list_pending
from storage.house import House
from storage.pictures import Filter, list_pictures, load_picture
from storage.retention import trim_messages
from tests.conftest import Agency, TestDatabase
from tests.storage.fans_world import write_in
from tests.storage.ledger_steps import commit, how, take_turn
from tests.storage.world import make_account
from tests.studio.keeping import HELD, NOON, finish_picture
from tests.workers.pictures_world import CountedPurse, order


class Shelf:
    """Luna's pictures, each with the job that made it."""

    def __init__(self, house: House, account: Account) -> None:
        self.house, self.account = house, account
        self.agency, self.influencer = account.agency_id, account.influencer_id
        self.jobs: dict[int, UUID] = {}
        self.assets: dict[int, UUID] = {}

    async def add(self, number: int, **said: Any) -> UUID:
        job, asset = await finish_picture(self.house, self.agency, self.influencer, number, **said)
        self.jobs[number], self.assets[number] = job, asset
        return job

    async def find(self, **chosen: Any) -> list[int]:
        async with self.house.app.unit(self.agency) as unit:
            found = await list_pictures(unit, Filter(**chosen))
        numbers = {job: number for number, job in self.jobs.items()}
        return [numbers[row.id] for row in found]


@pytest.fixture
async def shelf(house: House, account: Account) -> Shelf:
    made = Shelf(house, account)
    await made.add(1, prompt="a woman on an empty beach at dusk", shape="landscape", model="xl")
    await made.add(2, prompt="bowls on a shelf", wish="the blue bowls", category="product", scene="a studio", **HELD)
    await made.add(3, prompt="a kitchen in the morning", shape="square", outfit="a blue apron")
    return made


async def test_words_and_filters_find(shelf: Shelf) -> None:
    assert await shelf.find() == [3, 2, 1]
    assert await shelf.find(oldest_first=True) == [1, 2, 3]
    assert await shelf.find(words="beaches") == [1]
    assert await shelf.find(words="blue") == [3, 2]
    assert await shelf.find(words="blue -apron") == [2]
    assert await shelf.find(words='"empty beach" or product') == [2, 1]
    assert await shelf.find(words="'; DROP TABLE pictures; --") == []
    assert await shelf.find(shape="square") == [3]
    assert await shelf.find(model="xl") == [1]
    assert await shelf.find(states=("done",), words="blue") == [3]
    assert await shelf.find(states=("held",)) == [2]
    assert await shelf.find(influencer="luna", words="kitchen") == [3]
    assert await shelf.find(influencer="nobody") == []


async def test_what_is_not_made_yet_is_found_by_what_was_asked(shelf: Shelf) -> None:
    shelf.jobs[9] = await order(shelf.house, shelf.agency, shelf.influencer, CountedPurse(), text="walks on beaches")
    assert await shelf.find(words="beach") == [9, 1]
    assert await shelf.find(words="beach", states=("queued",)) == [9]


async def test_pages_go_on_where_the_last_ended(shelf: Shelf) -> None:
    for number in range(4, 9):
        await shelf.add(number)
    first = await shelf.find(limit=3)
    assert first == [8, 7, 6]
    assert await shelf.find(limit=3, before=shelf.jobs[first[-1]]) == [5, 4, 3]
    assert await shelf.find(limit=3, before=shelf.jobs[6], oldest_first=True) == [7, 8]


async def test_favourites_and_albums(shelf: Shelf, agency: Agency) -> None:
    theo = (await make_account(shelf.house, agency.id, "theo")).influencer_id
    other, _ = await finish_picture(shelf.house, agency.id, theo, 9)
    async with shelf.house.app.unit(agency.id) as unit:
        await gallery.set_favourite(unit, shelf.jobs[2], True)
        with pytest.raises(Refused, match="no picture yet"):
            await gallery.set_favourite(unit, new_id(), True)
        album = await gallery.add_album(unit, shelf.influencer, "  Sea   side ")
        assert await gallery.add_album(unit, shelf.influencer, "Sea side") == album
        assert await gallery.find_album(unit, shelf.influencer, "Sea side") == album
        assert await gallery.put_in_album(unit, album, [shelf.jobs[1], shelf.jobs[2], other]) == 2
        assert await gallery.put_in_album(unit, album, [shelf.jobs[1]]) == 0
        (listed,) = await gallery.list_albums(unit, shelf.influencer)
        assert (listed.name, listed.pictures) == ("Sea side", 2)
        with pytest.raises(NotFound, match="there are: Sea side"):
            await gallery.find_album(unit, shelf.influencer, "winter")
        with pytest.raises(Refused, match="1 to 80"):
            await gallery.add_album(unit, shelf.influencer, " ")
        with pytest.raises(NotFound):
            await gallery.find_kept(unit, album)
    assert await shelf.find(influencer="luna", favourite=True) == [2]
    assert await shelf.find(influencer="luna", favourite=False) == [3, 1]
    assert await shelf.find(album=album) == [2, 1]
    async with shelf.house.app.unit(agency.id) as unit:
        assert await gallery.take_from_album(unit, album, [shelf.jobs[1]]) == 1
        await gallery.drop_album(unit, album)
        with pytest.raises(NotFound):
            await gallery.drop_album(unit, album)
    assert await shelf.find(influencer="luna") == [3, 2, 1]


async def test_a_held_picture_is_decided_once_in_job_and_asset(shelf: Shelf) -> None:
    await shelf.add(4, **HELD)
    async with shelf.house.app.unit(shelf.agency) as unit:
        assert not await image_jobs.approve(unit, credits, shelf.jobs[2], "ana")
        await image_jobs.reject(unit, credits, shelf.jobs[4], "ana")
        for number, state, moderation, verdict in ((2, "done", "passed", "pass"), (4, "failed", "refused", "refuse")):
            row = await load_picture(unit, shelf.jobs[number])
            asset = await assets.find_asset(unit, shelf.assets[number])
            assert (row.state, asset.moderation, asset.judged_by) == (state, moderation, "ana")
            assert row.judged == {"verdict": verdict, "judge": "ana", "reasons": ["nobody looked"]}
            with pytest.raises(Refused, match="only a held one"):
                await image_jobs.approve(unit, credits, shelf.jobs[number], "ben")


async def test_a_fans_picture_goes_with_the_turn_that_ordered_it(shelf: Shelf) -> None:
    """The words, the row in the gallery and the file: as what the fan said and was sent."""
    mia = await write_in(shelf.house, shelf.account, "77", "a picture please")
    turn = await commit_turn(shelf, mia.conversation.id)
    said = {"wish": "my marmalade", "prompt": "a jar of marmalade", "source": "chat", "turn_id": turn}
    await shelf.add(4, conversation_id=mia.conversation.id, fan_id=mia.fan, **said)
    async with shelf.house.app.unit(shelf.agency) as unit:
        key = (await assets.find_asset(unit, shelf.assets[4])).blob_key
        assert await trim_messages(unit, NOON, 50) == 0
        assert await shelf.find(words="marmalade") == [4]
        assert await trim_messages(unit, datetime.now(UTC) + timedelta(days=9), 50) >= 1
        with pytest.raises(NotFound):
            await assets.find_asset(unit, shelf.assets[4])
        assert key in {item for pending in await list_pending(unit) for item in pending.items}
        assert await load_fan(unit, mia.conversation.id)
    assert await shelf.find(words="marmalade") == []
    assert await shelf.find() == [3, 2, 1]


async def commit_turn(shelf: Shelf, conversation: UUID) -> UUID:
    """Answer what the fan wrote; return the turn."""
    turn = await take_turn(shelf.house, shelf.agency, conversation)
    await commit(shelf.house, turn, Outcome(Refuse("nothing to say"), Trace("test")), how({}))
    return turn.lease.turn_id


async def test_the_search_uses_its_index_and_stays_in_its_agency(shelf: Shelf, database: TestDatabase) -> None:
    """The body of the function is explained as its owner runs it; inside, no row security stands before the index."""
    owner = await asyncpg.connect(database.owner)
    try:
        body = await owner.fetchval("SELECT prosrc FROM pg_proc WHERE proname = 'find_pictures'")
        for name, value in (("words", "beach"), ("influencer", shelf.influencer), ("agency", shelf.agency)):
            body = re.sub(rf"(?<![.\w]){name}(?!\w)", f"'{value}'", body)
        await _fill(database, shelf)
        plan = "\n".join(row[0] for row in await owner.fetch(f"EXPLAIN {body}"))
        assert "Bitmap Index Scan on pictures_words" in plan
    finally:
        await owner.close()
    ask = "SELECT count(*) FROM find_pictures($1, $2, 'beach')"
    async with shelf.house.app.unit(shelf.agency) as unit:
        assert await unit.connection.fetchval(ask, shelf.agency, shelf.influencer) == 1
    async with shelf.house.app.unit(new_id()) as unit:
        assert await unit.connection.fetchval(ask, shelf.agency, shelf.influencer) == 0


async def _fill(database: TestDatabase, shelf: Shelf) -> None:
    """Write many pictures of the same influencer, none of them of a beach."""
    admin = await asyncpg.connect(database.admin, database=database.name)
    try:
        await admin.execute("SET session_replication_role = replica")  # rows without their parents
        await admin.execute(
            "INSERT INTO pictures (asset_id, agency_id, influencer_id, prompt, category, shape, model, made_at)"
            " SELECT gen_random_uuid(), $1, $2, 'a room number ' || n, 'portrait', 'square', 'xl', now()"
            " FROM generate_series(1, 3000) AS n",
            shelf.agency,
            shelf.influencer,
        )
        await admin.execute("VACUUM ANALYZE pictures")
    finally:
        await admin.close()
