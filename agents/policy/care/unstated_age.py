"""An influencer whose age nobody has stated says nothing: who speaks here is an adult, and somebody stands for it."""

from __future__ import annotations

from agents.policy.rule import Case, Example, InboundRule, Ruling, examples


def judge(case: Case) -> Ruling | None:
    """Hold everything until an operator states the age; the house's own help in a crisis comes before."""
    if case.persona.speaks:
        return None
    slug = case.persona.slug
    return Ruling(
        hold=f"Nobody has stated {case.persona.name}'s age, so that nothing is said; type: muse persona age {slug} YEARS",
        no_sale=True,
    )


RULE = InboundRule(
    name="unstated_age",
    judge=judge,
    good=examples("hi", "how old are you?", "show me a picture"),
    bad=tuple(Example(text, persona_age=False) for text in ("hi", "how old are you?", "show me a picture", "I'm 34")),
)
