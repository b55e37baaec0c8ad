"""Estimating a prompt's tokens, and setting the estimate right by what a model's server counted."""

from __future__ import annotations

import random
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from agents.brains import Brains
from agents.models import ModelConfig, open_chat_model
from agents.tokens import Calibration, TokenScale, weigh, weigh_message
from evals.simulators.ollama import OllamaSimulator
from evals.simulators.ollama.shelf import Model
from personas.traits import ModelChoice

PROMPT = [SystemMessage("You are somebody who binds books. " * 40), HumanMessage("hello there, how is the glue today?")]
TOOLS = [{"type": "function", "function": {"name": "send_pack", "description": "Offer a pack.", "parameters": {}}}]
PLAIN = sum(map(weigh_message, PROMPT))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The quick brown fox jumps over the lazy dog, and then it sleeps.", 15),
        ("Ich wohne über einer Bäckerei und höre dem Regen zu.", 15),
        ("Я живу над пекарней и слушаю дождь.", 14),
        ("今天我在工作室里装订书籍，雨声很好听。", 17),
        ("🌙✨", 5),
        ("", 0),
    ],
)
def test_the_plain_estimate_is_near_in_every_script(text: str, tokens: int) -> None:
    assert weigh(text) == pytest.approx(tokens, rel=0.4, abs=0.01)


def test_longer_texts_weigh_more_and_parts_add_up() -> None:
    assert weigh("ab" * 50) == pytest.approx(weigh("a" * 50) + weigh("b" * 50))
    pictured = HumanMessage([{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "data:"}}])
    assert weigh_message(pictured) > 500


def test_it_learns_a_models_own_way_of_counting() -> None:
    scale, chance = TokenScale("m"), random.Random(7)
    for _ in range(30):
        scale.learn(PROMPT, [], round(PLAIN * 1.4 * chance.uniform(0.95, 1.05)))
    assert scale.estimate(PROMPT) == pytest.approx(PLAIN * 1.4, rel=0.05)


def test_a_wild_figure_moves_it_little_and_an_absurd_one_not_at_all() -> None:
    scale = TokenScale("m")
    for _ in range(20):
        scale.learn(PROMPT, [], round(PLAIN))
    before = scale.factor()
    scale.learn(PROMPT, [], round(PLAIN * 3))
    assert 1 < scale.factor() / before < 1.05
    kept = scale.state
    for absurd in (0, -4, 3, round(PLAIN * 40)):  # a server that counts only what its cache lacked says 3
        scale.learn(PROMPT, [], absurd)
    assert scale.state == kept


@pytest.mark.parametrize(
    "odd",
    [
        ToolMessage("offered", tool_call_id="1"),
        AIMessage("", tool_calls=[{"name": "send_pack", "args": {}, "id": "1"}]),
        HumanMessage([{"type": "image_url", "image_url": {"url": "data:"}}]),
    ],
)
def test_pictures_and_tool_rounds_teach_nothing(odd: Any) -> None:
    scale = TokenScale("m")
    scale.learn([*PROMPT, odd], [], round(PLAIN * 1.5))
    assert scale.state == Calibration("m")


def test_prompts_with_tools_are_learnt_apart() -> None:
    scale = TokenScale("m")
    for _ in range(10):
        scale.learn(PROMPT, TOOLS, round(PLAIN * 2))
    assert scale.factor(tooled=True) > 1.5
    assert scale.factor() == scale.factor(tooled=True), "what was not seen yet borrows from the other"
    for _ in range(10):
        scale.learn(PROMPT, [], round(PLAIN))
    assert scale.factor() == pytest.approx(1.0, abs=0.02)
    assert scale.factor(tooled=True) > 1.5


def test_what_was_kept_counts_until_more_is_known() -> None:
    scale = TokenScale("m")
    scale.restore(Calibration("m", plain=0.3, plain_seen=12))
    assert scale.factor() == pytest.approx(1.35, abs=0.01)
    scale.restore(Calibration("m", plain=-0.3, plain_seen=2))
    assert scale.factor() == pytest.approx(1.35, abs=0.01)


async def test_each_answer_of_a_server_teaches_its_own_model() -> None:
    async with OllamaSimulator(models=(Model("llama3.2"), Model("mistral"))) as server:
        config = ModelConfig(chat_model="ollama:llama3.2", ollama_url=server.base_url)
        brains = Brains(open_chat_model(config), config)
        (_, house) = brains.of(ModelChoice(chat_model="ollama:mistral"))
        assert brains.calibrations() == []
        for _ in range(3):
            await house.answer(PROMPT)
        (state,) = brains.calibrations()
        counted = sum(len(str(message.content).split()) + 4 for message in PROMPT)  # as the simulator counts
        assert house.scale.estimate(PROMPT) == pytest.approx(counted, rel=0.02)
        assert (state.model, state.plain_seen, state.tooled_seen) == ("ollama:llama3.2", 3, 0)
        fresh = Brains(open_chat_model(config), config)
        fresh.restore([state, Calibration("ollama:mistral", plain=0.2, plain_seen=4)])
        assert fresh.house.scale.state == state
        assert fresh.of(ModelChoice(chat_model="ollama:mistral"))[0].scale.factor() == pytest.approx(1.22, abs=0.01)
        for one in (brains, fresh):
            await one.close()
            await one.house.close()


async def test_a_prompt_that_the_server_cut_off_teaches_nothing() -> None:
    async with OllamaSimulator() as server:
        brain = open_chat_model(ModelConfig(chat_model="ollama:llama3.2", ollama_url=server.base_url, window_tokens=200))
        await brain.answer(PROMPT)
        assert brain.scale.state.plain_seen == 0
        await brain.close()
