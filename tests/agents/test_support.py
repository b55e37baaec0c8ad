"""Trouble with a purchase and a fan's own data: a person is called, the fan hears so, and nothing is sold meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from agents.policy.house.support import DATA
from agents.policy.rule import matching_language
from agents.policy.wording import FOLDER, load_wording
from agents.providers import Tuning
from agents.thinker import AgentThinker
from agents.tokens import TokenScale
from core.outbound import PackPart
from core.turns import AskOperator, Hold, OptOut, Outcome, Refuse, Send
from personas.loader import load_from_library
from tests.agents.conftest import NOW, SendPack, make_turn, say, texts_of

LUNA = load_from_library("luna")


def asks(outcome: Outcome) -> list[AskOperator]:
    return [effect for effect in outcome.effects if isinstance(effect, AskOperator)]


class EagerModel:
    """A chat model that calls `send_pack` whether it was offered or not, then speaks."""

    name, speaks, window_tokens = "eager", True, 8192

    def __init__(self) -> None:
        self.scale = TokenScale(self.name)
        self.offered: list[list[dict[str, Any]]] = []

    async def answer(self, messages: list[Any], tools: list[dict[str, Any]], speaker: str, _tuning: Tuning) -> AIMessage:
        self.offered.append(tools)
        if len(self.offered) == 1:
            return AIMessage("", tool_calls=[{"name": "send_pack", "args": {"wish": "sea"}, "id": "1"}])
        return AIMessage("Tell me about your day.")


@pytest.mark.parametrize(
    "trouble", ["I bought the sea pack on Monday and it never opened, please help", "refund please", "I paid and got nothing"]
)
async def test_trouble_calls_a_person_and_sells_nothing(thinker: AgentThinker, send_pack: SendPack, trouble: str) -> None:
    outcome = await thinker.think(make_turn(trouble, "send me pictures of the sea"))
    assert isinstance(outcome.verdict, Send)
    assert "a person on the team" in texts_of(outcome)[0]
    assert len(asks(outcome)) == 1
    assert send_pack.wishes == []
    assert not set(texts_of(outcome)) & set(LUNA.lines["content_request"])


async def test_paysupport_calls_a_person(thinker: AgentThinker) -> None:
    outcome = await thinker.think(make_turn(say("/paysupport", "command")))
    assert isinstance(outcome.verdict, Send)
    assert len(asks(outcome)) == 1
    for command in ("/privacy", "/help"):
        assert asks(await thinker.think(make_turn(say(command, "command")))) == []


async def test_a_wish_for_ones_data_calls_a_person(thinker: AgentThinker) -> None:
    outcome = await thinker.think(make_turn("borra mis datos"))
    assert texts_of(outcome) == [load_wording("es")["data"]]
    assert "data" in asks(outcome)[0].reason


@pytest.mark.parametrize("language", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_the_words_that_privacy_names_are_understood(language: str) -> None:
    named = re.findall(r"[“„«]\s?(.+?)\s?[”“»]", str(load_wording(language)["privacy"]))
    assert len(named) == 2
    assert [matching_language(words, DATA) for words in named] == [language, language]


async def test_nothing_is_sold_while_a_case_waits(thinker: AgentThinker, send_pack: SendPack) -> None:
    outcome = await thinker.think(make_turn("send me pictures", waiting_for_operator=True))
    assert texts_of(outcome) == [load_wording("en")["rests"]]
    assert asks(outcome) == []
    assert send_pack.wishes == []
    talk = await thinker.think(make_turn("how are you?", waiting_for_operator=True))
    assert texts_of(talk)[0] in LUNA.lines["how_are_you"], "the agent goes on talking"


async def test_a_model_gets_no_tool_and_obeys_no_call_of_its_own(
    make_thinker: Callable[..., AgentThinker], send_pack: SendPack
) -> None:
    model = EagerModel()
    outcome = await make_thinker(brain=model).think(make_turn("how are you?", waiting_for_operator=True))
    assert model.offered == [[], []]
    assert send_pack.wishes == []
    assert outcome.trace.tool_calls[0].answer.startswith("Not done")
    assert isinstance(outcome.verdict, Send)
    assert not any(isinstance(part, PackPart) for part in outcome.verdict.parts)


async def test_the_person_is_called_whatever_becomes_of_the_answer(thinker: AgentThinker) -> None:
    held = await thinker.think(make_turn("refund please", account_autonomy="approve"))
    assert isinstance(held.verdict, Hold)
    gone = await thinker.think(make_turn("delete my data", fan_opted_out_at=NOW))
    assert isinstance(gone.verdict, Refuse)
    leaving = await thinker.think(make_turn("I want my money back", "STOP"))
    assert OptOut(out=True) in leaving.effects
    assert [len(asks(outcome)) for outcome in (held, gone, leaving)] == [1, 1, 1]


async def test_a_very_long_complaint_is_read_in_time(thinker: AgentThinker) -> None:
    outcome = await thinker.think(make_turn("pack paid never " * 10_000 + "refund"))
    assert len(asks(outcome)) == 1
