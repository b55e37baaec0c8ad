"""`AnalyseTurn` and `SummariseConversation`: after the commit, once, and never at the cost of what is known."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from arq.worker import Retry
from msgspec import structs

from agents.analysts.opening import LateFactAnalyst, open_analysts
from agents.models import ModelConfig, open_chat_model
from evals.simulators.ollama import OllamaSimulator, refuse, say
from evals.simulators.ollama.answers import Answer
from storage.analysis import list_overdue
from storage.conversations import load_conversation
from storage.facts import FactRow, Whose, list_facts
from storage.turns import latest_turn
from tests.workers.conftest import Crew
from tests.workers.steps import fan_says
from workers.jobs.analyse_turn import analyse_turn
from workers.jobs.remember_said import remember_said
from workers.jobs.summarise_conversation import summarise_conversation

REX = {"kind": "pet", "subject": "dog", "text": "The fan has a dog called Rex.", "quote": "Rex is my dog", "message": 1}


@pytest.fixture
async def model(crew: Crew) -> AsyncIterator[OllamaSimulator]:
    """A chat model for the crew's analysts."""
    async with OllamaSimulator() as server:
        brain = open_chat_model(ModelConfig(chat_model="ollama:llama3.2", ollama_url=server.base_url, timeout_s=5.0))
        analyst, summariser = open_analysts(brain)
        crew.engine = structs.replace(crew.engine, analyst=analyst, summariser=summariser)
        crew.ctx = {"engine": crew.engine, "job_try": 1}
        yield server
        await brain.close()


def found(*facts: object) -> Answer:
    return say(json.dumps({"facts": facts}))


async def turn_about(crew: Crew, text: str, number: int = 1) -> tuple[UUID, str, str]:
    """Let the fan write and be answered; return the conversation, and what the job is told."""
    conversation = await fan_says(crew, text, number)
    for _ in range(500):
        if await crew.think():
            break
        await asyncio.sleep(0.02)  # the last turn's lease may still be on its way back
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        turn = await latest_turn(unit, conversation)
    assert turn is not None
    return conversation, str(crew.account.agency_id), str(turn.id)


async def facts_of(crew: Crew, conversation: UUID) -> list[FactRow]:
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        found = await load_conversation(unit, conversation)
        return await list_facts(unit, Whose(found.fan_id, found.influencer_id))


async def queued(crew: Crew) -> list[tuple[str, list[str]]]:
    jobs = await crew.engine.house.redis.queued_jobs(queue_name="muse:turns")
    return [(job.function, list(job.args)) for job in jobs]


async def test_a_turn_wakes_the_analyst_and_is_read_once(crew: Crew, model: OllamaSimulator) -> None:
    conversation, agency, turn = await turn_about(crew, "you know Rex is my dog right")
    assert ("AnalyseTurn", [agency, turn]) in await queued(crew)
    model.script(found(REX), times=2)
    await analyse_turn(crew.ctx, agency, turn)
    await analyse_turn(crew.ctx, agency, turn)
    (fact,) = await facts_of(crew, conversation)
    assert (fact.text, fact.seen, fact.valid_to) == (REX["text"], 1, None)
    assert len(model.calls) == 1


async def test_a_turn_whose_wake_up_was_lost_is_found_again(crew: Crew, model: OllamaSimulator) -> None:
    _, agency, turn = await turn_about(crew, "you know Rex is my dog right")
    await crew.engine.house.redis.flushdb()
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        await unit.connection.execute("UPDATE turns SET committed_at = committed_at - interval '5 minutes'")
    await remember_said(crew.ctx, agency, agency)
    assert ("AnalyseTurn", [agency, turn]) in await queued(crew)
    model.script(found(REX))
    await analyse_turn(crew.ctx, agency, turn)
    await crew.engine.house.redis.flushdb()
    await remember_said(crew.ctx, agency, agency)
    assert "AnalyseTurn" not in {name for name, _ in await queued(crew)}


async def overdue_turns(crew: Crew) -> list[UUID]:
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        await unit.connection.execute("UPDATE turns SET committed_at = committed_at - interval '5 minutes'")
        return await list_overdue(unit)


async def test_while_no_place_is_free_the_job_is_over_at_once_and_comes_back(crew: Crew, model: OllamaSimulator) -> None:
    """Jobs that waited for the analyst took the places of payments and of forgetting."""
    conversation, agency, turn = await turn_about(crew, "you know Rex is my dog right")
    slots = asyncio.Semaphore(0)
    analyst = crew.engine.analyst
    assert isinstance(analyst, LateFactAnalyst)
    busy = structs.replace(crew.engine, analyst=LateFactAnalyst(analyst._brain, slots))
    assert await overdue_turns(crew) == [UUID(turn)]
    await crew.engine.house.redis.flushdb()
    await remember_said({"engine": busy}, agency, agency)
    async with asyncio.timeout(20):  # else it waits for ever
        await analyse_turn({"engine": busy, "job_try": 1}, agency, turn)
    assert (model.calls, busy.figures.read()["analyses_put_off"]) == ([], 1)
    await crew.engine.house.redis.delete("muse:turns")
    await remember_said({"engine": busy}, agency, agency)
    assert ("AnalyseTurn", [agency, turn]) in await queued(crew)
    slots.release()
    model.script(found(REX))
    await analyse_turn({"engine": busy, "job_try": 1}, agency, turn)
    assert [fact.text for fact in await facts_of(crew, conversation)] == [REX["text"]]


async def test_a_place_set_free_goes_to_the_oldest_that_was_put_off(crew: Crew, model: OllamaSimulator) -> None:
    _, agency, first = await turn_about(crew, "hello to you today", 1)
    _, _, second = await turn_about(crew, "nothing new here", 2)
    _, _, third = await turn_about(crew, "and nothing now", 3)
    await overdue_turns(crew)
    await crew.engine.house.redis.flushdb()
    model.script(found())
    await analyse_turn(crew.ctx, agency, third)
    assert [job for job in await queued(crew) if job[0] == "AnalyseTurn"] == [("AnalyseTurn", [agency, first])]
    assert await overdue_turns(crew) == [UUID(first), UUID(second)]


@pytest.mark.parametrize(
    "change",
    ["UPDATE messages SET deleted_at = now()", "UPDATE messages SET text = ''", "UPDATE fans SET opted_out_at = now()"],
)
async def test_a_turn_with_nothing_to_read_is_not_looked_for_again(crew: Crew, model: OllamaSimulator, change: str) -> None:
    _, agency, turn = await turn_about(crew, "you know Rex is my dog right")
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        await unit.connection.execute(change)
    assert await overdue_turns(crew) == [UUID(turn)]
    await analyse_turn(crew.ctx, agency, turn)
    assert (await overdue_turns(crew), model.calls) == ([], [])


async def test_two_runs_at_once_add_one_fact(crew: Crew, model: OllamaSimulator) -> None:
    conversation, agency, turn = await turn_about(crew, "you know Rex is my dog right")
    model.script(found(REX), found(REX))
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(analyse_turn(crew.ctx, agency, turn))
    (fact,) = await facts_of(crew, conversation)
    assert fact.seen == 1


@pytest.mark.parametrize("wrong", [say("garbage"), say('{"facts": 7}'), refuse(500, "out of memory")])
async def test_a_broken_answer_is_tried_once_more_and_erases_nothing(crew: Crew, model: OllamaSimulator, wrong: Answer) -> None:
    conversation, agency, turn = await turn_about(crew, "you know Rex is my dog right")
    model.script(found(REX))
    await analyse_turn(crew.ctx, agency, turn)
    _, agency, turn = await turn_about(crew, "and he snores", 2)
    model.script(wrong, times=4)
    with pytest.raises(Retry):
        await analyse_turn(crew.ctx, agency, turn)
    crew.ctx["job_try"] = 2
    await analyse_turn(crew.ctx, agency, turn)
    (fact,) = await facts_of(crew, conversation)
    assert (fact.text, fact.valid_to) == (REX["text"], None)


async def test_an_empty_answer_erases_nothing(crew: Crew, model: OllamaSimulator) -> None:
    """Incident 14: a memory was overwritten with the empty list that a failed model gave."""
    conversation, agency, turn = await turn_about(crew, "you know Rex is my dog right")
    model.script(found(REX))
    await analyse_turn(crew.ctx, agency, turn)
    _, agency, turn = await turn_about(crew, "nothing new here", 2)
    model.script(found())
    await analyse_turn(crew.ctx, agency, turn)
    assert [(fact.text, fact.valid_to) for fact in await facts_of(crew, conversation)] == [(REX["text"], None)]


async def test_what_was_taken_back_meanwhile_is_not_kept(crew: Crew, model: OllamaSimulator) -> None:
    conversation, agency, turn = await turn_about(crew, "you know Rex is my dog right")
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        await unit.connection.execute("UPDATE messages SET deleted_at = now() WHERE conversation_id = $1", conversation)
    model.script(found(REX))
    await analyse_turn(crew.ctx, agency, turn)
    assert await facts_of(crew, conversation) == []
    assert model.calls == []


async def test_of_one_who_may_be_a_minor_nothing_is_read(crew: Crew, model: OllamaSimulator) -> None:
    conversation, agency, turn = await turn_about(crew, "you know Rex is my dog right")
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        await unit.connection.execute("UPDATE fans SET minor_signal_at = now()")
    await analyse_turn(crew.ctx, agency, turn)
    assert (await facts_of(crew, conversation), model.calls) == ([], [])


async def test_without_a_model_nobody_is_woken(crew: Crew) -> None:
    _, agency, turn = await turn_about(crew, "you know Rex is my dog right")
    assert "AnalyseTurn" not in [job for job, _ in await queued(crew)]
    await analyse_turn(crew.ctx, agency, turn)


async def test_a_long_window_wakes_the_summary(crew: Crew, model: OllamaSimulator) -> None:
    for number in range(30):
        conversation, agency, _ = await turn_about(crew, f"message {number}", number)
    assert ("SummariseConversation", [agency, str(conversation)]) in await queued(crew)
    model.script(say(json.dumps({"lines": ["1 May 2026: they counted messages."]})))
    await summarise_conversation(crew.ctx, agency, str(conversation))
    await fan_says(crew, "and now?", 99)
    await crew.think()
    last = crew.thinker.turns[-1]
    assert (last.summary, len(last.window)) == ("1 May 2026: they counted messages.", 24)
