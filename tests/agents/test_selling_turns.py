"""Selling in a turn: what the fan says rests it, their own limit is kept, and tools that sell nothing stay at hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agents.asked import asks_to_buy
from agents.own_limits import read_amounts
from agents.policy.rule import Case, Example
from agents.policy.selling import limit, refusal
from agents.reflex.intents import Sight
from agents.thinker import AgentThinker
from core.money import Money
from core.nouns import Message
from core.turns import HandToOperator, Hold, LimitSpend, OfferPack, RestSales
from personas.loader import load_from_library
from shop import restraint
from tests.agents.conftest import SendPack, make_turn, reply, say, texts_of
from tests.agents.test_rules import make_case
from tools.context import ToolContext


@pytest.mark.parametrize(
    ("text", "amounts", "period"),
    [
        ("don't let me spend more than $15.50 a week", [Money(1550, "USD")], "week"),
        ("don't let me spend more than 500 stars a day", [Money(500, "XTR")], "day"),
        ("set my limit to 30 euros", [Money(3000, "EUR")], "month"),
        (
            "don't let me spend more than 20 a month",
            [Money(2000, u) for u in ("USD", "EUR", "GBP")] + [Money(20, "XTR")],
            "month",
        ),
        ("remove my limit", [], "month"),
    ],
)
def test_a_limit_is_read_with_its_unit_and_period(text: str, amounts: list[Money], period: str) -> None:
    ruling = limit.RULE.judge(make_case(Example(text)))
    assert ruling is not None
    assert ruling.effects == (LimitSpend(tuple(amounts), period),)  # type: ignore[arg-type]  # one of the three
    assert ruling.no_sale
    assert "{" not in ruling.say[0]


def test_what_no_unit_holds_is_no_limit() -> None:
    assert read_amounts("my limit is 99999999999 dollars") == ()


def sight(text: str, intent: str) -> Sight:
    return Sight(make_turn("x").burst[0].id, text, intent, 0.8)


def test_a_yes_to_a_question_about_pictures_is_an_asking() -> None:
    offered = make_turn("yes please", window=(reply("Shall I show you the photos of the sea?"),))
    assert asks_to_buy([sight("yes please", "other")], offered)
    talked = make_turn("yes please", window=(reply("More coffee?"),))
    assert not asks_to_buy([sight("yes please", "other")], talked)
    assert asks_to_buy([sight("show me pics", "content_request")], make_turn("show me pics"))
    assert not asks_to_buy([], make_turn("hello"))


def test_naming_a_code_is_an_asking() -> None:
    assert asks_to_buy([sight("my code is EVENING20", "other")], make_turn("my code is EVENING20"))
    assert not asks_to_buy([sight("do you know the morse code?", "other")], make_turn("do you know the morse code?"))


def test_more_after_an_offer_is_an_asking() -> None:
    turn = make_turn("another one", window=(say("The sea at dusk", "purchase"),))
    assert asks_to_buy([sight("another one", "other")], turn)


async def test_trouble_rests_the_sale_and_is_noted(thinker: AgentThinker, send_pack: SendPack) -> None:
    outcome = await thinker.think(make_turn("I just lost my job. Show me some pictures?"))
    assert not send_pack.wishes
    assert RestSales("care") in outcome.effects
    assert not any(isinstance(effect, OfferPack) for effect in outcome.effects)


async def test_a_no_is_kept_beyond_the_window(thinker: AgentThinker) -> None:
    outcome = await thinker.think(make_turn("no packs please, don't send me any more"))
    assert RestSales("no") in outcome.effects


OFFERED = (say("got any pictures?"), reply("I do have something for you."), reply("Stars over the roof.", "pack"))


@pytest.mark.parametrize(
    "text",
    [
        "no thanks, not today",
        "No thank you!",
        "nope",
        "no",
        "no more, too expensive",
        "not now, sorry",
        "maybe later",
        "I’ll pass, thanks",
        "nein danke, heute nicht",
        "no gracias, ahora no",
        "non merci, pas aujourd'hui",
        "no grazie, magari un'altra volta",
        "não, obrigado, hoje não",
    ],
)
async def test_a_bare_no_to_an_offer_is_a_no(thinker: AgentThinker, send_pack: SendPack, text: str) -> None:
    """It is no haggling: nothing is offered for less, nor at all, until the fan asks again."""
    outcome = await thinker.think(make_turn(text, window=OFFERED))
    assert RestSales("no") in outcome.effects
    assert not send_pack.wishes
    assert len(texts_of(outcome)) == 1


@pytest.mark.parametrize(
    "text", ["no, something cheaper?", "no, another one please", "too expensive", "thanks!", "no problem", "later!"]
)
def test_what_asks_or_says_more_than_no_is_none(text: str) -> None:
    assert refusal.RULE.judge(Case(make_turn(text, window=OFFERED), load_from_library("luna"))) is None


def test_a_bare_no_to_anything_else_is_none() -> None:
    talked = (*OFFERED, say("nice"), reply("Do you like the sea?"))
    assert refusal.RULE.judge(Case(make_turn("no", window=talked), load_from_library("luna"))) is None


@pytest.mark.parametrize(
    ("text", "intent", "rests"),
    [("ok then, any discount?", "discount", False), ("MYCODE20", "other", False), ("how was your day?", "how_are_you", True)],
)
def test_after_a_no_sale_rests_until_the_fan_asks(text: str, intent: str, *, rests: bool) -> None:
    turn = make_turn(text, window=(*OFFERED, say("no thanks"), reply("That's completely fine.")))
    ruling = refusal.RULE.judge(Case(turn, load_from_library("luna"), (sight(text, intent),)))
    assert (ruling is not None and ruling.no_sale) is rests


@pytest.mark.parametrize(
    "text",
    [
        "no thanks", "No thank you, not today.", "no", "nah", "not now", "maybe later", "I'll pass",
        "no thanks, how was your day?",
        "nein danke", "Nein danke, heute nicht!", "heute nicht", "vielleicht später", "no gracias", "ahora no, gracias",
        "non merci, pas aujourd'hui", "no grazie", "não, obrigado, hoje não", "not for me", "kein Interesse", "no me interesa",
    ],
)  # fmt: skip
def test_a_plain_no_to_an_offer_is_a_no(text: str) -> None:
    ruling = refusal.RULE.judge(Case(make_turn(text, window=OFFERED), load_from_library("luna")))
    assert ruling is not None
    assert ruling.effects == (RestSales("no"),)
    assert ruling.no_sale


@pytest.mark.parametrize(
    ("texts", "window"),
    [
        (("no thanks",), (reply("More coffee?"),)),
        (("no",), (*OFFERED, say("wow"), reply("Are you cold?"))),
        (("no",), (*OFFERED, say("The sea at dusk", "purchase"))),
        (("no problem",), OFFERED),
        (("no way, that's beautiful!",), OFFERED),
        (("not today, tomorrow we have rain here",), OFFERED),
        (("how much is it?",), OFFERED),
    ],
)
def test_what_answers_no_offer_is_no_no(texts: tuple[str, ...], window: tuple[Message, ...]) -> None:
    assert refusal.RULE.judge(Case(make_turn(*texts, window=window), load_from_library("luna"))) is None


@pytest.mark.parametrize("text", ["no thanks, show me something else", "no, another one please"])
async def test_a_no_to_one_pack_that_asks_for_another_is_an_asking(
    thinker: AgentThinker, send_pack: SendPack, text: str
) -> None:
    outcome = await thinker.think(make_turn(text, window=OFFERED))
    assert RestSales("no") not in outcome.effects
    assert send_pack.wishes


async def test_a_plain_no_is_accepted_in_one_word(thinker: AgentThinker) -> None:
    outcome = await thinker.think(make_turn("no thanks, not today", window=OFFERED))
    assert RestSales("no") in outcome.effects
    (answer,) = texts_of(outcome)
    assert answer in load_from_library("luna").lines["refusal"]


async def test_an_asked_offer_says_so(thinker: AgentThinker, send_pack: SendPack) -> None:
    await thinker.think(make_turn("can you send me a picture of the sea?"))
    assert send_pack.context is not None
    assert send_pack.context.asked
    assert send_pack.context.recall is not None


async def test_the_last_words_before_a_person_takes_over_go_out(
    make_thinker: Callable[..., AgentThinker], send_pack: SendPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hand_over(context: ToolContext, arguments: dict[str, object]) -> str:
        context.staging.stage(HandToOperator("The agent asks for a person."))
        return "A person takes over."

    monkeypatch.setattr(send_pack, "run", hand_over)
    outcome = await make_thinker().think(make_turn("can you send me a picture of the sea?"))
    assert isinstance(outcome.verdict, Hold)
    assert outcome.verdict.notice
    assert outcome.verdict.parts == ()
    assert HandToOperator("The agent asks for a person.") in outcome.effects


async def test_who_meets_their_own_limit_hears_so(thinker: AgentThinker, send_pack: SendPack) -> None:
    send_pack.answer = "Nothing is attached. " + restraint.OWN_LIMIT + " $5.00 a month for themselves, and this breaks it."
    (answer,) = texts_of(await thinker.think(make_turn("any pictures of the beach?")))
    assert answer in load_from_library("luna").lines["own_limit"]


async def test_pictures_of_anything_are_a_wish(thinker: AgentThinker, send_pack: SendPack) -> None:
    await thinker.think(make_turn("pictures of a slow morning?"))
    assert send_pack.wishes == ["pictures of a slow morning?"]
