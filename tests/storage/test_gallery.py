"""Pictures that were made are found by their words, filters and albums, page by page, and by nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from core.errors import NotFound, Refused
from core.ids import new_id
from core.nouns import Account
from storage import gallery
from storage.fans import load_fan
from storage.gallery import Search
from storage.house import House
from storage.retention import trim_messages
from tests.conftest import Agency, TestDatabase
from tests.storage.fans_world import write_in
from tests.studio.keeping import NOON, make_picture


class Shelf:
    """Luna's pictures."""

    def __init__(self, house: House, account: Account) -> None:
        self.house, self.account = house, account
        self.agency, self.influencer = account.agency_id, account.influencer_id
        self.numbers: dict[UUID, int] = {}

    async def add(self, number: int, **said: object) -> UUID:
        made = await make_picture(self.house, self.agency, self.influencer, number, **said)  # type: ignore[arg-type]  # by name
        self.numbers[made] = number
        return made

    async def find(self, **search: object) -> list[int]:
        async with self.house.app.unit(self.agency) as unit:
            found = await gallery.search_pictures(unit, self.influencer, Search(**search))  # type: ignore[arg-type]  # by name
        return [self.numbers[row.asset_id] for row in found]


@pytest.fixture
async def shelf(house: House, account: Account) -> Shelf:
    made = Shelf(house, account)
    await made.add(1, prompt="a woman on an empty beach at dusk", shape="landscape", model="xl", state="kept")
    await made.add(2, prompt="bowls on a shelf", wish="the blue bowls", category="product", scene="a studio")
    await made.add(3, prompt="a kitchen in the morning", shape="square", state="kept", outfit="a blue apron")
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
    assert await shelf.find(state="kept", words="blue") == [3]
    assert await shelf.find(since=NOON + timedelta(minutes=2), until=NOON + timedelta(minutes=3)) == [2]


async def test_pages_go_on_where_the_last_ended(shelf: Shelf) -> None:
    for number in range(4, 9):
        await shelf.add(number)
    by_number = {number: one for one, number in shelf.numbers.items()}
    first = await shelf.find(limit=3)
    assert first == [8, 7, 6]
    assert await shelf.find(limit=3, after=by_number[first[-1]]) == [5, 4, 3]
    assert await shelf.find(limit=3, after=by_number[6], oldest_first=True) == [7, 8]


async def test_favourites_states_and_albums(shelf: Shelf, agency: Agency) -> None:
    by_number = {number: one for one, number in shelf.numbers.items()}
    other = await make_picture(shelf.house, agency.id, await _other(shelf.house, agency), 9)
    async with shelf.house.app.unit(agency.id) as unit:
        assert (await gallery.mark_favourite(unit, by_number[2], True)).favourite
        assert (await gallery.set_state(unit, by_number[2], "kept")).state == "kept"
        album = await gallery.add_album(unit, shelf.influencer, "  Sea   side ")
        assert await gallery.add_album(unit, shelf.influencer, "Sea side") == album
        assert await gallery.find_album(unit, shelf.influencer, "Sea side") == album
        assert await gallery.put_in_album(unit, album, [by_number[1], by_number[2], other]) == 2
        assert await gallery.put_in_album(unit, album, [by_number[1]]) == 0
        (listed,) = await gallery.list_albums(unit, shelf.influencer)
        assert (listed.name, listed.pictures) == ("Sea side", 2)
        with pytest.raises(NotFound, match="there are: Sea side"):
            await gallery.find_album(unit, shelf.influencer, "winter")
        with pytest.raises(Refused, match="1 to 80"):
            await gallery.add_album(unit, shelf.influencer, " ")
        with pytest.raises(NotFound):
            await gallery.find_picture(unit, album)
    assert await shelf.find(favourite=True) == [2]
    assert await shelf.find(album=album) == [2, 1]
    async with shelf.house.app.unit(agency.id) as unit:
        assert await gallery.take_from_album(unit, album, [by_number[1]]) == 1
        await gallery.drop_album(unit, album)
        with pytest.raises(NotFound):
            await gallery.drop_album(unit, album)
    assert await shelf.find() == [3, 2, 1]


async def _other(house: House, agency: Agency) -> UUID:
    from tests.storage.world import make_account

    return (await make_account(house, agency.id, "theo")).influencer_id


async def test_a_fans_words_go_with_the_fan_and_with_time(shelf: Shelf) -> None:
    mia = await write_in(shelf.house, shelf.account, "77", "a picture please")
    made = await shelf.add(4, wish="my marmalade", prompt="a jar of marmalade", fan_id=mia.fan)
    async with shelf.house.app.unit(shelf.agency) as unit:
        assert await trim_messages(unit, NOON, 50) == 0
        assert await shelf.find(words="marmalade") == [4]
        assert await trim_messages(unit, NOON + timedelta(days=9), 50) >= 1
        row = await gallery.find_picture(unit, made)
        assert (row.prompt, row.wish) == ("", "")
        assert await load_fan(unit, mia.conversation.id)
    assert await shelf.find(words="marmalade") == []


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
            "INSERT INTO pictures (asset_id, agency_id, influencer_id, job_id, prompt, category, shape, model, made_at)"
            " SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), 'a room number ' || n, 'portrait', 'square', 'xl', now()"
            " FROM generate_series(1, 3000) AS n",
            shelf.agency,
            shelf.influencer,
        )
        await admin.execute("VACUUM ANALYZE pictures")
    finally:
        await admin.close()
