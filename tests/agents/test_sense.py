"""What replies are made of: the reader's words, brackets and figures, recipes near and denied, and texts made to be slow."""

from __future__ import annotations

import pytest

from agents.sense.reader import Vocabulary, expand, tokenize
from agents.sense.recipes import Theme, find_likely, list_kinds, load_themes, load_words, parse, read


def test_words_are_plain_and_contractions_spelled_out() -> None:
    assert tokenize("I'm NOT là, can't you?") == ["i", "am", "not", "la", "can", "not", "you", "?"]
    assert tokenize("qu'à l'été") == ["qu'", "a", "l'", "ete"]


def test_brackets_are_ways_and_nest() -> None:
    assert [" ".join(way.split()) for way in expand("(leave|leaves (all|)) me")] == ["leave me", "leaves all me", "leaves me"]


def test_a_vocabulary_finds_stems_figures_and_gaps() -> None:
    words = Vocabulary()
    words.add("few", "en", "only # (left|copies)")
    words.add("hurt", "en", "let _ down")
    words.add("buy", "any", "unlock*")
    hits = words.read("Only 3 copies, unlocking lets you. Let me down.").hits["en"]
    assert {kind: [hit.words for hit in found] for kind, found in hits.items()} == {
        "few": ["only 3 copies"],
        "buy": ["unlocking"],
        "hurt": ["let me down"],
    }


def test_every_class_of_a_recipe_is_told() -> None:
    known = list_kinds()
    for theme in load_themes():
        for recipe in (*theme.certain, *theme.likely):
            assert recipe.needs | set(recipe.unless) <= known, theme.name


def test_a_recipe_is_read() -> None:
    recipe = parse("me ~5 -hurt >14 left !fine")
    assert [(link.kind, link.plain, link.within, link.behind) for link in recipe.links] == [
        ("me", False, 0, False),
        ("hurt", True, 5, False),
        ("left", False, 14, True),
    ]
    assert recipe.unless == ("fine",)


@pytest.mark.parametrize("theme", load_themes(), ids=lambda theme: theme.name)
def test_every_theme_has_examples_and_advice(theme: Theme) -> None:
    assert theme.advice
    assert len(theme.good) >= 5
    assert len(theme.bad) >= 8


def test_what_is_denied_is_no_breach() -> None:
    assert [one.theme.name for one in find_likely("I get so lonely when you log off.")] == ["guilt"]
    assert find_likely("I don't get lonely when you log off.") == []


@pytest.mark.parametrize("text", ["i was sad ", "you left me ", "only 3 left ", "a kiss if you buy the pack, ", "qu'"])
def test_a_text_made_to_be_slow_is_read_once_and_in_time(text: str) -> None:
    load_words()
    read.cache_clear()
    find_likely(text * 1600)
    assert read.cache_info().misses == 1
