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


def test_no_two_personas_share_a_line() -> None:
    holes = {"{fact}", "{fact} ¿Y tú?", "{fact} Et toi ?", "{fact} And you?"}
    owners: dict[str, str] = {}
    for persona in map(load_from_library, NAMES):
        for line in {line for lines in persona.lines.values() for line in lines} - holes:
            assert owners.setdefault(line, persona.slug) == persona.slug, line


def test_they_differ_in_voice_language_and_trade() -> None:
    personas = [load_from_library(name) for name in NAMES]
    assert len(personas) >= 4
    assert len({persona.languages[0] for persona in personas}) >= 3
    assert len({persona.voice.typical_chars for persona in personas}) == len(personas)
    trades = [fixed.values[0] for one in personas for fact in one.biography for fixed in fact.fixed if fixed.what == "trade"]
    assert len(set(trades)) == len(personas)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_fixed_is_told_in_every_language_of_the_biography(name: str) -> None:
    for fact in load_from_library(name).biography:
        for text in fact.text_in.values():
            for fixed in fact.fixed:
                assert any(value.lower() in text.lower() for value in fixed.values), text


def test_is_clearly_adult(persona: Persona) -> None:
    assert persona.age is not None
    assert persona.age >= 25


@pytest.mark.parametrize("intent", FREQUENT)
def test_frequent_intents_have_variety(persona: Persona, intent: str) -> None:
    lines = persona.lines[intent]
    assert len(lines) >= 8
    assert len(set(lines)) == len(lines)


def test_lines_use_only_known_holes(persona: Persona) -> None:
    allowed = {name: {"fact"} for name in ("tell_fact", "ask_recalled_fact", "question_about_me")}
    allowed |= {"offer": {"title"}, "promo": {"title"}, "custom_vault": {"title"}, "lies_reduced": {"title"}}
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
    for lines in (persona.lines, *persona.lines_in.values()):
        assert all(re.search(r"can't|not what|no puedo|ne peux", line, re.IGNORECASE) for line in lines["media"])


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
