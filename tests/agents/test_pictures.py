"""Pictures: shown to a chat model that can look, and truthfully not looked at by anybody else."""

from __future__ import annotations

import base64
from collections.abc import Callable

from msgspec.structs import replace

from agents.thinker import AgentThinker
from core.nouns import Picture, TurnInput
from evals.simulators.ollama import OllamaSimulator, refuse, say
from tests.agents.conftest import make_turn, texts_of
from tests.agents.conftest import say as fan_says
from tests.agents.test_models import opened
from tests.agents.test_turns import LUNA

PIXELS = b"\x89PNG and so on"


def with_picture(words: str = "") -> TurnInput:
    """A turn whose burst is a picture that was fetched for the model."""
    sent = fan_says(words, "media", media=[{"kind": "photo"}])
    return replace(make_turn(sent), pictures=(Picture(sent.id, PIXELS, "image/png"),))


async def test_a_model_that_can_look_gets_the_picture_itself(make_thinker: Callable[..., AgentThinker]) -> None:
    async with OllamaSimulator() as server, opened(server) as brain:
        server.script(say("What a handsome dog."))
        outcome = await make_thinker(brain).think(with_picture("that's Rex"))
        (call,) = server.calls
    last = call.request.raw["messages"][-1]
    assert last["images"] == [base64.b64encode(PIXELS).decode()]
    assert "it is attached" in last["content"]
    assert texts_of(outcome) == ["What a handsome dog."]


async def test_when_the_model_fails_nobody_pretends_to_have_looked(make_thinker: Callable[..., AgentThinker]) -> None:
    async with OllamaSimulator() as server, opened(server) as brain:
        server.script(refuse(500, "out of memory"))
        outcome = await make_thinker(brain).think(with_picture())
    assert outcome.trace.brain == "reflex"
    assert texts_of(outcome)[0] in LUNA.lines["media"]


async def test_without_pictures_the_model_is_told_that_it_cannot_see(make_thinker: Callable[..., AgentThinker]) -> None:
    async with OllamaSimulator() as server, opened(server) as brain:
        server.script(say("Tell me about it."))
        await make_thinker(brain).think(make_turn(fan_says("that's Rex", "media", media=[{"kind": "photo"}])))
        (call,) = server.calls
    last = call.request.raw["messages"][-1]
    assert not last.get("images")
    assert "You cannot see or hear it" in last["content"]
