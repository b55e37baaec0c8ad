"""The agent behind the port `Thinker`: one turn from the ledger in, verdict, effects and trace out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast
from uuid import UUID

from agents.brains import Brains
from agents.embeddings import OnceEmbedder
from agents.graph import compile_graph
from agents.models import ChatBrain
from agents.nodes.recall import look_up
from agents.policy.guard import loop
from agents.policy.regions import choose_pack
from agents.policy.rules import INBOUND
from agents.reflex.intents import IntentClassifier
from agents.sense.recipes import load_words
from agents.staging import Attempt
from agents.state import Services, Thinking, TurnState, remembered, spoken_words
from agents.tool import Tool
from agents.watch.watcher import Watcher
from core.clock import Clock
from core.errors import MuseError
from core.log import get_logger
from core.nouns import Influencer, TurnInput
from core.ports import Embedder, FactExtractor, Recall
from core.recall import Recalled
from core.turns import Outcome, RememberFact, Trace
from personas.schema import Persona

log = get_logger(__name__)

EXTRACTION_LIMIT_S = 10.0
"""How long a finished reply waits for the facts of the same turn, seconds."""

MOST_PERSONAS = 256


class AgentThinker:
    """Thinks turns; safe to use for many at once. `embedder` is wrapped, so that each text is embedded once.

    Without `loop_guard` it also talks to programs, as in a test suite. `learnt`: the folder in which what is learnt of the
    intents is kept for the next start. `adult_platforms` allow adult words.
    """

    def __init__(
        self,
        brains: ChatBrain | Brains,
        recall: Recall,
        extractor: FactExtractor,
        tools: Iterable[Tool],
        embedder: Embedder,
        clock: Clock,
        *,
        loop_guard: bool = True,
        learnt: Path | None = None,
        adult_platforms: frozenset[str] = frozenset(),
        safety_url: str = "",
    ) -> None:
        once = embedder if isinstance(embedder, OnceEmbedder) else OnceEmbedder(embedder)
        named = {tool.name: tool for tool in tools}
        inbound = tuple(rule for rule in INBOUND if loop_guard or rule is not loop.RULE)
        cast_of = brains if isinstance(brains, Brains) else Brains(brains)
        watcher = Watcher(once, learnt)
        self._services = Services(
            cast_of, recall, once, IntentClassifier(once, learnt), named, watcher, inbound, adult_platforms, safety_url
        )
        self._extractor = extractor
        self._clock = clock
        self._personas: dict[UUID, Persona] = {}

    async def warm(self) -> None:
        """Do ahead what the first turn would wait for. Raises `Unavailable` when the embedder is away."""
        compile_graph()
        await asyncio.to_thread(load_words)
        await self._services.classifier.warm()
        if self._services.watcher is not None:
            await self._services.watcher.warm()

    async def think(self, turn: TurnInput, refusals: Sequence[str] = ()) -> Outcome:
        """Return verdict, effects and trace; a cancelled attempt leaves nothing. Raises `BadInput` for a broken persona."""
        attempt = Attempt()
        started = time.perf_counter()
        persona, now = self._persona(turn.influencer), self._clock.now()
        extraction = asyncio.create_task(self._extract(turn))
        thinking = Thinking(self._services, turn, persona, attempt, now, tuple(refusals), extraction)
        ahead = asyncio.create_task(look_up(thinking))
        thinking = replace(thinking, ahead=ahead)
        try:
            state = cast(TurnState, await compile_graph().ainvoke({}, context=thinking))
            facts, note = await extraction
            thinking.timings["total"] = round((time.perf_counter() - started) * 1000, 3)
            return Outcome(state["verdict"], _trace(state, thinking, note), (*attempt.effects, *facts))
        finally:
            attempt.seal()
            extraction.cancel()
            ahead.cancel()

    def _persona(self, influencer: Influencer) -> Persona:
        known = self._personas.get(influencer.persona_version_id)
        if known is None:
            if len(self._personas) >= MOST_PERSONAS:
                self._personas.clear()
            known = self._personas[influencer.persona_version_id] = Persona.from_document(influencer.persona)
        return known

    async def _extract(self, turn: TurnInput) -> tuple[list[RememberFact], str | None]:
        said = spoken_words(turn)
        if not said or turn.fan.opted_out_at is not None or turn.fan.minor_signal_at is not None:
            return [], None
        try:
            async with asyncio.timeout(EXTRACTION_LIMIT_S):
                return await self._extractor.extract(said), None
        except (MuseError, TimeoutError) as error:
            log.warning("no facts kept of a turn", cause=type(error).__name__)
            return [], f"extraction failed: {type(error).__name__}"


def _trace(state: TurnState, thinking: Thinking, note: str | None) -> Trace:
    tokens, known = state.get("tokens", []), state.get("known", Recalled())
    return Trace(
        brain=state.get("brain", "policy"),
        recalled=remembered(state).facts,
        intents=tuple(dict.fromkeys(sight.intent for sight in state.get("sights", ()))),
        tool_calls=tuple(state.get("calls", [])),
        timings=dict(thinking.timings),
        notes=(*state.get("notes", []), *([note] if note else [])),
        prompt_tokens=sum(read for read, _ in tokens),
        reply_tokens=sum(written for _, written in tokens),
        episodes=known.episodes,
        profile=known.profile,
        marks=known.marks,
        rules=tuple(sorted(set(state.get("fired", [])))),
        pack=choose_pack(thinking.turn.regions, thinking.now.date()).code,
    )
