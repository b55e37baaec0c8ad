"""A fan who asks to pay less, or names a code: the promo's offer in the persona's words, or a kind no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from agents.asked import asks_for_less
from agents.embeddings import LexicalEmbedder
from agents.models import NoModel
from agents.reflex.codes import find_code
from agents.reflex.intents import Sight
from agents.thinker import AgentThinker
from core.errors import Unavailable
from core.ids import new_id
from core.money import Money
from core.nouns import TurnInput
from core.outbound import PackPart
from core.turns import OfferPack, Outcome, Send
from personas.loader import load_from_library
from shop.restraint import Reason
from tests.agents.conftest import FactFinder, FactList, FrozenClock, SendPack, make_turn, texts_of
from tools.context import ToolContext, rest

LUNA = load_from_library("luna")


class ApplyPromo:
    """Reduces the pack of the sea where `stands`."""

    name = "apply_promo"
    description = "Look for a promo."

    def __init__(self, *, stands: bool) -> None:
        self.parameters: dict[str, Any] = {"type": "object", "properties": {"code": {"type": "string"}}}
        self.codes: list[object] = []
        self.stands = stands

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        self.codes.append(arguments.get("code"))
        if not self.stands:
            return "No promo stands for this fan just now."
        price, before = Money(639, "USD"), Money(799, "USD")
        effect = OfferPack(new_id(), new_id(), price, "offer-2", list_price=before)
        part = PackPart(effect.pack_id, effect.offer_id, "The sea at dusk", "Waves.", price, "offer-2", None, (), before)
        context.staging.stage_instead(effect, part)
        return "The pack 'The sea at dusk' is attached for $6.39 instead of $7.99."


async def think(*texts: str, stands: bool, tools: Sequence[Any] = ()) -> tuple[Outcome, ApplyPromo, SendPack]:
    promo, pack = ApplyPromo(stands=stands), SendPack()
    bound = [promo, pack, *tools]
    thinker = AgentThinker(NoModel(), FactList(), FactFinder(), bound, LexicalEmbedder(), FrozenClock())
    return await thinker.think(make_turn(*texts)), promo, pack


def fits(text: str, lines: Sequence[str]) -> bool:
    return text in {line.replace("{title}", "The sea at dusk") for line in lines}


async def test_a_discount_that_stands_is_offered_in_the_houses_words() -> None:
    outcome, promo, pack = await think("can I get a discount?", stands=True)
    assert (promo.codes, pack.wishes) == ([None], [])
    assert fits(texts_of(outcome)[0], LUNA.lines["promo"])
    assert isinstance(outcome.verdict, Send)
    (part,) = [part for part in outcome.verdict.parts if isinstance(part, PackPart)]
    assert (part.price, part.old_price) == (Money(639, "USD"), Money(799, "USD"))


async def test_a_kind_no_promises_nothing() -> None:
    outcome, promo, _ = await think("can I get a discount?", stands=False)
    assert promo.codes == [None]
    assert texts_of(outcome)[0] in LUNA.lines["discount"]
    assert not outcome.effects


@pytest.mark.parametrize(("stands", "occasion"), [(True, "promo"), (False, "code_refused")])
async def test_a_code_is_handed_on_as_it_was_written(stands: bool, occasion: str) -> None:
    outcome, promo, _ = await think("I have the code SPRING20", stands=stands)
    assert promo.codes == ["SPRING20"]
    assert fits(texts_of(outcome)[0], LUNA.lines[occasion])


async def test_a_wish_with_a_discount_is_one_offer() -> None:
    outcome, promo, pack = await think("can I see some pictures from the beach?", "can I get a discount?", stands=True)
    assert (len(pack.wishes), promo.codes) == (1, [None])
    assert isinstance(outcome.verdict, Send)
    assert len([part for part in outcome.verdict.parts if isinstance(part, PackPart)]) == 1
    assert len(outcome.effects) == 1
    assert fits(texts_of(outcome)[0], LUNA.lines["promo"])


async def test_a_wish_whose_discount_is_refused_keeps_its_offer() -> None:
    outcome, _, _ = await think("can I see some pictures from the beach?", "can I get a discount?", stands=False)
    assert isinstance(outcome.verdict, Send)
    (part,) = [part for part in outcome.verdict.parts if isinstance(part, PackPart)]
    assert part.old_price is None
    assert any(text in LUNA.lines["discount"] for text in texts_of(outcome))


async def test_where_selling_rests_nobody_says_that_a_code_is_worth_nothing() -> None:
    class Rests(ApplyPromo):
        async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
            return rest(context, Reason("pace", "The fan has had as many offers as are made in a day."))

    thinker = AgentThinker(NoModel(), FactList(), FactFinder(), [Rests(stands=True)], LexicalEmbedder(), FrozenClock())
    for text in ("I have the code SPRING20", "can I get a discount?"):
        assert texts_of(await thinker.think(make_turn(text)))[0] in LUNA.lines["resting"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("my code is spring20", "spring20"),
        ("promo code: SPRING-20", "SPRING-20"),
        ("ich habe den Gutscheincode SOMMER10", "SOMMER10"),
        ("tengo el código VERANO", "VERANO"),
        ("j'ai le code ÉTÉ et SOLEIL20", "SOLEIL20"),
        ("ho il codice LUNA-2026", "LUNA-2026"),
        ("EVENING20", "EVENING20"),
        ("evening20?", "evening20"),
        ("evening", None),
        ("I'm 30", None),
        ("2pm", None),
        ("mp3", None),
        ("in the year 2024", None),
        ("do you have a promo code for me?", None),
        ("gibt es einen Gutschein für mich?", None),
        ("I have a voucher somewhere", None),
        ("hello there, OK", None),
        ("I was born in 1990", None),
        ("WOW", None),
    ],
)
def test_a_code_is_told_from_a_word(text: str, code: str | None) -> None:
    assert find_code(text) == code


@pytest.mark.parametrize(
    "text", ["EVENING20", "evening20", "Evening20!", "“GLOW20”", "7KQ2-MXPA", "good evening! EVENING20", "thanks, EVENING20"]
)
@pytest.mark.parametrize("stands", [True, False])
async def test_a_code_alone_is_a_code_whatever_it_sounds_like(text: str, stands: bool) -> None:
    outcome, promo, _ = await think(text, stands=stands)
    (code,) = promo.codes
    assert str(code).lower() in text.lower()
    texts = texts_of(outcome)
    assert any(fits(one, LUNA.lines["promo" if stands else "code_refused"]) for one in texts)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("evening", "evening"),
        ("Evening!", "Evening"),
        ("hi! evening20x", "evening20x"),
        ("can i use lovely2026?", "lovely2026"),
        ("can I use SUMMER?", "SUMMER"),
        ("my code is evening", "evening"),
        ("good evening", None),
        ("I love this evening", None),
        ("hello", None),
    ],
)
async def test_an_ordinary_word_is_a_code_where_the_agency_has_it(text: str, code: str | None) -> None:
    asked: list[str] = []

    async def look_up(turn: TurnInput, words: Sequence[str]) -> frozenset[str]:
        asked.extend(words)
        return frozenset({"EVENING", "EVENING20X", "LOVELY2026", "SUMMER"} & {word.upper() for word in words})

    promo = ApplyPromo(stands=True)
    thinker = AgentThinker(NoModel(), FactList(), FactFinder(), [promo], LexicalEmbedder(), FrozenClock(), codes=look_up)
    await thinker.think(make_turn(text))
    assert promo.codes == ([code] if code else [])
    assert len(asked) <= 1


async def test_without_the_rows_what_is_written_like_a_code_is_one_still() -> None:
    async def look_up(turn: TurnInput, words: Sequence[str]) -> frozenset[str]:
        raise Unavailable("the database is away")

    for text, codes in (("EVENING20", ["EVENING20"]), ("evening", [])):
        promo = ApplyPromo(stands=True)
        thinker = AgentThinker(NoModel(), FactList(), FactFinder(), [promo], LexicalEmbedder(), FrozenClock(), codes=look_up)
        await thinker.think(make_turn(text))
        assert promo.codes == codes


async def test_a_code_in_a_complaint_leaves_it_a_complaint() -> None:
    _, promo, _ = await think("I want my money back, the code SPRING20 did nothing", stands=True)
    assert promo.codes == []


async def test_who_has_the_lower_price_before_them_is_pointed_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lies = "The pack 'The sea at dusk' lies in this chat already, for 400 Stars instead of 500 Stars, and fits best. It is not"

    async def run(_self: ApplyPromo, _context: ToolContext, _arguments: dict[str, object]) -> str:
        return lies

    monkeypatch.setattr(ApplyPromo, "run", run)
    outcome, _, _ = await think("any discount for me?", stands=False)
    (answer,) = texts_of(outcome)
    assert fits(answer, LUNA.lines["lies_reduced"])


@pytest.mark.parametrize(
    "text",
    [
        "geht das auch günstiger?", "hast du einen Rabattcode?", "das ist mir zu teuer", "moins cher ?", "une réduction ?",
        "meno caro?", "è troppo caro", "¿más barato?", "es muy caro", "mais barato?", "what's the best price you can do?",
    ],
)  # fmt: skip
def test_telling_words_ask_for_less_in_every_language(text: str) -> None:
    assert asks_for_less([Sight(make_turn(text).burst[0].id, text, "other", 0.3)])
