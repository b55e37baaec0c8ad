"""The product's own way: a talk becomes rows of the ledger, is read by the writers of facts and episodes, and is recalled."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from core.ids import new_id
from core.nouns import Account, Conversation, Message
from core.ports import Embedder, FactExtractor, Recall
from core.recall import Asked, Recalled
from evals.memory.corpus import Talk
from memory.episodes import remember_said
from memory.facts import apply_remember_fact
from memory.index_exact import ExactIndex
from memory.indexing import index_facts
from memory.recall import estimate_tokens
from storage.accounts import put_account, put_influencer
from storage.benches import add_lines, add_talk, list_fact_sources
from storage.effects import EffectContext
from storage.house import House

MOST = 25
ANY_TOKENS = 10**9
PLATFORM = "webchat"
FUSED = 60
"""The usual constant of reciprocal rank fusion, by which facts and episodes are laid into one ranking of messages."""


class Told(Struct, frozen=True):
    """A talk in the house: whose it is, its message ids as the file names them, and which messages a fact was taken from."""

    account: Account
    conversation: Conversation
    names: dict[UUID, str]
    sources: dict[UUID, tuple[str, ...]]


class Heard(Struct, frozen=True):
    """What recall gave for one question: the ranking of messages, milliseconds, tokens of what was returned."""

    ranking: tuple[str, ...]
    ms: float
    tokens: int
    marks: tuple[str, ...]


async def tell(house: House, embedder: Embedder, extractor: FactExtractor, agency_id: UUID, talk: Talk) -> Told:
    """Write a talk as rows and let memory read it. Raises `Unavailable`."""
    ids = [new_id() for _ in talk.lines]
    async with house.app.unit(agency_id) as unit:
        influencer = await put_influencer(unit, f"bench-{ids[0].hex}", talk.influencer, {"name": talk.influencer}, "bench")
        account = Account(new_id(), agency_id, influencer.id, PLATFORM, f"bench-{ids[0].hex}", "page", True, "auto")
        await put_account(unit, house.seal, account)
        conversation = await add_talk(unit, account.id, talk.name, talk.fan, None)
        lines = [(id_, line.author, line.text, line.at) for id_, line in zip(ids, talk.lines, strict=True)]
        await add_lines(unit, conversation.id, lines)
    for id_, line in zip(ids, talk.lines, strict=True):
        if line.author == "fan":
            await _learn(
                house, extractor, account, conversation, Message(id_, conversation.id, "in", "fan", "text", line.text, line.at)
            )
    await index_facts(house, embedder, ExactIndex(house.app, agency_id, embedder.name), agency_id)
    await remember_said(house, embedder, agency_id, rest_s=0.0)
    names = {id_: line.id for id_, line in zip(ids, talk.lines, strict=True)}
    return Told(account, conversation, names, await _sources(house, conversation, names))


async def ask(recall: Recall, told: Told, talk: Talk, question: str) -> Heard:
    """Ask one question a day after the talk."""
    began = time.perf_counter()
    recalled = await recall(
        Asked(
            agency_id=told.account.agency_id,
            influencer_id=told.account.influencer_id,
            fan_ids=(told.conversation.fan_id,),
            texts=(question,),
            now=talk.lines[-1].at + timedelta(days=1),
            conversation_id=told.conversation.id,
            fan_name=talk.fan,
            influencer_name=talk.influencer,
            tokens=ANY_TOKENS,
            most_episodes=MOST,
        )
    )
    ms = (time.perf_counter() - began) * 1000
    returned = [*(fact.text for fact in recalled.facts), *(episode.text for episode in recalled.episodes[:10])]
    return Heard(rank_messages(recalled, told), ms, sum(map(estimate_tokens, returned)), recalled.marks)


def rank_messages(recalled: Recalled, told: Told) -> tuple[str, ...]:
    """Lay what was recalled into one ranking of messages, each once; an item that stands for several counts as all of them."""
    said = [told.names[episode.message_id] for episode in recalled.episodes if episode.message_id in told.names]
    known = list(dict.fromkeys(id_ for fact in recalled.facts for id_ in told.sources.get(fact.fact_id, ())))
    scores: dict[str, float] = {}
    for ranking in (said, known):
        for place, id_ in enumerate(ranking):
            scores[id_] = scores.get(id_, 0.0) + 1 / (FUSED + place + 1)
    return tuple(sorted(scores, key=lambda id_: -scores[id_])[:MOST])


async def _learn(
    house: House, extractor: FactExtractor, account: Account, conversation: Conversation, message: Message
) -> None:
    facts = await extractor.extract([message])
    if facts:
        async with house.app.unit(account.agency_id) as unit:
            for fact in facts:
                await apply_remember_fact(unit, EffectContext(account, conversation, new_id()), fact)


async def _sources(house: House, conversation: Conversation, names: dict[UUID, str]) -> dict[UUID, tuple[str, ...]]:
    async with house.app.unit(conversation.agency_id) as unit:
        found = await list_fact_sources(unit, conversation.fan_id)
    return {fact.id: tuple(names[source] for source in fact.messages if source in names) for fact in found}
