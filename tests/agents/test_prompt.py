"""The prompt through the real thinker and a model's wire: consecutive turns begin alike, and what is too long is left out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from math import ceil
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from msgspec.structs import replace

from agents.brains import Brains
from agents.embeddings import LexicalEmbedder
from agents.models import ModelConfig, NoModel, open_chat_model
from agents.prompt import QUANTUM, STEP, build_prompt, remind
from agents.reflex.intents import IntentClassifier
from agents.staging import Attempt
from agents.state import Services, Thinking
from agents.thinker import AgentThinker
from agents.tokens import weigh_message
from core.ids import new_id
from core.nouns import Message, TurnInput
from core.recall import Recalled, RecalledEpisode, RecalledFact
from evals.simulators.ollama import ChatRequest, OllamaSimulator
from evals.simulators.ollama import say as speak
from personas.loader import load_from_library
from personas.lorebook import Entry, Lorebook
from personas.traits import ModelChoice
from storage.turns import WINDOW
from tests.agents.conftest import NOW, FactList, make_turn, reply, say, texts_of

LUNA = load_from_library("luna")


@pytest.fixture
async def server() -> AsyncIterator[OllamaSimulator]:
    async with OllamaSimulator() as running:
        yield running


def take(said: Sequence[Message], *burst: str, **changes: Any) -> TurnInput:
    """Make a turn of a conversation as the ledger reads it: its last messages, and how many went before them."""
    window = tuple(said[-WINDOW:])
    return replace(make_turn(*burst, window=window, **changes), before=len(said) - len(window))


def wire(request: ChatRequest) -> str:
    """Write a prompt as one text, as a template of a model server would."""
    return "".join(f"<|{message.role}|>{message.content}<|end|>" for message in request.messages)


def shared(earlier: str, later: str) -> int:
    return next((at for at, (one, other) in enumerate(zip(earlier, later, strict=False)) if one != other), len(earlier))


async def test_consecutive_turns_extend_the_same_prefix_far_beyond_the_window(
    server: OllamaSimulator, make_thinker: Callable[..., AgentThinker], memory: FactList
) -> None:
    brain = open_chat_model(ModelConfig(chat_model="ollama:llama3.2", ollama_url=server.base_url))
    thinker, said, moved = make_thinker(brain), [], []
    persona = replace(LUNA, lorebook=Lorebook(entries=(Entry(keys=("3", "7"), content="Sevens and threes are lucky."),)))
    for number in range(40):
        server.script(speak(f"Mm, line {number} of mine."))
        turn = take(said, f"this is message {number} of the fan", persona=persona)
        outcome = await thinker.think(turn)
        own = [replace(reply(text), sent_at=NOW + timedelta(minutes=number)) for text in texts_of(outcome)]
        said += [*(replace(one, sent_at=NOW + timedelta(minutes=number)) for one in turn.burst), *own]
        memory.facts = memory.facts[-3:]
        memory.learn(f"The fan said a thing about {number}.")
    await brain.close()
    prompts = [wire(call.request) for call in server.calls]
    system = f"<|system|>{server.calls[0].request.system}<|end|>"
    assert all(prompt.startswith(system) for prompt in prompts)
    for earlier, later in pairwise(prompts):
        spoken = earlier.rindex("\n\n[From the house, not from the fan.")
        if shared(earlier, later) < spoken:
            moved.append(later)
    assert len(said) == 80
    assert len(moved) == ceil((78 - WINDOW) / STEP), "the beginning moves once in a dozen messages, never in between"


async def test_three_turns_extend_the_prefix_while_summary_and_memories_change() -> None:
    said = [message for number in range(31) for message in (say(f"fan {number}"), reply(f"own {number}"))]
    texts: list[str] = []
    for number in range(3):
        turn = take(said, f"now {number}")
        recalled = Recalled(
            profile=(fact("The fan wants to be called Tommy."),),
            facts=tuple(fact(f"The fan likes {n}.") for n in range(number + 1)),
            episodes=(RecalledEpisode(new_id(), "fan", f"episode {number}", NOW - timedelta(days=9), 1.0, "vector"),),
            summary="They spoke of the sea.",
        )
        messages = build_prompt(thinking(turn), recalled, [f"lore {number}"], [f"note {number}"], 1e6).messages
        texts.append("".join(f"<|{message.type}|>{message.content}<|end|>" for message in messages))
        said += [*turn.burst, reply(f"answer {number}")]
    for earlier, later in pairwise(texts):
        assert shared(earlier, later) >= earlier.rindex("\n\n[From the house, not from the fan.")
    assert texts[0].index("They spoke of the sea.") < texts[0].index("fan 20")


def fact(text: str) -> RecalledFact:
    return RecalledFact(new_id(), "biography", "fan", text, 0.5, "vector")


def thinking(turn: TurnInput, refusals: tuple[str, ...] = ()) -> Thinking:
    embedder = LexicalEmbedder()
    services = Services(Brains(NoModel()), FactList(), embedder, IntentClassifier(embedder), {})
    return Thinking(services, turn, LUNA, Attempt(), NOW, refusals)


FULL = Recalled(
    profile=(fact("The fan wants to be called Tommy."),),
    facts=tuple(fact(f"The fan likes number {n}, as it is the best of all numbers.") for n in range(8)),
    episodes=tuple(RecalledEpisode(new_id(), "fan", f"episode {n} " + "and so on " * 20, NOW, 1.0, "vector") for n in range(6)),
    summary="They spoke of the sea.",
)


def prompt_within(room: float) -> tuple[str, tuple[str, ...], float]:
    said = [message for n in range(30) for message in (say(f"fan {n} " + "words " * 20), reply(f"own {n} " + "words " * 20))]
    turn = take(said, "first of the burst " + "long " * 200, "last of the burst")
    prompt = build_prompt(thinking(turn, ("It is sold out.",)), FULL, ["A kiln is hot."], ["Be brief."], room)
    text = "\n".join(str(message.content) for message in prompt.messages)
    return text, prompt.left_out, sum(map(weigh_message, prompt.messages))


def test_a_standing_wish_that_was_recalled_too_stands_once() -> None:
    wish, other = fact("The fan wants to be called Tommy."), fact("The fan likes rain.")
    prompt = build_prompt(thinking(take([], "hello")), Recalled(profile=(wish,), facts=(wish, other)), [], [], 1e6)
    text = "\n".join(str(message.content) for message in prompt.messages)
    assert (text.count(wish.text), text.count(other.text)) == (1, 1)


def test_what_does_not_fit_is_left_out_in_one_order() -> None:
    _, _, whole = prompt_within(1e6)
    seen: list[list[str]] = []
    for room in range(int(whole) + QUANTUM, 400, -40):
        text, left_out, weight = prompt_within(room)
        seen.append([name.split(" ")[1] for name in left_out])
        for kept in ("You are Luna", "Rules of the house", "called Tommy", "It is sold out.", "Be brief.", "last of the burst"):
            assert kept in text
        assert weight <= room or "burst" in seen[-1]
    order = ["episodes", "facts", "lore", "window", "burst"]
    assert seen[0] == []
    assert any("burst" in names for names in seen)
    for names in seen:
        firsts = list(dict.fromkeys(names))
        assert firsts == order[: len(firsts)]


def test_the_window_is_cut_in_steps_so_that_the_next_turn_begins_alike() -> None:
    said = [message for n in range(31) for message in (say(f"fan {n} " + "words " * 20), reply(f"own {n} " + "words " * 20))]
    begins: list[str] = []
    for number in range(3):
        turn = take(said, f"now {number}")
        messages = build_prompt(thinking(turn), Recalled(), [], [], 2000).messages
        assert isinstance(messages[0], SystemMessage)
        begins.append(str(messages[1].content))
        said += [*turn.burst, reply(f"answer {number}")]
    assert len(set(begins)) == 1
    assert "fan 18 " not in begins[0]


def test_a_second_try_is_asked_for_after_everything_the_fan_said() -> None:
    messages = [SystemMessage("you"), HumanMessage("<fan>\nhi\n</fan>\n\n[moment]"), AIMessage("bad")]
    again = remind(messages, ["Shorter."])
    assert [type(message) for message in again] == [SystemMessage, HumanMessage]
    assert str(again[1].content).startswith("<fan>\nhi\n</fan>\n\n[moment]\n\n")
    assert str(again[1].content).endswith("- Shorter.")


async def test_a_persona_chooses_its_model(server: OllamaSimulator, make_thinker: Callable[..., AgentThinker]) -> None:
    config = ModelConfig(chat_model="ollama:house", ollama_url=server.base_url)
    brains = Brains(open_chat_model(config), config)
    choice = ModelChoice(chat_model="ollama:llama3.2", temperature=0.3, reply_tokens=90, window_tokens=4096)
    outcome = await make_thinker(brains).think(make_turn("hi", persona=replace(LUNA, model=choice)))
    assert outcome.trace.brain == "ollama:llama3.2"
    assert server.calls[0].request.options == {"num_ctx": 4096, "temperature": 0.3, "num_predict": 90}
    await brains.close()
    await brains.house.close()


async def test_a_persona_whose_model_is_away_speaks_by_the_houses_then_by_reflex(
    server: OllamaSimulator, make_thinker: Callable[..., AgentThinker]
) -> None:
    config = ModelConfig(chat_model="ollama:llama3.2", ollama_url=server.base_url)
    brains = Brains(open_chat_model(config), config)
    for chosen in ("ollama:not-pulled", "nonsense:model", "ollama:"):
        persona = replace(LUNA, model=ModelChoice(chat_model=chosen))
        outcome = await make_thinker(brains).think(make_turn("hi", persona=persona))
        assert outcome.trace.brain == "ollama:llama3.2"
        assert not any(note.startswith("fallback") for note in outcome.trace.notes)
    server.shelf.remove("llama3.2")
    persona = replace(LUNA, model=ModelChoice(chat_model="ollama:not-pulled"))
    outcome = await make_thinker(brains).think(make_turn("hi", persona=persona))
    assert outcome.trace.brain == "reflex"
    assert sum(note.startswith("fallback") for note in outcome.trace.notes) == 2
    reflex = await make_thinker(brains).think(make_turn("hi", persona=replace(LUNA, model=ModelChoice(chat_model="reflex"))))
    assert reflex.trace.brain == "reflex"
    assert not reflex.trace.notes
    await brains.close()
    await brains.house.close()
