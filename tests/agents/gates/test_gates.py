"""One contract over all persona gates: their own good examples pass, their bad ones do not, and every gate is listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import agents.gates
from agents.gates.gate import Draft, Example, Gate
from agents.gates.gates import GATES, HARD, find_breaches, weigh_breaches
from agents.policy.rule import Reply
from agents.policy.rules import REPLY
from agents.policy.wording import FOLDER, load_wording
from personas.loader import list_personas, load_from_library
from personas.schema import Persona
from personas.traits import Boundaries, Voice
from tests.agents.gates.mara import sample_persona

MARA = sample_persona()
LIBRARY = [load_from_library(slug) for slug in list_personas()]


def draft(example: Example) -> Draft:
    return Draft(example.text, MARA, example.said, example.heard)


def cases(kind: str) -> list[object]:
    return [
        pytest.param(gate, example, id=f"{gate.name}-{number}")
        for gate in GATES
        for number, example in enumerate(getattr(gate, kind))
    ]


@pytest.mark.parametrize(("gate", "example"), cases("good"))
def test_good_replies_pass(gate: Gate, example: Example) -> None:
    assert gate.judge(draft(example)) is None


@pytest.mark.parametrize(("gate", "example"), cases("bad"))
def test_bad_replies_are_found(gate: Gate, example: Example) -> None:
    breach = gate.judge(draft(example))
    assert breach is not None
    assert (breach.gate, breach.hard) == (gate.name, gate.hard)
    assert breach.cause
    assert breach.advice


def test_every_gate_is_listed_and_named_after_its_file() -> None:
    files = {path.stem for path in Path(agents.gates.__path__[0]).glob("*.py")}
    assert files - {"__init__", "gate", "gates", "sample"} == {gate.name for gate in GATES}


def own_lines(persona: Persona) -> list[str]:
    lines = [line for lines in persona.lines.values() for line in lines]
    lines += [line for table in persona.lines_in.values() for lines in table.values() for line in lines]
    said = [line.text for dialogue in persona.dialogues for line in dialogue.lines if line.who == "persona"]
    return [*lines, *said, *(fact.text for fact in persona.biography), persona.greeting, persona.waiting]


@pytest.mark.parametrize("persona", LIBRARY, ids=lambda persona: persona.slug)
def test_no_line_that_is_shipped_is_taken_for_a_breach(persona: Persona) -> None:
    found = {line: breaches for line in own_lines(persona) if (breaches := find_breaches(Draft(line, persona)))}
    assert not found


@pytest.mark.parametrize("persona", LIBRARY, ids=lambda persona: persona.slug)
def test_the_houses_own_texts_would_pass_what_is_hard(persona: Persona) -> None:
    for path in FOLDER.glob("*.toml"):
        for text in load_wording(path.stem).values():
            for words in [text] if isinstance(text, str) else text:
                assert not find_breaches(Draft(words.replace("{name}", persona.name), persona), hard_only=True)


def test_honest_words_about_being_an_ai_pass_everywhere() -> None:
    for words in (
        "I'm an AI, and I'd never pretend otherwise.",
        "Yes, I'm an AI character. Not a human.",
        "Ich bin eine KI, kein Mensch.",
        "Soy una IA, no una persona.",
        "Je suis une IA, pas une humaine.",
        "Sono un'IA, non una persona.",
        "Sou uma IA, não uma pessoa.",
    ):
        assert not find_breaches(Draft(words, MARA))
        assert [rule.judge(Reply(words)) for rule in REPLY] == [None] * len(REPLY)


@given(st.text(max_size=300), st.lists(st.text(max_size=60), max_size=4))
def test_no_text_breaks_a_gate(text: str, said: list[str]) -> None:
    for gate in GATES:
        breach = gate.judge(Draft(text, MARA, tuple(said), tuple(said)))
        assert breach is None or breach.gate == gate.name


def test_long_and_hostile_texts_are_judged_in_linear_time() -> None:
    for text in ("i live in " * 400, "m.y." * 1000, "I'm " + "A" * 5000, "“" * 5000, "my cat is called " * 300, ", " * 4000):
        find_breaches(Draft(text, MARA, (text,) * 12, (text,)))
    assert find_breaches(Draft("I live in Rome. " * 300, MARA))[0].hard


def test_a_hard_breach_outweighs_any_style() -> None:
    hard = find_breaches(Draft("I live in Rome.", MARA))
    style = find_breaches(Draft("How can I assist you today? " * 60 + "🔥🔥🔥🔥", MARA))
    assert [breach.hard for breach in hard] == [True]
    assert len(style) >= 3
    assert weigh_breaches(hard) >= HARD > weigh_breaches(style) > 0 == weigh_breaches(())


def test_a_persona_without_emoji_gets_none_and_one_without_bounds_is_let_be() -> None:
    bare = replace(MARA, voice=Voice(rules=("Plain.",)), boundaries=Boundaries())
    assert find_breaches(Draft("Good page 📚", bare))[0].gate == "emoji"
    assert not find_breaches(Draft("My precious!", bare))
