"""A turn to think about, a memory in a list, a tool that stages: all of them plain objects at the ports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from agents.embeddings import LexicalEmbedder
from agents.models import ChatBrain, NoModel
from agents.thinker import AgentThinker
from core.ids import new_id
from core.money import Money
from core.nouns import Account, Conversation, Fan, Influencer, Lease, Message, TurnInput
from core.outbound import PackPart, TextPart
from core.recall import Asked, Recalled, RecalledEpisode, RecalledFact
from core.turns import Hold, OfferPack, Outcome, RememberFact, Send
from personas.loader import load_from_library
from personas.schema import Persona
from tools.context import ToolContext

NOW = datetime(2026, 7, 1, 20, 0, tzinfo=UTC)


class FrozenClock:
    def now(self) -> datetime:
        return NOW


class FactList:
    """A memory that gives back what it was told, best word overlap first."""

    def __init__(self) -> None:
        self.facts: list[RecalledFact] = []
        self.episodes: list[RecalledEpisode] = []
        self.asked: list[str] = []
        self.error: Exception | None = None

    def learn(self, *texts: str) -> None:
        self.facts += [RecalledFact(new_id(), "biography", "fan", text, 0.5, "vector") for text in texts]

    async def __call__(self, asked: Asked) -> Recalled:
        self.asked += asked.texts
        if self.error:
            raise self.error
        return Recalled(facts=tuple(self.facts[: asked.most_facts]), episodes=tuple(self.episodes))


class FactFinder:
    """Takes every sentence with "I have" for a fact."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    async def extract(self, messages: Sequence[Message]) -> list[RememberFact]:
        if self.error:
            raise self.error
        return [
            RememberFact(new_id(), "biography", "fan", f"The fan has {m.text.partition('I have ')[2]}.", (m.id,), 0.5, 0.9)
            for m in messages
            if "I have" in m.text
        ]


class SendPack:
    """Offers one pack; `answer` replaces the offer where a test wants a refusal."""

    name = "send_pack"
    description = "Find a pack that fits what the fan asks for and offer it."

    def __init__(self) -> None:
        self.parameters = {"type": "object", "properties": {"wish": {"type": "string"}}, "required": ["wish"]}
        self.wishes: list[object] = []
        self.answer: str | None = None
        self.error: Exception | None = None
        self.context: ToolContext | None = None

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        self.context = context
        self.wishes.append(arguments.get("wish"))
        if self.error:
            raise self.error
        if self.answer:
            return self.answer
        price = Money(799, "USD")
        effect = OfferPack(new_id(), new_id(), price, "offer-1")
        part = PackPart(effect.pack_id, effect.offer_id, "The sea at dusk", "Waves.", price, "offer-1", None, ())
        context.staging.stage(effect, part)
        return 'The pack "The sea at dusk" is offered for $7.99.'


def make_turn(*texts: str | Message, persona: Persona | None = None, **changes: Any) -> TurnInput:
    """Build a turn; `changes` go to account, fan or conversation by `account_…`, `fan_…`, `conversation_…`."""
    persona = persona or load_from_library("luna")
    agency, influencer, conversation = new_id(), new_id(), new_id()
    parts: dict[str, Any] = {
        "account": Account(new_id(), agency, influencer, "webchat", "luna", "page", True, "auto"),
        "fan": Fan(new_id(), new_id(), "42", "Tom", "en", True, NOW, None),
        "conversation": Conversation(conversation, agency, new_id(), influencer, new_id(), "42", "agent", None, 1, NOW, None),
    }
    for name, value in changes.items():
        noun, _, field = name.partition("_")
        if noun in parts:
            parts[noun] = replace(parts[noun], **{field: value})
    burst = tuple(say(text) if isinstance(text, str) else text for text in texts)
    document = Influencer(influencer, agency, persona.slug, persona.name, new_id(), 1, persona.to_document())
    lease = Lease(agency, conversation, new_id(), 1, 0)
    return TurnInput(
        lease=lease,
        influencer=document,
        burst=burst,
        window=changes.get("window", ()),
        correlation_id="c-1",
        waiting_for_operator=changes.get("waiting_for_operator", False),
        **parts,
    )


def say(text: str, kind: str = "text", **meta: Any) -> Message:
    return Message(new_id(), new_id(), "in", "fan", kind, text, NOW, meta)


def reply(text: str, kind: str = "text") -> Message:
    return Message(new_id(), new_id(), "out", "agent", kind, text, NOW)


def texts_of(outcome: Outcome) -> list[str]:
    assert isinstance(outcome.verdict, Send | Hold), outcome.verdict
    return [part.text for part in outcome.verdict.parts if isinstance(part, TextPart)]


@pytest.fixture
def memory() -> FactList:
    return FactList()


@pytest.fixture
def finder() -> FactFinder:
    return FactFinder()


@pytest.fixture
def send_pack() -> SendPack:
    return SendPack()


@pytest.fixture
def make_thinker(memory: FactList, finder: FactFinder, send_pack: SendPack) -> Callable[..., AgentThinker]:
    def make(brain: ChatBrain | None = None, embedder: Any = None) -> AgentThinker:
        return AgentThinker(brain or NoModel(), memory, finder, [send_pack], embedder or LexicalEmbedder(), FrozenClock())

    return make


@pytest.fixture
def thinker(make_thinker: Callable[..., AgentThinker]) -> AgentThinker:
    return make_thinker()
