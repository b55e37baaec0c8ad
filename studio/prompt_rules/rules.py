"""The rules over prompts, in the order in which they are asked."""

from __future__ import annotations

from studio.prompt_rules import adult, age, consent, likeness
from studio.prompt_rules.rule import PromptRule

RULES: tuple[PromptRule, ...] = (age.RULE, consent.RULE, likeness.RULE, adult.RULE)
