"""One text put before the rules as in a turn: sentences, intents and signs by the shared vectors, then every rule's ruling."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from agents.asked import read_in_context
from agents.embeddings import OnceEmbedder
from agents.more import without_asks
from agents.policy.rule import Case, Ruling
from agents.policy.rules import INBOUND
from agents.reflex.intents import IntentClassifier, Sight, split_sentences
from agents.watch.watcher import Sign, Watcher
from core.ids import new_id
from core.nouns import Account, Conversation, Fan, Influencer, Lease, Message, TurnInput
from core.ports import Embedder
from personas.schema import Persona

NOW = datetime(2026, 9, 1, 20, 0, tzinfo=UTC)


class Trial(Struct, frozen=True):
    """What is tried: the fan's text, what went before, and where."""

    text: str
    earlier: tuple[str, ...] = ()
    before: str = ""
    platform: str = "webchat"
    regions: tuple[str, ...] = ()
    disclosed: bool = True
    now: datetime = NOW


class Judged(Struct, frozen=True):
    """The rulings on one text by rule, in the rules' order, with what they were given; `ms`: CPU of signs and rules.

    `blocked`: the talk is ended or held for a person.
    """

    case: Case
    rulings: tuple[tuple[str, Ruling], ...]
    sights: tuple[Sight, ...]
    signs: tuple[Sign, ...]
    ms: float

    @property
    def blocked(self) -> tuple[str, ...]:
        """Return the rules that end or hold the talk."""
        return tuple(name for name, ruling in self.rulings if ruling.hold or ruling.ends or ruling.refuse)

    @property
    def fired(self) -> tuple[str, ...]:
        """Return all rules that found something."""
        return tuple(name for name, _ in self.rulings)


class Court:
    """Judges texts one by one, as a worker's turn does, without a model and without a database."""

    def __init__(self, embedder: Embedder, persona: Persona) -> None:
        self._embedder = embedder if isinstance(embedder, OnceEmbedder) else OnceEmbedder(embedder)
        self._classifier = IntentClassifier(self._embedder)
        self._watcher = Watcher(self._embedder)
        self._persona = persona

    async def judge(self, trial: Trial) -> Judged:
        """Return the rulings. A rule that raises is this program's fault and is not hidden here."""
        turn = make_turn(trial, self._persona)
        said = [message for message in turn.burst if message.text.strip()]
        sights, _ = await self._classifier.classify(said)
        started = time.thread_time()
        sights = read_in_context(sights, turn)
        signs = without_asks(await self._watcher.look(said, sights))
        case = Case(turn, self._persona, sights, signs, trial.now)
        rulings = tuple((rule.name, ruling) for rule in INBOUND if (ruling := rule.judge(case)))
        return Judged(case, rulings, sights, signs, (time.thread_time() - started) * 1000)

    async def prepare(self, texts: Sequence[str]) -> None:
        """Embed texts in batches ahead, so that many are judged in reasonable time."""
        pieces = dict.fromkeys(piece for text in texts for piece in (*split_sentences(text), text))
        await self._embedder.embed(sorted(pieces, key=len))


def make_turn(trial: Trial, persona: Persona) -> TurnInput:
    """Make the turn that a trial is about."""
    agency, account, fan, talk = new_id(), new_id(), new_id(), new_id()
    window = [_say(text, "fan", trial.now - timedelta(minutes=5)) for text in trial.earlier]
    if trial.before:
        window.append(_say(trial.before, "agent", trial.now - timedelta(minutes=1)))
    kind = "command" if trial.text.startswith("/") else "text"
    return TurnInput(
        lease=Lease(agency, talk, new_id(), 1, 0),
        account=Account(account, agency, account, trial.platform, persona.slug, "page", True, "auto"),
        influencer=Influencer(account, agency, persona.slug, persona.name, new_id(), 1, {}),
        fan=Fan(fan, new_id(), "1", None, None, True, trial.now, None),
        conversation=Conversation(
            talk, agency, account, account, fan, "1", "agent", None, 1, trial.now if trial.disclosed else None, None
        ),
        burst=(_say(trial.text, "fan", trial.now, kind),),
        window=tuple(window),
        correlation_id="policy",
        regions=trial.regions,
    )


def _say(text: str, author: str, at: datetime, kind: str = "text") -> Message:
    return Message(new_id(), new_id(), "in" if author == "fan" else "out", author, kind, text, at)
