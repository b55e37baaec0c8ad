"""Nothing that somebody did not agree to: hidden cameras, force, people who cannot say no, clothes taken off a photo."""

from __future__ import annotations

from studio.prompt_rules.rule import Finding, Prompt, PromptRule, load_words, words

WORDS = load_words().consent

PATTERNS = words(*WORDS.never)
MAYBE = words(*WORDS.maybe)
SAYS = "it shows what nobody agreed to"


def judge(prompt: Prompt, _adult_ok: bool) -> Finding | None:
    """Refuse what somebody did not agree to; hold what may mean it."""
    if found := next(prompt.finds((PATTERNS,)), None):
        return Finding("refuse", f"{SAYS}: {found[1][0]!r}")
    maybe = next(prompt.finds((MAYBE,)), None)
    return Finding("hold", f"{SAYS}: {maybe[1][0]!r}") if maybe else None


RULE = PromptRule(
    name="consent",
    judge=judge,
    good=(
        "take off your coat, it is warm inside",
        "sleeping cat on your lap",
        "a surprise birthday party",
        "hair tied up with a ribbon",
        "candid street photo, laughing",
        "you, drunk on happiness at sunrise",
        "a spy movie poster look",
    ),
    bad=(
        "taken without her knowing",
        "hidden camera in the changing room",
        "undress this woman",
        "remove her clothes",
        "passed out at a party",
        "leaked photos look",
        "heimlich fotografiert im Bad",
        "sin su consentimiento",
        "à son insu",
        "a sua insaputa",
        "sem ela saber",
    ),
)
