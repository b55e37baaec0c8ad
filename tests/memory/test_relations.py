"""Whom a question is about."""

from __future__ import annotations

import pytest

from memory.relations import find_asked, may_answer


@pytest.mark.parametrize(
    ("text", "subject"),
    {
        "what is my wife's name?": "partner",
        "what's my brother's name?": "brother",
        "whats my dogs name": "dog",
        "what was my dog’s name again?": "dog",
        "any idea how my pup is called?": "dog",
        "how old is my son?": "children",
        "who is my older sister?": "siblings",
        "my dog's name is on the tip of my tongue. what's the name of my dog?": "dog",
    }.items(),
)
def test_a_question_is_about_somebody(text: str, subject: str) -> None:
    assert subject in find_asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "what is my name?",
        "what is my name and my dog's name?",
        "my dog's sick. what do i do for a living?",
        "my dog is happy when i play guitar",
        "where did i go with my sister?",
        "when is my wedding?",
        "",
    ],
)
def test_a_question_is_about_the_fan_or_nobody(text: str) -> None:
    assert find_asked(text) == frozenset()


@pytest.mark.parametrize(
    ("kind", "subject", "may"),
    [
        ("family", "partner", True),
        ("family", "partner eva", True),
        ("family", "brother", False),
        ("pet", "dog", False),
        ("name", "fan", False),
        ("work", "job", False),
        ("plan", "wedding", True),
        ("biography", "fan", True),
    ],
)
def test_a_fact_of_another_does_not_answer(kind: str, subject: str, may: bool) -> None:
    assert may_answer(find_asked("what is my wife's name?"), kind, subject) is may
    assert may_answer(frozenset(), kind, subject)
