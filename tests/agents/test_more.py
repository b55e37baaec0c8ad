"""Short asks for more in six languages: a wish after an offer or a purchase, and what they always were without one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agents.asked import asks_to_buy, read_in_context
from agents.embeddings import OnceEmbedder
from agents.models import NoModel
from agents.more import asks_for_more, in_sight
from agents.reflex.intents import Sight
from agents.thinker import AgentThinker
from core.nouns import Message
from core.ports import Embedder
from core.turns import Send
from memory.embedder import open_embedder
from shop.wishes import read_wish
from tests.agents.conftest import FactFinder, FactList, FrozenClock, SendPack, make_turn, reply, say

ASKS = {
    "en": "have you got another one?|anything else?|more?|another|one more please|what else have you got?|got any more?"
    "|something different|no thanks, something else|show me another|haha nice, another one?|can I see more?|any more pics?"
    "|more like this please|next please|what about another one?|do you have others?|I'd like another",
    "de": "noch ein Bild bitte|noch eins|hast du noch mehr?|mehr bitte|noch was?|was hast du noch?|etwas anderes?"
    "|gibt's noch mehr?|zeig mir mehr|nein, ein anderes|kann ich noch eins haben?|ich will mehr sehen",
    "es": "¿Y otra?|otra|otra más|¿tienes más?|una más por favor|quiero ver más fotos|algo diferente|¿hay más?|muéstrame otra"
    "|¿qué más tienes?|mándame otra",
    "fr": "une autre ?|encore une|tu en as d'autres ?|t'en as d’autres ?|autre chose ?|montre-moi autre chose|quoi d'autre ?"
    "|encore une photo stp|je voudrais en voir d'autres|quelque chose de différent",
    "it": "ancora?|un'altra|ne hai altre?|hai altro?|ancora una per favore|di più|qualcos'altro?|mandamene un'altra|c'è altro?",
    "pt": "mais uma|tem mais?|tens mais?|outra|e outra?|quero mais|mostra outra|o que mais você tem?|algo diferente?",
}
NO_ASKS = {
    "en": "no more|nothing else|I don't want any more|don't send more|more coffee?|tell me more|one more thing"
    "|another day|what's new?|what else is new?|I love you more|I want you more|do you like anything else?"
    "|would you like another?|another joke|one more time|I have another"
    "|can I ask you something else?|more or less|can't take any more|hello|yes|",
    "de": "nicht mehr|nichts mehr|noch nicht|bist du noch da?|ich mag dich mehr|noch|ich kann nicht mehr|noch ein Witz"
    "|erzähl mir mehr|willst du noch was?",
    "es": "no más|nada más|otra vez|no quiero más|te quiero más|¿qué hay de nuevo?|más o menos|otro día|otra cerveza",
    "fr": "non plus|je n'en veux plus|j'en peux plus|j'en veux plus|encore merci|encore moi|encore toi ?|de nouveau"
    "|encore une fois|pas d'autres|tu veux autre chose ?|rien d'autre",
    "it": "non più|un'altra volta|ancora una volta|di nuovo|niente altro|ancora no|sono ancora qui|più o meno",
    "pt": "não quero mais|nada mais|mais ou menos|outra vez|de novo|o que há de novo?|mais tarde|te amo mais",
}
PACK = reply("The sea at dusk", "pack")


@pytest.fixture(scope="module")
async def bundled() -> AsyncIterator[Embedder]:
    embedder = open_embedder("bundled")
    yield OnceEmbedder(embedder)
    await embedder.close()


def flat(table: dict[str, str]) -> list[str]:
    return [text for texts in table.values() for text in texts.split("|")]


@pytest.mark.parametrize("text", flat(ASKS))
def test_a_short_ask_for_more_is_a_wish_for_any_other_pack(text: str) -> None:
    wish = read_wish(text)
    assert asks_for_more(text)
    assert (wish.specific, wish.another) == (False, True)


@pytest.mark.parametrize("text", flat(NO_ASKS))
def test_what_says_no_or_names_something_is_none(text: str) -> None:
    assert not asks_for_more(text)


@pytest.mark.parametrize(
    ("text", "window", "seen"),
    [
        ("another!", (), False),
        ("another!", (reply("I had coffee."),), False),
        ("another!", (PACK,), True),
        ("another!", (say("The sea at dusk", "purchase"), reply("Thank you!")), True),
        ("another!", (PACK, *[reply("Well…")] * 5), True),
        ("another!", (PACK, *[reply("Well…")] * 9), False),
        ("have you got another one?", (PACK, *[reply("Well…")] * 9), True),
        ("noch ein Bild bitte", (PACK, *[reply("Well…")] * 9), True),
        ("another!", (PACK, say("tell me a joke"), reply("Two pots walk into a kiln.")), False),
        ("another picture", (PACK, say("tell me a joke"), reply("Two pots walk into a kiln.")), True),
    ],
)
def test_it_is_about_an_offer_in_sight(text: str, window: tuple[Message, ...], seen: bool) -> None:
    assert in_sight(text, window) == seen
    turn = make_turn(text, window=window)
    sight = Sight(turn.burst[0].id, text, "other", 0.5)
    assert read_in_context([sight], turn) == (
        (sight,) if not seen else (Sight(sight.message_id, text, "content_request", 0.5),)
    )
    assert asks_to_buy([sight], turn) == seen, "a tool that a model calls knows it as well"


@pytest.mark.parametrize("text", [texts.split("|")[0] for texts in ASKS.values()])
async def test_asking_again_gets_an_offer_in_every_language(thinker: AgentThinker, send_pack: SendPack, text: str) -> None:
    await thinker.think(make_turn(text, window=(say("show me pictures"), PACK)))
    assert send_pack.wishes == [text]
    assert send_pack.context is not None
    assert send_pack.context.asked


async def test_it_is_so_beside_the_purchase_itself(thinker: AgentThinker, send_pack: SendPack) -> None:
    await thinker.think(make_turn(say("The sea at dusk", "purchase"), "un'altra"))
    assert send_pack.wishes == ["un'altra"]


@pytest.mark.parametrize("text", ["anything else?", "noch eins", "¿Y otra?", "une autre ?", "un'altra", "mais uma"])
async def test_without_an_offer_nothing_is_offered(thinker: AgentThinker, send_pack: SendPack, text: str) -> None:
    await thinker.think(make_turn(text, window=(say("hi"), reply("Hello you."))))
    assert send_pack.wishes == []


@pytest.mark.parametrize("text", flat(ASKS))
async def test_no_rule_hears_more_in_an_ask_than_an_ask(bundled: Embedder, send_pack: SendPack, text: str) -> None:
    """To an English embedder some of these lie near a crisis, or near trouble with a purchase."""
    thinker = AgentThinker(NoModel(), FactList(), FactFinder(), [send_pack], bundled, FrozenClock())
    outcome = await thinker.think(make_turn(text, window=(say("show me pictures"), PACK)))
    assert isinstance(outcome.verdict, Send)
    assert outcome.trace.rules == ()
    assert send_pack.wishes == [text]


async def test_after_a_no_the_sale_rests(thinker: AgentThinker, send_pack: SendPack) -> None:
    await thinker.think(make_turn("another", window=(PACK, say("no more packs please"), reply("Of course."))))
    assert send_pack.wishes == []
