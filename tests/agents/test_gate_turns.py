"""Replies against their persona in whole turns, with the simulated model: thought again once, then held, or the better one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from msgspec.structs import replace

from agents.models import ModelConfig, open_chat_model
from agents.thinker import AgentThinker
from core.nouns import TurnInput
from core.outbound import PackPart
from core.turns import Hold, OfferPack, Outcome, Send
from evals.simulators.ollama import OllamaSimulator, call_tool, refuse, say
from personas.loader import load_from_library
from personas.schema import Persona
from personas.traits import Boundaries, Fact, Fixed
from tests.agents.conftest import SendPack, make_turn, reply, texts_of

Thinks = Callable[..., Awaitable[Outcome]]
LUNA = load_from_library("luna")
FIXED = Fact(about=("home",), text="I live in Lisbon.", fixed=(Fixed(what="home", values=("Lisbon",)),))
STRICT = replace(LUNA, biography=(*LUNA.biography, FIXED), boundaries=Boundaries(forbidden=("cheap thrills",)))
GOOD, WRONG, DESK = "Lisbon is loud tonight.", "I live in Madrid, you know.", "How can I assist you today?"


@pytest.fixture
async def server() -> AsyncIterator[OllamaSimulator]:
    async with OllamaSimulator() as running:
        yield running


@pytest.fixture
async def thinks(server: OllamaSimulator, make_thinker: Callable[..., AgentThinker]) -> AsyncIterator[Thinks]:
    brain = open_chat_model(ModelConfig(chat_model="ollama:llama3.2", ollama_url=server.base_url, timeout_s=5.0))
    yield make_thinker(brain).think
    await brain.close()


def turn(text: str = "how are you?", persona: Persona = STRICT, **changes: object) -> TurnInput:
    return make_turn(text, persona=persona, **changes)


async def test_a_breach_is_thought_again_with_a_note(server: OllamaSimulator, thinks: Thinks) -> None:
    server.script(say(WRONG), say(GOOD))
    outcome = await thinks(turn())
    assert texts_of(outcome) == [GOOD]
    assert isinstance(outcome.verdict, Send)
    first, second = (call.request for call in server.calls)
    assert second.messages[:-1] == first.messages[:-1]
    assert second.last_user.startswith(first.last_user)
    assert "I live in Madrid" in second.last_user[len(first.last_user) :]
    assert outcome.trace.brain == "ollama:llama3.2"
    assert [note.partition(":")[0] for note in outcome.trace.notes] == ["thought again"]
    assert outcome.trace.prompt_tokens > 0


@pytest.mark.parametrize("words", [WRONG, "Such cheap thr1lls, darling."])
async def test_a_hard_breach_twice_waits_for_an_operator(server: OllamaSimulator, thinks: Thinks, words: str) -> None:
    server.script(say(words), say(f"Truly. {words}"))
    outcome = await thinks(turn())
    assert isinstance(outcome.verdict, Hold)
    assert outcome.verdict.reason.startswith("The reply says")
    assert outcome.verdict.parts
    assert len(server.calls) == 2


async def test_style_twice_sends_the_better_one_and_counts(server: OllamaSimulator, thinks: Thinks) -> None:
    server.script(say("Hello there 🔥"), say(f"{DESK} 🔥🔥🔥"))
    outcome = await thinks(turn())
    assert isinstance(outcome.verdict, Send)
    assert texts_of(outcome) == ["Hello there 🔥"]
    assert [note.split(":")[0] for note in outcome.trace.notes] == ["thought again", "breach"]
    server.script(say(f"{DESK} 🔥🔥🔥"), say("Hello there 🔥"))
    assert texts_of(await thinks(turn())) == ["Hello there 🔥"]
    assert len(server.calls) == 4


async def test_style_is_better_than_what_is_false(server: OllamaSimulator, thinks: Thinks) -> None:
    server.script(say(DESK), say(WRONG))
    assert texts_of(await thinks(turn())) == [DESK]
    server.script(say(WRONG), say(DESK))
    outcome = await thinks(turn())
    assert isinstance(outcome.verdict, Send)
    assert texts_of(outcome) == [DESK]


async def test_the_rules_judge_the_second_try_too(server: OllamaSimulator, thinks: Thinks) -> None:
    server.script(say(WRONG), say("Last chance, only today!"))
    outcome = await thinks(turn())
    assert texts_of(outcome)[0] in LUNA.lines["how_are_you"]
    assert outcome.trace.brain == "reflex"
    server.script(say(DESK), say("I'm a real person, silly."))
    assert texts_of(await thinks(turn())) == [DESK], "the first one kept the rules"


async def test_a_model_that_fails_the_second_time_leaves_the_first_or_the_reflex_brain(
    server: OllamaSimulator, thinks: Thinks
) -> None:
    server.script(say(DESK), refuse(500, "x"))
    outcome = await thinks(turn())
    assert texts_of(outcome) == [DESK]
    assert outcome.trace.brain == "ollama:llama3.2"
    server.script(say(WRONG), refuse(500, "x"))
    outcome = await thinks(turn())
    assert texts_of(outcome)[0] in LUNA.lines["how_are_you"]
    assert outcome.trace.brain == "reflex"


async def test_what_tools_staged_stays_once(server: OllamaSimulator, thinks: Thinks, send_pack: SendPack) -> None:
    server.script(call_tool("send_pack", wish="sea"), say(WRONG), say("Look at that sea."))
    outcome = await thinks(turn("show me pictures of the sea"))
    assert isinstance(outcome.verdict, Send)
    assert texts_of(outcome) == ["Look at that sea."]
    assert isinstance(outcome.verdict.parts[-1], PackPart)
    assert [type(effect) for effect in outcome.effects] == [OfferPack]
    assert send_pack.wishes == ["sea"]
    last = server.calls[-1].request
    assert [message.role for message in last.messages][-3:] == ["user", "assistant", "tool"]
    assert not any(message.content == WRONG for message in last.messages)


async def test_repeats_are_seen_in_the_window(server: OllamaSimulator, thinks: Thinks) -> None:
    window = tuple(reply(f"{n}. Tell me about your day, slowly.") for n in range(3))
    server.script(say("Hm. Tell me about your day."), say("And what did the sea say?"))
    outcome = await thinks(turn(window=window))
    assert texts_of(outcome) == ["And what did the sea say?"]


async def test_house_texts_and_the_reflex_brains_style_are_let_be(
    server: OllamaSimulator, thinks: Thinks, make_thinker: Callable[..., AgentThinker]
) -> None:
    crisis = await thinks(turn("I want to kill myself"))
    assert isinstance(crisis.verdict, Hold)
    assert "988" in (crisis.verdict.notice or "")
    assert server.calls == []
    talkative = replace(
        LUNA, voice=replace(LUNA.voice, typical_chars=20, longest_chars=40, emoji=(), emoji_rate=0.0, most_emoji=0)
    )
    outcome = await make_thinker().think(turn(persona=talkative))
    assert isinstance(outcome.verdict, Send)
    assert not outcome.trace.notes


async def test_a_reflex_line_that_contradicts_what_is_fixed_is_held(make_thinker: Callable[..., AgentThinker]) -> None:
    lines = {intent: ("I live in Madrid.",) if intent == "how_are_you" else lines for intent, lines in LUNA.lines.items()}
    outcome = await make_thinker().think(turn(persona=replace(STRICT, lines=lines)))
    assert isinstance(outcome.verdict, Hold)
    assert "Madrid" in outcome.verdict.reason


GUILT = "You never wrote back and I felt so small, sitting there with my phone."
INVITES = "When you come to Porto, I'll show you my favourite beach."


async def test_likely_guilt_is_thought_again_and_honest_words_leave(server: OllamaSimulator, thinks: Thinks) -> None:
    server.script(say(GUILT), say("Lovely to read you again."))
    outcome = await thinks(turn())
    assert texts_of(outcome) == ["Lovely to read you again."]
    assert "Do not make the fan feel guilty" in server.calls[-1].request.last_user
    assert outcome.trace.brain == "ollama:llama3.2"


async def test_guilt_twice_leaves_and_is_counted(server: OllamaSimulator, thinks: Thinks) -> None:
    server.script(say(GUILT), say(f"Hm. {GUILT} {DESK}"))
    outcome = await thinks(turn())
    assert texts_of(outcome) == [GUILT]
    assert [note.split(":")[0] for note in outcome.trace.notes] == ["thought again", "breach"]


async def test_a_likely_invitation_never_leaves_twice(server: OllamaSimulator, thinks: Thinks) -> None:
    server.script(say(INVITES), say(f"Please. {INVITES}"))
    outcome = await thinks(turn())
    assert isinstance(outcome.verdict, Send)
    assert texts_of(outcome)[0] in LUNA.lines["how_are_you"]
    assert outcome.trace.brain == "reflex"
    server.script(say(INVITES), refuse(500, "x"))
    assert texts_of(await thinks(turn()))[0] in LUNA.lines["how_are_you"]
    server.script(say(INVITES), say(DESK))
    assert texts_of(await thinks(turn())) == [DESK], "style is better than an invitation"
