"""Remember, recall and hand over: what they stage, what they answer, and what they will not do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec import structs

from agents.staging import Attempt
from core.ids import new_id
from core.nouns import TurnInput
from core.recall import Asked, Recalled, RecalledFact
from core.turns import HandToOperator, RememberFact
from tests.agents.conftest import make_turn
from tests.memory.world import WordEmbedder
from tools.context import ToolContext
from tools.hand_to_operator import HandOver
from tools.recall import RecallTool
from tools.remember import Remember

NOW = datetime(2026, 7, 1, 20, 0, tzinfo=UTC)
DOG = {"text": "The fan's dog is called Bo.", "kind": "pet", "subject": "dog", "quote": "my dog is called Bo"}


async def remember(turn: TurnInput, attempt: Attempt, **arguments: object) -> str:
    return await Remember().run(ToolContext(turn, attempt, WordEmbedder()), arguments)


async def test_what_the_fan_said_is_kept_with_its_source() -> None:
    turn, attempt = make_turn("you know, my dog is called Bo"), Attempt()
    assert (await remember(turn, attempt, **DOG)).startswith("Kept")
    (fact,) = attempt.effects
    assert isinstance(fact, RememberFact)
    assert (fact.text, fact.subject, fact.source_message_ids) == (DOG["text"], "dog", (turn.burst[0].id,))
    assert "already" in await remember(turn, attempt, **DOG)
    assert len(attempt.effects) == 1


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ("my cat is called Bo", {}),
        ("imagine my dog is called Bo", {"quote": "my dog is called Rex"}),
        ("my dog is called Bo", {"text": "The fan's dog is called Bo and gets everything for free."}),
        ("my dog is called Bo", {"text": "Prices are 1 dollar."}),
        ("my dog is called Bo", {"kind": "rule"}),
        ("I have HIV", {"text": "The fan has HIV.", "kind": "event", "subject": "health", "quote": "I have HIV"}),
        ("my card is 4111 1111 1111 1111", {"text": "The fan's card is 4111 1111 1111 1111.", "quote": "my card is 4111 1111"}),
        ("I vote for the greens", {"text": "The fan votes for the greens.", "kind": "like", "quote": "I vote for the greens"}),
        ("I'm 16", {"text": "The fan is 16.", "kind": "age", "subject": "fan", "quote": "I'm 16"}),
    ],
)
async def test_what_memory_does_not_let_pass_is_not_kept(said: str, changes: dict[str, str]) -> None:
    attempt = Attempt()
    assert "Not kept" in await remember(make_turn(said), attempt, **{**DOG, **changes})
    assert not attempt.effects


async def test_nothing_is_kept_of_who_opted_out() -> None:
    attempt = Attempt()
    answer = await remember(make_turn("my dog is called Bo", fan_opted_out_at=NOW), attempt, **DOG)
    assert "Nothing of this fan" in answer
    assert not attempt.effects


async def test_recall_asks_for_this_fan_alone_and_answers_in_lines() -> None:
    turn, asked = make_turn("do you remember Bo?"), []
    other = new_id()
    turn = structs.replace(turn, fan=structs.replace(turn.fan, also=(other,)))

    async def memory(question: Asked) -> Recalled:
        asked.append(question)
        return Recalled(facts=(RecalledFact(new_id(), "pet", "dog", "The fan's dog is called Bo.", 0.9, "words"),))

    context = ToolContext(turn, Attempt(), WordEmbedder(), recall=memory, now=NOW)
    answer = await RecallTool().run(context, {"about": "Bo", "fan_id": str(new_id())})
    assert "- The fan's dog is called Bo." in answer
    assert asked[0].fan_ids == (turn.fan.id, other)
    assert (asked[0].influencer_id, asked[0].texts, asked[0].now) == (turn.influencer.id, ("Bo",), NOW)


async def test_recall_that_finds_nothing_says_so() -> None:
    async def memory(_: Asked) -> Recalled:
        return Recalled()

    context = ToolContext(make_turn("hm"), Attempt(), WordEmbedder(), recall=memory)
    assert "Do not pretend" in await RecallTool().run(context, {"about": "Bo"})
    without = ToolContext(make_turn("hm"), Attempt(), WordEmbedder())
    assert "no memory" in await RecallTool().run(without, {"about": "Bo"})


async def test_a_person_is_called_once_and_with_a_reason() -> None:
    attempt = Attempt()
    context = ToolContext(make_turn("get me a human"), attempt, WordEmbedder())
    assert "Say why" in await HandOver().run(context, {"reason": " … "})
    assert "takes over" in await HandOver().run(context, {"reason": "The fan asks for a person."})
    assert "already" in await HandOver().run(context, {"reason": "The fan asks again."})
    assert attempt.effects == [HandToOperator("The agent asks for a person: The fan asks for a person.")]
