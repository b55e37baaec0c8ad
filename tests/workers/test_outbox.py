"""The outbox: what leaves, in which order, and what a failed send becomes."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from msgspec import structs

from core.errors import (
    BadInput,
    CredentialExpired,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
    Unreachable,
    WindowClosed,
)
from core.platform_policy import Rate
from evals.simulators.telegram import TelegramSimulator
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage import deliveries, presence, sweep
from storage.accounts import put_account
from storage.presence import WorkerSign
from tests.conftest import TestDatabase
from tests.workers.conftest import Crew
from tests.workers.mail import MailPlatform, mailing
from tests.workers.steps import agent_says, as_owner, deliver, fan_says, states
from workers.outbox import Outbox


async def test_a_reply_leaves_in_order_and_once_however_often_it_is_woken(crew: Crew) -> None:
    mail = MailPlatform()
    async with mailing(crew, mail), mailing(crew, mail, "w2") as second:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, *"abcdef")
        where = (crew.account.agency_id, conversation)
        await asyncio.gather(*(outbox.deliver(*where) for outbox in (crew.engine.outbox, second) for _ in range(5)))
        await deliver(crew, conversation)
    assert mail.calls == list("abcdef")
    assert mail.texts() == list("abcdef")


@pytest.mark.parametrize(
    ("error", "state", "attempts", "rest", "waits"),
    [
        (RateLimited("slow down", 30), "pending", 0, "pending", (20, 30)),
        (Unavailable("away"), "pending", 1, "pending", (1, 2)),
        (Unreachable("blocked"), "not_sent", 1, "stopped", None),
        (WindowClosed("too late"), "not_sent", 1, "stopped", None),
        (BadInput("too long"), "not_sent", 1, "stopped", None),
        (OutcomeUnknown("no answer"), "unknown", 1, "stopped", None),
        (RuntimeError("a bug of ours, https://host/bot123:secret"), "unknown", 1, "stopped", None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_what_an_error_means(
    crew: Crew, error: Exception, state: str, attempts: int, rest: str, waits: tuple[int, int] | None
) -> None:
    mail = MailPlatform()
    mail.before.append(error)
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two")
        await deliver(crew, conversation)
        assert await states(crew) == [("one", state), ("two", rest)]
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            row = await unit.connection.fetchrow(
                "SELECT attempts, error, extract(epoch FROM not_before - now()) AS wait FROM deliveries ORDER BY seq"
            )
            reachable = await unit.connection.fetchval("SELECT reachable FROM conversations")
    assert row["attempts"] == attempts
    assert "secret" not in row["error"]
    assert waits is None or waits[0] - 2 < row["wait"] <= waits[1]
    assert reachable is not isinstance(error, Unreachable)


async def test_a_server_that_stays_away_is_given_up_at_last(crew: Crew, database: TestDatabase) -> None:
    mail = MailPlatform()
    mail.before.append(Unavailable("away"))
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        await as_owner(database, "UPDATE deliveries SET attempts = 9")
        await deliver(crew, conversation)
        assert await states(crew) == [("one", "not_sent")]


async def test_a_platform_that_asks_to_wait_may_ask_for_ever(crew: Crew, database: TestDatabase) -> None:
    mail = MailPlatform()
    mail.before.extend(RateLimited("slow down", 60) for _ in range(12))
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        for _ in range(13):
            await deliver(crew, conversation)
            await as_owner(database, "UPDATE deliveries SET not_before = now()")
        assert mail.texts() == ["one"]


async def test_a_refused_token_holds_the_whole_account_until_it_is_renewed(crew: Crew, database: TestDatabase) -> None:
    mail = MailPlatform()
    mail.before.append(CredentialExpired("The token was refused."))
    async with mailing(crew, mail):
        first, second = await fan_says(crew, "hi", 1), await fan_says(crew, "hi", 1, handle="another")
        for conversation in (first, second):
            await agent_says(crew, conversation, "hello")
            await deliver(crew, conversation)
        assert mail.calls == ["hello"], "the second conversation did not even try"
        await as_owner(database, "UPDATE deliveries SET not_before = now() - interval '1 hour'")
        assert await sweep.open_deliveries(crew.engine.house.sweep) == [], "the sweep has others to look after"
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            (shown,) = await deliveries.list_deliveries(unit, ["unknown"], with_held=True)
            assert (shown.state, shown.error_class, shown.attempts) == ("pending", "CredentialExpired", 0)
            await put_account(unit, crew.engine.house.seal, structs.replace(crew.account, secrets={"token": "new"}))
        for conversation in (first, second):
            await deliver(crew, conversation)
        assert mail.texts() == ["hello", "hello"]


async def test_a_closed_window_is_not_even_tried(crew: Crew, database: TestDatabase) -> None:
    mail = MailPlatform(window_s=3600.0)
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "in time")
        await deliver(crew, conversation)
        await fan_says(crew, "hi", 2)
        await agent_says(crew, conversation, "too late")
        await as_owner(database, "UPDATE messages SET received_at = now() - interval '2 hours'")
        await deliver(crew, conversation)
    assert mail.calls == ["in time"]
    assert await states(crew) == [("in time", "sent"), ("too late", "not_sent")]


async def test_the_outcome_outlives_a_postgres_that_goes_away_during_the_call(crew: Crew, database: TestDatabase) -> None:
    """What the platform has taken is written down as sent, not given up as unknown, when only our own server was away."""
    mail = MailPlatform()

    async def cut() -> None:
        admin = await asyncpg.connect(database.admin)
        await admin.execute(f"ALTER DATABASE {database.name} WITH ALLOW_CONNECTIONS false")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database.name)
        asyncio.get_running_loop().call_later(0.5, back.set)
        await admin.close()

    async def restore() -> None:
        await back.wait()
        admin = await asyncpg.connect(database.admin)
        await admin.execute(f"ALTER DATABASE {database.name} WITH ALLOW_CONNECTIONS true")
        await admin.close()

    back = asyncio.Event()
    mail.meanwhile = cut
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        restoring = asyncio.create_task(restore())
        await deliver(crew, conversation)
        await restoring
    assert await states(crew) == [("one", "sent")]
    assert mail.calls == ["one"]


async def show(crew: Crew, name: str) -> None:
    await presence.show(crew.engine.house.redis, WorkerSign(name, "ready", "none"))


async def age(database: TestDatabase, seconds: int) -> None:
    await as_owner(database, f"UPDATE deliveries SET claimed_at = now() - interval '{seconds} seconds' WHERE state = 'sending'")


async def test_a_claim_of_a_worker_whose_sign_has_faded_is_settled_soon(crew: Crew, database: TestDatabase) -> None:
    mail = MailPlatform()
    async with mailing(crew, mail, "w2") as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two")
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            assert await deliveries.claim_next(unit, conversation, "w1#life")
        await age(database, 20)
        where = (crew.account.agency_id, conversation)
        await outbox.deliver(*where)
        assert (await states(crew))[0] == ("one", "sending"), "without a sign of one's own nothing is known of the others'"
        for name in ("w1", "w2"):
            await show(crew, name)
        await outbox.deliver(*where)
        assert (await states(crew))[0] == ("one", "sending"), "its sender lives"
        await crew.engine.house.redis.delete("muse:worker:w1")
        await outbox.deliver(*where)
        assert (await states(crew))[0] == ("one", "sending"), "one look is not enough"
        for _ in range(40):
            await show(crew, "w2")
            await asyncio.sleep(0.1)
        await outbox.deliver(*where)
    assert await states(crew) == [("one", "unknown"), ("two", "stopped")]
    assert mail.calls == []


async def test_the_sweep_finds_a_send_that_hangs_and_an_echo_that_nobody_settled(crew: Crew, database: TestDatabase) -> None:
    conversation = await fan_says(crew, "hi", 1)
    await agent_says(crew, conversation, "one")
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        assert await deliveries.claim_next(unit, conversation, "w1#life")
    assert await sweep.open_deliveries(crew.engine.house.sweep) == []
    await age(database, 20)
    assert [found.id for found in await sweep.open_deliveries(crew.engine.house.sweep)] == [conversation]


async def test_a_claim_that_was_never_heard_of_is_not_unknown(crew: Crew) -> None:
    """The claim was committed and its answer lost: this process knows that it has not called the platform."""
    mail = MailPlatform()
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            assert await deliveries.claim_next(unit, conversation, outbox.claims_as)
        await outbox.deliver(crew.account.agency_id, conversation)
    assert mail.texts() == ["one"]


async def test_a_send_is_never_cancelled_and_draining_waits_for_it(crew: Crew) -> None:
    mail = MailPlatform()
    mail.let_go.clear()
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two")
        outbox.wake(crew.account.agency_id, conversation)
        await asyncio.wait_for(mail.entered.wait(), 10)
        assert await outbox.drain(0.05) == 1
        await outbox.close()
        mail.let_go.set()
        assert await outbox.drain(10) == 0
        outbox.wake(crew.account.agency_id, conversation)
        assert mail.texts() == ["one"], "a drained outbox begins nothing"
    assert await states(crew) == [("one", "sent"), ("two", "pending")]


async def test_a_wake_up_for_later_is_heard_later(crew: Crew) -> None:
    mail = MailPlatform()
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one")
        outbox.wake(crew.account.agency_id, conversation, after_s=0.1)
        await asyncio.sleep(0)
        assert mail.calls == []
        await asyncio.wait_for(mail.entered.wait(), 10)


async def test_a_burst_of_fans_and_a_long_reply_meet_no_limit_of_the_platforms(crew: Crew) -> None:
    """Forty fans at once, one with a reply of four messages, against the simulator's own limits."""
    async with TelegramSimulator() as strict:
        bot = strict.add_bot("Luna", token=crew.bot.token)
        fans = [strict.add_user(f"Fan {number}") for number in range(40)]
        telegram = TelegramPlatform(strict.base_url, crew.engine.house.blobs, crew.engine.clock)
        rates = (Rate("chat", 1, 1, burst=18), Rate("account", 29, 1, burst=25))
        telegram.policy = structs.replace(telegram.policy, rates=rates)
        crew.engine.platforms["telegram"] = telegram  # type: ignore[index]  # a dict in truth
        outbox = crew.restart("w3")
        chats = []
        for fan in fans:
            fan.start(bot)
            chats.append(await fan_says(crew, "hi", 1, handle=str(fan.id)))
            await agent_says(crew, chats[-1], "hello", *(("and", "so", "on") if fan is fans[0] else ()))
        for chat in chats:
            outbox.wake(crew.account.agency_id, chat)
        await strict.wait_for_calls("sendMessage", 43, timeout_s=60)
        await outbox.drain(10)
        await outbox.close()
        calls = strict.calls_of("sendMessage")
        await telegram.close()
    assert [call.status for call in calls] == [200] * 43
    assert {state for _, state in await states(crew)} == {"sent"}


async def test_one_chats_limit_is_waited_out_without_a_refusal(crew: Crew) -> None:
    mail = MailPlatform(rates=(Rate("chat", 1, 0.2, burst=1), Rate("platform", 1000, 1, burst=1000)))
    async with mailing(crew, mail) as outbox:
        conversation = await fan_says(crew, "hi", 1)
        await agent_says(crew, conversation, "one", "two", "three")
        outbox.wake(crew.account.agency_id, conversation)
        await mail.wait_for(3)
    apart = [(b.at - a.at).total_seconds() for a, b in zip(mail.letters, mail.letters[1:], strict=False)]
    assert all(seconds > 0.1 for seconds in apart), apart


def test_an_outbox_claims_under_a_name_of_this_life(crew: Crew) -> None:
    """A worker that comes back under its old name must not take a dead claim for one that it has not begun."""
    parts = (crew.engine.house, crew.engine.clock, crew.engine.platforms, crew.engine.figures)
    assert Outbox("w1", *parts).claims_as != Outbox("w1", *parts).claims_as
