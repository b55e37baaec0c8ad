"""How well intents are read, on messages that no example file knows; with the bundled weights and without any."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from agents.embeddings import LexicalEmbedder, OnceEmbedder
from agents.models import NoModel
from agents.reflex.biography import find_own_fact
from agents.reflex.intents import IntentClassifier, load_cues, split_sentences
from agents.reflex.learning import load_examples
from agents.thinker import AgentThinker
from core.ports import Embedder
from memory.embedder import open_embedder
from personas.loader import load_from_library
from personas.schema import INTENTS
from tests.agents.conftest import FactFinder, FactList, FrozenClock, SendPack, make_turn, say, texts_of

HELD_OUT, TUNED = (
    tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8")) for name in ("held_out.toml", "tuned.toml")
)
LUNA = load_from_library("luna")


@pytest.fixture(scope="module")
async def minilm() -> AsyncIterator[Embedder]:
    embedder = open_embedder("bundled")
    yield OnceEmbedder(embedder)
    await embedder.close()


async def wrong_ones(classifier: IntentClassifier, labelled: dict[str, list[str]]) -> tuple[float, list[str]]:
    wrong, count = [], 0
    for intent, texts in labelled.items():
        for text in texts:
            count += 1
            sights, _ = await classifier.classify([say(text)])
            if intent not in {sight.intent for sight in sights}:
                wrong.append(f"{text!r}: {intent}, read as {[(s.intent, round(s.score, 2)) for s in sights]}")
    return 1 - len(wrong) / count, wrong


def test_examples_cover_every_intent_and_keep_the_held_out_apart() -> None:
    examples = load_examples()
    assert set(examples.intents) == INTENTS
    assert load_cues().keys() <= INTENTS
    asked = {text.lower() for labelled in (HELD_OUT, TUNED) for texts in labelled.values() for text in texts}
    assert not {text.lower() for text in examples.texts} & asked
    assert min(examples.intents.count(intent) for intent in INTENTS) >= 7


@pytest.mark.parametrize(("name", "floor"), [("held out", 0.80), ("tuned", 0.93)])
async def test_accuracy_with_the_bundled_model(minilm: Embedder, name: str, floor: float) -> None:
    accuracy, wrong = await wrong_ones(IntentClassifier(minilm), HELD_OUT if name == "held out" else TUNED)
    print(f"intent accuracy with MiniLM, {name}: {accuracy:.3f}", *wrong, sep="\n  ")
    assert accuracy >= floor


@pytest.mark.parametrize(("name", "floor"), [("held out", 0.60), ("tuned", 0.80)])
async def test_accuracy_without_a_model(name: str, floor: float) -> None:
    accuracy, wrong = await wrong_ones(IntentClassifier(LexicalEmbedder()), HELD_OUT if name == "held out" else TUNED)
    print(f"intent accuracy by wording alone, {name}: {accuracy:.3f}", *wrong, sep="\n  ")
    assert accuracy >= floor


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("hi Luna, how are you?", ["hi Luna", "how are you?"]),
        ("I have a dog. Can I see a pic?", ["I have a dog.", "Can I see a pic?"]),
        ("hello", ["hello"]),
        ("one\ntwo\n\nthree", ["one", "two", "three"]),
        ("🌙", ["🌙"]),
        ("  ", []),
    ],
)
def test_messages_are_cut_into_sentences(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


def test_a_huge_text_stays_small() -> None:
    assert len(split_sentences("a. " * 50_000)) == 10
    assert len(split_sentences("x" * 100_000)[0]) == 400


async def test_texts_are_embedded_once() -> None:
    class Counting(LexicalEmbedder):
        texts: list[str]

        async def embed(self, texts: Sequence[str]) -> list[list[float]]:
            self.texts.extend(texts)
            return await super().embed(texts)

    inner = Counting()
    inner.texts = []
    once = OnceEmbedder(inner, size=600)
    thinker = AgentThinker(NoModel(), FactList(), FactFinder(), [SendPack()], once, FrozenClock())
    for _ in range(2):
        await thinker.think(make_turn("what was my dog's name?"))
    assert inner.texts.count("what was my dog's name?") == 1
    assert len(inner.texts) == len(set(inner.texts))
    first, again = await once.embed(["same", "same"])
    assert first == again


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what was my dog's name?", "our dog is called Rex"),
        ("what's the name of my pet?", "our dog is called Rex"),
        ("where am I living?", "ou live in Berlin"),
        ("what do I do for a living?", "ou work as a nurse"),
        ("do you remember what I'm called?", "our name is Tom"),
    ],
)
async def test_facts_are_found_by_meaning(minilm: Embedder, question: str, answer: str) -> None:
    memory = FactList()
    memory.learn("The fan works as a nurse.", "The fan lives in Berlin.")
    memory.learn("The fan has a dog called Rex.", "The fan's name is Tom.")
    thinker = AgentThinker(NoModel(), memory, FactFinder(), [SendPack()], minilm, FrozenClock())
    assert answer in texts_of(await thinker.think(make_turn(question)))[0]


@pytest.mark.parametrize("question", ["what's my sister's name?", "when is my birthday?", "which car do I drive?"])
async def test_unknown_facts_stay_unknown(minilm: Embedder, question: str) -> None:
    memory = FactList()
    memory.learn("The fan works as a nurse.", "The fan lives in Berlin.", "The fan has a dog called Rex.")
    thinker = AgentThinker(NoModel(), memory, FactFinder(), [SendPack()], minilm, FrozenClock())
    assert texts_of(await thinker.think(make_turn(question)))[0] in LUNA.lines["unknown_fact"]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("what do you do?", "ceramic"),
        ("do you like dogs?", "Kepler"),
        ("where are you from?", "Granada"),
        ("where do you live?", "Lisbon"),
        ("who are you?", "AI character"),
        ("what music do you like?", "Fado"),
    ],
)
async def test_the_persona_tells_of_itself(minilm: Embedder, question: str, word: str) -> None:
    for embedder in (minilm, LexicalEmbedder()):
        fact = await find_own_fact(question, LUNA, embedder)
        assert fact is not None
        assert word in fact.text


async def test_what_the_biography_does_not_tell_is_not_made_up(minilm: Embedder) -> None:
    thinker = AgentThinker(NoModel(), FactList(), FactFinder(), [SendPack()], minilm, FrozenClock())
    said = texts_of(await thinker.think(make_turn("what's your favourite colour?")))
    assert said[0] in LUNA.lines["unknown_self"]


@pytest.mark.parametrize("text", ["I feel so alone tonight", "my dog died yesterday", "I'm heartbroken"])
async def test_who_sounds_low_gets_comfort_and_no_joke(minilm: Embedder, text: str) -> None:
    thinker = AgentThinker(NoModel(), FactList(), FactFinder(), [SendPack()], minilm, FrozenClock())
    assert texts_of(await thinker.think(make_turn(text)))[0] in LUNA.lines["comfort"]
