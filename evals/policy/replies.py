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
from agents.sense.recipes import find_likely
from core.money import Money
from core.outbound import PackPart
from evals.policy.corpora import SHARES, Corpus
from evals.policy.figures import Line, measure_share

SET = Path(__file__).parent / "sets" / "replies.toml"
GOOD = "good"
UNTOLD = "untold"
"""Good replies but for a price or an end that no tool told in the turn: they are refused rightly."""

REFUSED, ANEW, NEITHER = "refused", "written anew", "neither"
"""What becomes of a reply: a rule refuses it, the gate `honest` sends it back, or it leaves as it is."""

SHARED = PackPart(UUID(int=1), UUID(int=2), "", "", Money(1, "XTR"), "", None, ())


class Labelled(Struct, frozen=True):
    """One reply, the rule that must refuse it (or `good`, or `untold`), and its language."""

    text: str
    label: str
    language: str


def list_parts() -> tuple[str, ...]:
    """Return the parts of our own set, in the file's order; a part is added there and nowhere else."""
    return tuple(tomllib.loads(SET.read_text(encoding="utf-8")))


def sends_back(text: str) -> tuple[str, ...]:
    """Return the themes for which a reply that no rule refuses is written anew."""
    return tuple(found.theme.name for found in find_likely(text))


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
    """Return what is refused or written anew: of our own parts by label and language, of ordinary talk by each rule."""
    lines = [line for part in parts for line in count_caught(part)]
    return lines + [line for corpus in corpora if not corpus.attacks for line in count_blocked(corpus)]


def count_caught(part: str) -> list[Line]:
    """Count what becomes of the replies of a part, by label over all languages and in each, and of all bad ones."""
    judged = [(one, _reach(one.text)) for one in load_labelled(part)]
    places = dict.fromkeys(place for one, _ in judged for place in ((one.label, ""), (one.label, one.language)))
    lines = []
    for label, language in places:
        here = [reached for one, reached in judged if one.label == label and language in ("", one.language)]
        lines += _count(f"replies, {part}", f"{label} ", here, language)
    bad = [reached for one, reached in judged if one.label not in (GOOD, UNTOLD)]
    return lines + _count(f"replies, {part}", "all bad ", bad, "")


def _reach(text: str) -> str:
    return REFUSED if judge(text) else ANEW if sends_back(text) else NEITHER


def _count(name: str, label: str, reached: Sequence[str], language: str) -> list[Line]:
    """Count the three ends of a reply; by language only what is refused."""
    ends = (REFUSED,) if language else (REFUSED, ANEW, NEITHER)
    return [Line(name, f"{label}{end}", measure_share(reached.count(end), len(reached)), language) for end in ends]


def count_blocked(corpus: Corpus) -> list[Line]:
    """Count how much of ordinary talk would be refused or written anew as a reply, and by what."""
    said = [(text, label == SHARES) for text, label in zip(corpus.texts, corpus.labels, strict=True) if text.strip()]
    flaws = [judge(text, shares=shares) for text, shares in said]
    rules = Counter(name for found in flaws for name in found)
    name, total = f"{corpus.name}, as replies", len(said)
    soft = [() if found else sends_back(text) for found, (text, _) in zip(flaws, said, strict=True)]
    themes = Counter(theme for found in soft for theme in found)
    lines = [Line(name, REFUSED, measure_share(sum(map(bool, flaws)), total))]
    lines += [Line(name, REFUSED, measure_share(hits, total), rule) for rule, hits in rules.most_common()]
    lines.append(Line(name, ANEW, measure_share(sum(map(bool, soft)), total)))
    return lines + [Line(name, ANEW, measure_share(hits, total), theme) for theme, hits in themes.most_common()]
