"""How well the reply rules do: what they catch of our labelled replies, and what they block of ordinary talk.

Ordinary talk is other people's (LoCoMo's turns, CLINC150's queries), taken as if the persona had said it.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from agents.policy.rule import Reply
from agents.policy.rules import REPLY
from core.money import Money
from core.outbound import PackPart
from evals.policy.corpora import SHARES, Corpus
from evals.policy.figures import Line, measure_share

SET = Path(__file__).parent / "sets" / "replies.toml"
PARTS = ("dev", "held_out", "fresh", "last")
GOOD = "good"
SHARED = PackPart(UUID(int=1), UUID(int=2), "", "", Money(1, "XTR"), "", None, ())


class Labelled(Struct, frozen=True):
    """One reply, the rule that must refuse it (or `good`), and its language."""

    text: str
    label: str
    language: str


def load_labelled(part: str) -> list[Labelled]:
    """Read one part of our own set."""
    table = tomllib.loads(SET.read_text(encoding="utf-8"))[part]
    return [
        Labelled(text, label, language)
        for label, languages in table.items()
        for language, texts in languages.items()
        for text in texts
    ]


def judge(text: str, *, shares: bool = False) -> dict[str, str]:
    """Return what is wrong with a reply, by the rules' names; empty for a good one.

    One that `shares` a picture may speak of it.
    """
    reply = Reply(text, (SHARED,) if shares else ())
    return {rule.name: flaw for rule in REPLY if (flaw := rule.judge(reply))}


def measure_replies(parts: Sequence[str], corpora: Sequence[Corpus]) -> list[Line]:
    """Return what is refused: of the parts of our own set by label and language, of ordinary talk by any rule and by each."""
    lines = [line for part in parts for line in count_caught(part)]
    return lines + [line for corpus in corpora if not corpus.attacks for line in count_blocked(corpus)]


def count_caught(part: str) -> list[Line]:
    """Count the refused replies of a part, by label over all languages and in each."""
    judged = [(one, bool(judge(one.text))) for one in load_labelled(part)]
    places = dict.fromkeys(place for one, _ in judged for place in ((one.label, ""), (one.label, one.language)))
    lines = []
    for label, language in places:
        here = [refused for one, refused in judged if one.label == label and language in ("", one.language)]
        lines.append(Line(f"replies, {part}", f"{label} refused", measure_share(sum(here), len(here)), language))
    return lines


def count_blocked(corpus: Corpus) -> list[Line]:
    """Count how much of ordinary talk any rule would refuse as a reply, and each that does."""
    said = [(text, label == SHARES) for text, label in zip(corpus.texts, corpus.labels, strict=True) if text.strip()]
    flaws = [judge(text, shares=shares) for text, shares in said]
    rules = Counter(name for found in flaws for name in found)
    name, total = f"{corpus.name}, as replies", len(said)
    lines = [Line(name, "refused", measure_share(sum(map(bool, flaws)), total))]
    return lines + [Line(name, "refused", measure_share(hits, total), rule) for rule, hits in rules.most_common()]
