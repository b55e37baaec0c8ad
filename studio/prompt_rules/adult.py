"""Adult pictures only where the place allows them."""

from __future__ import annotations

import re

from studio.prompt_rules.rule import Finding, Prompt, PromptRule, load_words, words

WORDS = load_words().adult

PATTERNS = words(*WORDS.adult)
NOT_SO = re.compile(
    r"(?:\bno|\bnot|\bnothing|\bnever|\bwithout|\bnon|\bkeine?|\bnicht|\bnada|\bsin|\bsans|\brien|\bsenza|\bniente|\bsem)[\s-]+(?:any\s|too\s|de\s|di\s|so\s)*$"
)


def judge(prompt: Prompt, adult_ok: bool) -> Finding | None:
    """Refuse what is adult where that is not allowed; what denies it is left alone."""
    if adult_ok:
        return None
    for reading, match in prompt.finds((PATTERNS,)):
        if not NOT_SO.search(reading[: match.start()]):
            return Finding("refuse", f"it is adult, and the place does not allow that: {match[0]!r}")
    return None


RULE = PromptRule(
    name="adult",
    judge=judge,
    good=(
        "in a red evening dress on a balcony",
        "bikini at the pool, tasteful",
        "nude lipstick and a silk scarf",
        "visible to the naked eye, starry sky",
        "nothing explicit please, just a smile",
        "an explicit content warning on an old record",
        "pieds nus dans le sable",
        "ein nettes Foto am See",
    ),
    bad=(
        "naked on a bed",
        "topless at the beach",
        "n u d e portrait",
        "n4ked",
        "wearing nothing",
        "oben ohne am Strand",
        "desnuda en la cama",
        "toute nue",
        "senza vestiti",
        "sem roupa na praia",
    ),
)
