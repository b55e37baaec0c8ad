"""What comes back from a chat: our own send, an unknown one that is settled by it, or a person in the platform's own app."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import OutcomeUnknown, Refused
from storage import conversations, sweep
from tests.conftest import Agency, TestDatabase
from tests.storage.ledger_steps import claim_turn
from tests.storage.world import NOON
from tests.workers.conftest import Crew
from tests.workers.mail import MailPlatform, echo, mailing
from tests.workers.steps import agent_says, as_owner, deliver, fan_says, hand_back, states, take

LOST = OutcomeUnknown("The line broke.")


async def owner(crew: Crew, conversation: object) -> tuple[str, str | None]:
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        found = await conversations.load_conversation(unit, conversation)  # type: ignore[arg-type]  # an id
    return found.owner, found.owner_name


async def thread(crew: Crew, conversation: object) -> list[tuple[str, str]]:
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        return [(m.author, m.text) for m in await conversations.read_thread(unit, conversation)]  # type: ignore[arg-type]  # an id


async def test_an_echo_of_our_own_send_takes_nothing_over(crew: Crew) -> None:
    mail = MailPlatform()
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        await deliver(crew, conversation)
        await echo(crew, "one", mail.letters[0].id)
        await deliver(crew, conversation)
    assert await owner(crew, conversation) == ("agent", None)
    assert await thread(crew, conversation) == [("fan", "hi"), ("agent", "one")]


async def test_an_echo_that_comes_before_the_answer_waits_for_it(crew: Crew) -> None:
    mail = MailPlatform()

    async def come_back() -> None:
        await echo(crew, "not quite one, as the platform writes it", mail.letters[-1].id)
        await other.deliver(crew.account.agency_id, conversation)
        assert await owner(crew, conversation) == ("agent", None)

    mail.meanwhile = come_back
    async with mailing(crew, mail) as outbox, mailing(crew, mail, "w2") as other:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        await outbox.deliver(crew.account.agency_id, conversation)
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            assert await unit.connection.fetchval("SELECT state FROM echoes") == "matched", "looked at again after the send"
    assert await owner(crew, conversation) == ("agent", None)


async def test_an_echo_settles_an_unknown_send_and_the_rest_follows(crew: Crew) -> None:
    mail = MailPlatform()
    mail.after.append(LOST)
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two")
        await deliver(crew, conversation)
        assert await states(crew) == [("one", "unknown"), ("two", "stopped")]
        await echo(crew, " one\n", mail.letters[0].id, at=datetime.now(UTC))
        await deliver(crew, conversation)
    assert await states(crew) == [("one", "sent"), ("two", "sent")]
    assert await owner(crew, conversation) == ("agent", None)


@pytest.mark.parametrize(("text", "late_s"), [("something else", 0), ("one", 900)])
async def test_other_words_or_another_time_do_not_settle_an_unknown_send(crew: Crew, text: str, late_s: int) -> None:
    mail = MailPlatform()
    mail.after.append(LOST)
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        await deliver(crew, conversation)
        await echo(crew, text, "p77", at=datetime.now(UTC) + timedelta(seconds=late_s))
        await deliver(crew, conversation)
    assert (await states(crew))[0] == ("one", "unknown")
    assert await owner(crew, conversation) == ("operator", "app:telegram")


async def test_a_person_in_the_platforms_app_takes_over_and_any_operator_hands_back(crew: Crew) -> None:
    mail = MailPlatform()
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two")
        await echo(crew, "I'll answer that myself", "p99")
        await deliver(crew, conversation)
        assert mail.calls == [], "the agent says nothing any more"
        assert await owner(crew, conversation) == ("operator", "app:telegram")
        assert ("operator", "I'll answer that myself") in await thread(crew, conversation)
        await fan_says(crew, "thanks!", 2)
        await hand_back(crew, conversation, "bob")
        assert await owner(crew, conversation) == ("agent", None)
        await agent_says(crew, conversation, "you're welcome")
        await deliver(crew, conversation)
    assert mail.texts() == ["you're welcome"]


async def test_what_the_person_answered_is_answered(crew: Crew) -> None:
    conversation = await fan_says(crew, "before", 1)
    await echo(crew, "mine", "p99", at=NOON + timedelta(seconds=1))
    await deliver(crew, conversation)
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        assert (
            await unit.connection.fetchval("SELECT count(*) FROM messages WHERE answered_at IS NULL AND direction = 'in'") == 0
        )
    await hand_back(crew, conversation, "bob")
    assert await claim_turn(crew.engine.house, Agency(crew.account.agency_id, "demo"), conversation) is None


async def test_an_operator_may_take_from_the_app_and_then_holds_it(crew: Crew) -> None:
    conversation = await fan_says(crew, "hi", 1)
    await echo(crew, "mine", "p99")
    await deliver(crew, conversation)
    await take(crew, conversation, "ana")
    assert await owner(crew, conversation) == ("operator", "ana")
    with pytest.raises(Refused, match="in the hands of ana"):
        await hand_back(crew, conversation, "bob")


async def test_who_holds_it_among_us_keeps_it(crew: Crew) -> None:
    conversation = await fan_says(crew, "hi", 1)
    await take(crew, conversation, "ana")
    await echo(crew, "mine", "p99")
    await deliver(crew, conversation)
    assert await owner(crew, conversation) == ("operator", "ana")
    assert ("operator", "mine") in await thread(crew, conversation)


async def test_what_the_platform_calls_ours_never_takes_over(crew: Crew) -> None:
    conversation = await fan_says(crew, "hi", 1)
    await echo(crew, "words that we do not know", "p99", ours=True)
    await deliver(crew, conversation)
    assert await owner(crew, conversation) == ("agent", None)
    assert await thread(crew, conversation) == [("fan", "hi")]


async def test_an_echo_that_comes_twice_is_written_once(crew: Crew) -> None:
    conversation = await fan_says(crew, "hi", 1)
    for _ in range(2):
        await echo(crew, "mine", "p99")
        await deliver(crew, conversation)
    assert [text for author, text in await thread(crew, conversation) if author == "operator"] == ["mine"]


async def test_the_sweep_finds_an_echo_whose_wake_up_was_lost(crew: Crew, database: TestDatabase) -> None:
    conversation = await fan_says(crew, "hi", 1)
    await echo(crew, "mine", "p99")
    await as_owner(database, "UPDATE echoes SET received_at = now() - interval '5 seconds'")
    assert [found.id for found in await sweep.open_deliveries(crew.engine.house.sweep)] == [conversation]
