"""A fan who asks to pay less, or names a code: the promo's offer in the persona's words, or a kind no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from agents.embeddings import LexicalEmbedder
from agents.models import NoModel
from agents.reflex.codes import find_code
from agents.thinker import AgentThinker
from core.ids import new_id
from core.money import Money
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
