"""Late, repeated, edited and deleted: what the fan means in the end is what a turn reads."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import asyncpg
import pytest

from core.inbound import AnyInbound, InboundDelete, InboundEdit, InboundMessage, InboundReach, MediaRef
from core.nouns import Account
from storage.fans import load_fan
from storage.house import House
from storage.ingress import Ingested
from tests.conftest import TestDatabase
from tests.storage.world import NOON, message, send_in

MIA = message("", 0).sender


def edit(text: str, second: int, of: int = 1) -> InboundEdit:
    return InboundEdit(
        event_key=f"edit-{of}-{second}", at=NOON + timedelta(seconds=second), sender=MIA, conversation_key="chat-7",
        message_key=str(of), text=text,
    )  # fmt: skip


def delete(*numbers: int) -> InboundDelete:
    keys = tuple(map(str, numbers))
    return InboundDelete(
        event_key=f"delete-{keys}", at=NOON + timedelta(seconds=60), conversation_key="chat-7", message_keys=keys
    )


async def row(database: TestDatabase, query: str, *args: object) -> asyncpg.Record:
    owner = await asyncpg.connect(database.owner)
    try:
        found = await owner.fetchrow(query, *args)
    finally:
        await owner.close()
    assert found is not None
    return found


async def waiting(database: TestDatabase) -> list[str]:
    """Return what a turn would read."""
    owner = await asyncpg.connect(database.owner)
    try:
        rows = await owner.fetch(
            "SELECT text FROM messages"
            " WHERE direction = 'in' AND answered_at IS NULL AND deleted_at IS NULL ORDER BY sent_at, id"
        )
    finally:
        await owner.close()
    return [r["text"] for r in rows]


async def conversation(database: TestDatabase) -> asyncpg.Record:
    return await row(database, "SELECT revision, due_at, first_unanswered_at, reachable FROM conversations")


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "one by one"])
@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_batches_out_of_order_are_read_in_the_platforms_order(
    house: House, account: Account, database: TestDatabase, order: tuple[int, ...], together: bool
) -> None:
    said = [message(text, n, at=NOON + timedelta(seconds=n)) for n, text in enumerate(("one", "two", "three"))]
    for _ in range(2):  # the platform sends everything again
        if together:
            await send_in(house, account, *(said[n] for n in order))
        else:
            for n in order:
                await send_in(house, account, said[n])
    assert await waiting(database) == ["one", "two", "three"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_message_and_its_edits_end_as_the_last_edit_in_any_order(
    house: House, account: Account, database: TestDatabase, order: tuple[int, ...]
) -> None:
    events: list[AnyInbound] = [message("one", 1, at=NOON), edit("two", 5), edit("three", 9)]
    for n in order:
        await send_in(house, account, events[n])
    assert await waiting(database) == ["three"]
    assert (await row(database, "SELECT count(*) FROM messages"))[0] == 1


async def test_the_same_in_one_batch(house: House, account: Account, database: TestDatabase) -> None:
    await send_in(house, account, edit("three", 9), edit("two", 5), message("one", 1), message("one", 1))
    assert await waiting(database) == ["three"]


async def test_a_late_original_says_when_and_as_what_it_was_sent(
    house: House, account: Account, database: TestDatabase
) -> None:
    await send_in(house, account, message("before", 2, at=NOON + timedelta(seconds=4)))
    await send_in(house, account, edit("new words", 9))
    late = InboundMessage(
        event_key="late", at=NOON, sender=MIA, conversation_key="chat-7", message_key="1", kind="media", text="old words",
        media=(MediaRef("photo", "file-1"),),
    )  # fmt: skip
    await send_in(house, account, late)
    assert await waiting(database) == ["new words", "before"]
    assert (await row(database, "SELECT kind FROM messages WHERE platform_message_id = '1'"))["kind"] == "media"
    assert (await row(database, "SELECT count(*) FROM media"))[0] == 1


async def test_a_deletion_in_the_batch_of_its_message_counts(house: House, account: Account, database: TestDatabase) -> None:
    await send_in(house, account, delete(1), message("oops", 1), message("hi", 2))
    assert await waiting(database) == ["hi"]


async def test_a_deletion_that_comes_first_is_remembered(house: House, account: Account, database: TestDatabase) -> None:
    await send_in(house, account, message("hi", 2))
    await send_in(house, account, delete(1))
    (late,) = await send_in(house, account, message("oops", 1))
    assert late.message_id is None
    assert await waiting(database) == ["hi"]


async def test_when_the_last_waiting_message_is_deleted_no_turn_is_due(
    house: House, account: Account, database: TestDatabase
) -> None:
    await send_in(house, account, message("one", 1), message("two", 2))
    await send_in(house, account, delete(1))
    one_left = await conversation(database)
    assert one_left["due_at"] is not None
    await send_in(house, account, delete(2))
    none_left = await conversation(database)
    assert (none_left["due_at"], none_left["first_unanswered_at"]) == (None, None)


async def test_what_changes_a_waiting_message_raises_the_revision(
    house: House, account: Account, database: TestDatabase
) -> None:
    """An attempt that read an older one compares it in its commit."""
    await send_in(house, account, message("one", 1), message("two", 2))
    assert (await conversation(database))["revision"] == 0, "a further message is the overlap's business"
    await send_in(house, account, edit("one!", 5))
    await send_in(house, account, delete(2))
    assert (await conversation(database))["revision"] == 2
    await send_in(house, account, edit("older", 3), delete(2))
    assert (await conversation(database))["revision"] == 2, "nothing changed"
    owner = await asyncpg.connect(database.owner)
    await owner.execute("UPDATE messages SET answered_at = now()")
    await owner.close()
    answered = await send_in(house, account, edit("one?", 9))
    assert (await conversation(database))["revision"] == 2, "what was answered keeps its answer"
    assert answered[0].wait_s is None


@pytest.mark.parametrize("lease_s", [30, -1], ids=["thinking", "lease ran out"])
async def test_a_turn_that_is_thought_past_its_quiet_time_stays_due(
    house: House, account: Account, database: TestDatabase, lease_s: int
) -> None:
    await send_in(house, account, message("one", 1))
    due = (await conversation(database))["due_at"]
    owner = await asyncpg.connect(database.owner)
    await owner.execute("UPDATE conversations SET lease_until = now() + make_interval(secs => $1)", float(lease_s))
    await owner.close()
    await send_in(house, account, message("two", 2), quiet_s=5.0)
    later = (await conversation(database))["due_at"]
    assert (later == due) == (lease_s > 0)


async def test_a_person_who_holds_a_conversation_is_not_raced(house: House, account: Account, database: TestDatabase) -> None:
    await send_in(house, account, message("one", 1))
    owner = await asyncpg.connect(database.owner)
    await owner.execute("UPDATE conversations SET owner = 'paused', due_at = NULL")
    await owner.close()
    (second,) = await send_in(house, account, message("two", 2))
    assert second.message_id
    assert second.wait_s is None
    assert (await conversation(database))["due_at"] is None


@pytest.mark.parametrize("last", [True, False], ids=["writes last", "blocks last"])
async def test_the_last_word_decides_whether_a_fan_can_be_reached(
    house: House, account: Account, database: TestDatabase, last: bool
) -> None:
    (first,) = await send_in(house, account, message("hi", 1))
    block = InboundReach(event_key="r", at=NOON, sender=MIA, conversation_key="chat-7", reachable=False)
    both: list[AnyInbound] = [block, message("back", 2)] if last else [message("bye", 2), block]
    await send_in(house, account, *both)
    assert first.conversation_id
    async with house.app.unit(account.agency_id) as unit:
        assert (await load_fan(unit, first.conversation_id)).reachable == last


async def test_one_batch_may_hold_everything_at_once(house: House, account: Account, database: TestDatabase) -> None:
    """Places of the answer stay those of the batch, whatever is in it."""
    await send_in(house, account, message("known", 1))
    written: list[Ingested] = await send_in(
        house, account, message("known", 1), message("a", 2), edit("known!", 9), message("b", 3, handle="8"),
        message("c", 4, handle="8"), delete(2),
    )  # fmt: skip
    assert [one.fresh for one in written] == [False, True, True, True, True, True]
    assert [one.event_index for one in written] == list(range(6))
    assert written[1].conversation_id == written[2].conversation_id == written[5].conversation_id
    assert written[3].conversation_id == written[4].conversation_id != written[1].conversation_id
    assert written[5].message_id is None
    assert await waiting(database) == ["known!", "b", "c"]
