"""Three days with each sample persona, on a clock that we set: what a fan told is remembered, and set right when corrected.

Everything is the product's own but the clock: ingest, claim, the graph with the reflex brain, the bundled embedder, the commit,
the jobs of memory. What a persona answers is read as the fan would read it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Struct

from agents.embeddings import OnceEmbedder
from agents.models import NoModel
from agents.thinker import AgentThinker
from core.ids import new_id
from core.inbound import InboundMessage, Sender
from core.nouns import Account
from core.outbound import Part, TextPart
from core.recall import Recalled
from core.turns import Send
from memory.embedder import SentenceEmbedder, open_embedder
from memory.episodes import remember_said
from memory.extraction import RuleExtractor
from memory.indexing import index_facts
from memory.recall import MemoryRecall
from personas.loader import list_personas, load_from_library
from storage import leases, turns
from storage.accounts import find_account, put_account, put_influencer
from storage.house import House
from storage.ingress import Arrival, ingest
from storage.turns import Committing, Reader
from tests.conftest import Agency
from workers.effects import HANDLERS

FIRST = datetime(2026, 5, 4, 19, tzinfo=UTC)
FAN = "days-7"


class Talk(Struct, frozen=True):
    """What a fan says on three evenings, and what must (not) stand in the answers to the questions."""

    tells: tuple[str, ...]
    asks: str
    first: str
    corrects: str
    second: str
    also_asks: str
    also: str


ENGLISH = Talk(
    tells=("hey there", "I have a dog called Rex", "I live in Hamburg", "please call me Sam"),
    asks="do you remember what my dog is called?",
    first="Rex",
    corrects="no, my dog is called Bruno, not Rex",
    second="Bruno",
    also_asks="and where do I live?",
    also="Hamburg",
)
TALKS = {
    "luna": ENGLISH,
    "matteo": ENGLISH,
    "ines": Talk(
        tells=("hola, ¿qué tal estás?", "tengo un perro que se llama Rex", "vivo en Sevilla", "llámame Sam, por favor"),
        asks="¿te acuerdas de cómo se llama mi perro?",
        first="tu perro se llama Rex",
        corrects="no, mi perro se llama Bruno, no Rex",
        second="tu perro se llama Bruno",
        also_asks="¿te acuerdas de dónde vivo?",
        also="Sevilla",
    ),
    "theo": Talk(
        tells=("bonsoir, comment vas-tu ?", "j'ai un chien qui s'appelle Rex", "j'habite à Lyon", "appelle-moi Sam"),
        asks="tu te souviens du nom de mon chien ?",
        first="ton chien s'appelle Rex",
        corrects="non, mon chien s'appelle Bruno, pas Rex",
        second="ton chien s'appelle Bruno",
        also_asks="tu te souviens où j'habite ?",
        also="Lyon",
    ),
}


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.time = FIRST

    def now(self) -> datetime:
        return self.time


class Evening:
    """One fan who writes to one influencer, evening after evening."""

    def __init__(self, house: House, account: Account, model: SentenceEmbedder) -> None:
        self.clock, self._house, self._account, self._model = Clock(), house, account, model
        self.known = Recalled()
        once, recall = OnceEmbedder(model), MemoryRecall(house.app, model, None, clock=self.clock)

        async def watched(asked):  # type: ignore[no-untyped-def]  # keeps what the turn recalled
            self.known = await recall(asked)
            return self.known

        self._thinker = AgentThinker(NoModel(), watched, RuleExtractor(), [], once, self.clock)
        self._reader, self._number = Reader(house.seal), 0

    async def begin(self, day: int) -> None:
        """Let the night pass: the clock goes on, and memory's jobs do what was left to them."""
        self.clock.time = FIRST + timedelta(days=day - 1)
        await index_facts(self._house, self._model, None, self._account.agency_id)
        await remember_said(self._house, self._model, self._account.agency_id, rest_s=0.0)

    async def say(self, text: str) -> str:
        """Let the fan write; return what the persona answers, its messages joined."""
        self._number += 1
        self.clock.time += timedelta(minutes=2)
        event = InboundMessage(
            event_key=f"{FAN}-{self._number}",
            at=self.clock.time,
            sender=Sender(handle=FAN, display_name="Kim"),
            conversation_key=FAN,
            message_key=str(self._number),
            text=text,
        )
        await ingest(self._house.app, [Arrival(self._account, event, b"{}", event.event_key, 0.0, 0.0)])
        (lease,) = (await leases.claim_turns(self._house.app, "days", 60.0, 1, 1)).leases
        async with self._house.app.unit(lease.agency_id) as unit:
            read = await self._reader.gather(unit, lease)
        assert read is not None
        outcome = await self._thinker.think(read[0])
        await turns.commit(self._house.app, read[0], outcome, Committing(HANDLERS, _whole, self.clock.time, 0.0))
        assert isinstance(outcome.verdict, Send), outcome.verdict
        return "\n".join(part.text for part in outcome.verdict.parts if isinstance(part, TextPart))


def _whole(part: Part) -> list[Part]:
    return [part]


@pytest.fixture(scope="module")
async def model() -> AsyncIterator[SentenceEmbedder]:
    opened = open_embedder("bundled")
    yield opened
    await opened.close()


@pytest.mark.parametrize("slug", list_personas())
async def test_what_was_told_is_known_the_next_day_and_set_right_on_the_third(
    house: House, agency: Agency, model: SentenceEmbedder, slug: str
) -> None:
    talk, persona = TALKS[slug], load_from_library(slug)
    async with house.app.unit(agency.id) as unit:
        influencer = await put_influencer(unit, slug, persona.name, persona.to_document(), persona.checksum)
        account = Account(new_id(), agency.id, influencer.id, "telegram", slug, "webhook", sandbox=True, autonomy="auto")
        await put_account(unit, house.seal, account)
    evening = Evening(house, await find_account(house.app, house.seal, "telegram", slug), model)
    for text in talk.tells:
        assert await evening.say(text)

    await evening.begin(2)
    assert talk.first.casefold() in (await evening.say(talk.asks)).casefold()
    assert any("Sam" in fact.text for fact in evening.known.profile), "the profile stands in every turn"
    assert await evening.say(talk.corrects)

    await evening.begin(3)
    answer = await evening.say(talk.asks)
    assert talk.second.casefold() in answer.casefold()
    assert "Rex" not in answer, "what was corrected is not told any more"
    assert talk.also in await evening.say(talk.also_asks)
