"""Facts and the fan's own words, turned to "you"."""

import pytest

from agents.reflex.phrases import fill, from_fact, join, to_you


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ("The fan has a dog called Rex.", "your dog is called Rex"),
        ("The fan has 2 dogs called Rex and Max.", "you have 2 dogs called Rex and Max"),
        ("The fan's name is Tom.", "your name is Tom"),
        ("The fan’s preferred name is Ben.", "your preferred name is Ben"),
        ("The fan lives in Berlin.", "you live in Berlin"),
        ("The fan is 34 years old.", "you are 34 years old"),
        ("The fan works as a nurse and loves their job.", "you work as a nurse and love your job"),
        ("The fan studies biology.", "you study biology"),
        ("The fan also teaches yoga.", "you also teach yoga"),
        ("The fan doesn't like olives.", "you don't like olives"),
        ("The fan would like to see Iceland.", "you would like to see Iceland"),
        ("The fan was born in May.", "you were born in May"),
        ("Rex is the fan's dog.", "Rex is your dog"),
    ],
)
def test_facts_are_told_to_the_fan(fact: str, told: str) -> None:
    assert from_fact(fact) == told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("I have a dog called Rex!", "you have a dog called Rex"),
        ("btw, my name is Tom", "your name is Tom"),
        ("I'm a nurse and I love my job", "you're a nurse and you love your job"),
        ("Call me Ben.", "you go by Ben"),
        ("well, I was born in May", "you were born in May"),
        ("tengo un perro", None),
        ("do I have a dog?", None),
        ("I " + "very " * 60 + "like it", None),
    ],
)
def test_the_fans_own_words_are_turned_around(words: str, told: str | None) -> None:
    assert to_you(words) == told


def test_lines_are_filled_as_sentences() -> None:
    assert fill("So {fact}. Nice.", fact="you have a dog") == "So you have a dog. Nice."
    assert fill("{fact}, hm?", fact="you have a dog") == "You have a dog, hm?"
    assert fill("Easy one. {fact}. Next.", fact="you live in Rome") == "Easy one. You live in Rome. Next."
    assert fill("Here: “{title}”.", title="The sea") == "Here: “The sea”."
    assert join(["a", "b", "c"]) == "a, b and c"
    assert join(["a"]) == "a"
