"""One contract over the rules: what each must let pass passes all of them, what each must find is found by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

import studio.prompt_rules
from studio.prompt_rules.rule import PromptRule, read_prompt
from studio.prompt_rules.rules import RULES


def cases(kind: str) -> list[object]:
    return [pytest.param(rule, text, id=f"{rule.name}: {text}") for rule in RULES for text in getattr(rule, kind)]


@pytest.mark.parametrize(("rule", "text"), cases("good"))
def test_what_must_pass_passes_every_rule(rule: PromptRule, text: str) -> None:
    found = {one.name: one.judge(read_prompt(text), False) for one in RULES}
    assert found == dict.fromkeys(found), rule.name


@pytest.mark.parametrize(("rule", "text"), cases("bad"))
def test_what_must_be_found_is_found(rule: PromptRule, text: str) -> None:
    found = rule.judge(read_prompt(text), False)
    assert found is not None
    assert found.says


@pytest.mark.parametrize(("rule", "text"), cases("bad"))
def test_capitals_accents_and_invisible_signs_hide_nothing(rule: PromptRule, text: str) -> None:
    if rule.name == "likeness":  # its names stand by their capitals
        text = text.replace(" ", "\u200b ")
    else:
        text = text.upper().replace("A", "А").replace(" ", " \u200d\u00a0")
    assert rule.judge(read_prompt(text), False) is not None


def test_every_rule_is_listed() -> None:
    folder = Path(studio.prompt_rules.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "rule", "rules"}
    assert files == {rule.name for rule in RULES}


def test_what_is_adult_depends_on_the_place_and_an_age_never_does() -> None:
    by_name = {rule.name: rule for rule in RULES}
    assert by_name["adult"].judge(read_prompt("topless at the beach"), True) is None
    for name in ("age", "consent", "likeness"):
        for text in by_name[name].bad:
            assert by_name[name].judge(read_prompt(text), True) is not None
