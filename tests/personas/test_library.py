"""Every persona that is shipped is complete, adult, and sounds like itself."""

import re

import pytest

from personas.loader import LIBRARY, list_personas, load_from_library
from personas.packs import load_packs
from personas.schema import Persona

NAMES = list_personas()
FREQUENT = ["greeting", "how_are_you", "small_talk", "compliment", "thanks", "goodbye", "tell_fact", "other"]


@pytest.fixture(params=NAMES)
def persona(request: pytest.FixtureRequest) -> Persona:
    return load_from_library(request.param)


def test_there_are_two_different_personas() -> None:
    luna, matteo = load_from_library("luna"), load_from_library("matteo")
    mine, his = ({line for lines in one.lines.values() for line in lines} - {"{fact}"} for one in (luna, matteo))
    assert not mine & his
    assert luna.voice.typical_chars > matteo.voice.typical_chars * 1.5
    assert luna.checksum != matteo.checksum


def test_is_clearly_adult(persona: Persona) -> None:
    assert persona.age is not None
    assert persona.age >= 25


@pytest.mark.parametrize("intent", FREQUENT)
def test_frequent_intents_have_variety(persona: Persona, intent: str) -> None:
    lines = persona.lines[intent]
    assert len(lines) >= 8
    assert len(set(lines)) == len(lines)


def test_lines_use_only_known_holes(persona: Persona) -> None:
    allowed = {"tell_fact": {"fact"}, "ask_recalled_fact": {"fact"}, "question_about_me": {"fact"}, "offer": {"title"}}
    for intent, lines in persona.lines.items():
        for line in lines:
            assert set(re.findall(r"\{(\w*)\}", line)) <= allowed.get(intent, set()), line
    for intent in ("ask_recalled_fact", "question_about_me", "offer"):
        assert all("{" in line for line in persona.lines[intent])


def test_never_sounds_like_a_help_desk(persona: Persona) -> None:
    desk = re.compile(
        r"how can i (help|assist)|i apologi[sz]e|valued|as an ai|feel free to|is there anything else|happy to help", re.I
    )
    assert [line for lines in persona.lines.values() for line in lines if desk.search(line)] == []


def test_media_lines_say_that_nobody_looked(persona: Persona) -> None:
    assert all(re.search(r"can't|not what", line) for line in persona.lines["media"])


def test_packs_have_prices_for_every_platform(persona: Persona) -> None:
    packs = load_packs(LIBRARY / persona.slug)
    assert 2 <= len(packs) <= 4
    assert len({pack.slug for pack in packs}) == len(packs)
    for pack in packs:
        units = {name: price.unit for name, price in pack.prices.items()}
        assert units == {"webchat": "USD", "http": "USD", "telegram": "XTR"}
        assert all(price.amount > 0 for price in pack.prices.values())
        assert len(pack.scenes) <= pack.pictures


def test_every_file_of_the_format_is_used(persona: Persona) -> None:
    assert persona.dialogues
    assert persona.lorebook is not None
    assert persona.lorebook.entries
    assert persona.look.appearance
    assert persona.look.avoid
    assert persona.boundaries.forbidden
    assert persona.boundaries.limits
    assert persona.boundaries.likes
    assert {what.what for fact in persona.biography for what in fact.fixed} >= {"name", "age", "home", "trade"}


def test_fixed_facts_are_told_by_the_biography_itself(persona: Persona) -> None:
    for fact in persona.biography:
        for fixed in fact.fixed:
            assert any(value.lower() in fact.text.lower() for value in fixed.values), fact.text


def test_the_day_has_no_gap(persona: Persona) -> None:
    ends = {hours.ends for hours in persona.rhythm}
    assert {hours.begins for hours in persona.rhythm} == ends
