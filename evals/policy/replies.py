"""How well the reply rules do: what they catch of our labelled replies, and what they block of ordinary talk.

Ordinary talk is other people's: turns of LoCoMo's chats and CLINC150's queries, from files that are named on the command line,
taken as if the persona had said them. Each rule is counted by itself, and any rule at all.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from agents.policy.rule import Reply, ReplyRule
from agents.policy.rules import REPLY
from core.money import Money
from core.outbound import PackPart
from evals.intents.datasets import load_clinc
from evals.memory.locomo import read_locomo

SET = Path(__file__).parent / "sets" / "replies.toml"
HALVES = ("dev", "held_out", "fresh", "last")
GOOD = "good"
SURE = 0.95


SHARES = "[shares "
"""How LoCoMo's reader writes that a turn came with a picture."""
SHARED = PackPart(UUID(int=1), UUID(int=2), "", "", Money(1, "XTR"), "", None, ())


class Labelled(Struct, frozen=True):
    """One reply, the rule that must refuse it (or `good`), and its language."""

    text: str
    label: str
    language: str


class Caught(Struct, frozen=True):
    """How many of `total` replies were refused by any rule, and how many of them by the one that they are labelled with."""

    label: str
    language: str
    total: int
    refused: int
    by_name: int


class Blocked(Struct, frozen=True):
    """How much of ordinary talk a rule refuses; `bound` is the 95 % upper bound of the share (Clopper and Pearson)."""

    source: str
    rule: str
    total: int
    refused: int
    bound: float
    examples: tuple[str, ...] = ()


def load_labelled(half: str) -> list[Labelled]:
    """Read one half of our own set."""
    table = tomllib.loads(SET.read_text(encoding="utf-8"))[half]
    return [
        Labelled(text, label, language)
        for label, languages in table.items()
        for language, texts in languages.items()
        for text in texts
    ]


def judge(text: str, rules: Sequence[ReplyRule] = REPLY) -> dict[str, str]:
    """Return what is wrong with a reply, by the rules' names; empty for a good one.

    A turn of LoCoMo that shares a picture is a reply with a picture: what it says of one is true.
    """
    words, shares, _ = text.partition(SHARES)
    reply = Reply(words, (SHARED,) if shares else ())
    return {rule.name: flaw for rule in rules if (flaw := rule.judge(reply))}


def count_caught(labelled: Sequence[Labelled]) -> list[Caught]:
    """Count by label and language, and for each label over all languages (`*`)."""
    judged = [(one, judge(one.text)) for one in labelled]
    places = dict.fromkeys(place for one in labelled for place in ((one.label, "*"), (one.label, one.language)))
    found = []
    for label, language in places:
        here = [(one, flaws) for one, flaws in judged if one.label == label and language in ("*", one.language)]
        by_name = sum(one.label in flaws for one, flaws in here)
        found.append(Caught(label, language, len(here), sum(bool(flaws) for _, flaws in here), by_name))
    return found


def find_missed(labelled: Sequence[Labelled]) -> list[tuple[Labelled, dict[str, str]]]:
    """Return the bad replies that pass, and the good ones that do not."""
    judged = [(one, judge(one.text)) for one in labelled]
    return [(one, flaws) for one, flaws in judged if (one.label == GOOD) == bool(flaws)]


def count_blocked(source: str, texts: Iterable[str], shown: int = 5) -> list[Blocked]:
    """Count what each rule refuses of ordinary talk, and any of them (`any`); with the first few texts that it was."""
    said = [text for text in texts if text.strip()]
    hits: dict[str, list[str]] = {"any": [], **{rule.name: [] for rule in REPLY}}
    for text in said:
        flaws = judge(text)
        for name in (*flaws, *(["any"] if flaws else [])):
            hits[name].append(text)
    return [
        Blocked(source, name, len(said), len(found), upper_bound(len(found), len(said)), tuple(found[:shown]))
        for name, found in hits.items()
        if found or name == "any"
    ]


def upper_bound(hits: int, total: int, sure: float = SURE) -> float:
    """Return the share that is not exceeded, `sure` of it, where `hits` of `total` were seen (Clopper–Pearson, one-sided)."""
    if total == 0 or hits >= total:
        return 1.0
    low, high = hits / total, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(hits, total, middle) > 1 - sure else (low, middle)
    return high


def _at_most(hits: int, total: int, share: float) -> float:
    """Return the chance of at most `hits` of `total` at a share, summed term by term."""
    odds, term, summed = share / (1 - share), 1.0, 1.0
    for n in range(hits):
        term *= (total - n) / (n + 1) * odds
        summed += term
    return float(summed * (1 - share) ** total)


def read_ordinary(locomo: Path | None, clinc: Path | None) -> dict[str, list[str]]:
    """Return ordinary talk by source, from files in LoCoMo's and CLINC150's formats. Raises `BadInput`."""
    found: dict[str, list[str]] = {}
    if locomo:
        found["locomo"] = [line.text for talk in read_locomo(locomo).talks for line in talk.lines]
    if clinc:
        parts = load_clinc(clinc)
        rows = (*parts.train, *parts.val, *parts.test, *parts.oos_train, *parts.oos_val, *parts.oos_test)
        found["clinc150"] = [text for text, _ in rows]
    return found


def report(locomo: Path | None = None, clinc: Path | None = None) -> Mapping[str, object]:
    """Measure everything that there is data for; plain data, for printing and for JSON."""
    halves = {half: [_plain(caught) for caught in count_caught(load_labelled(half))] for half in HALVES}
    ordinary = [
        _plain(blocked) for source, texts in read_ordinary(locomo, clinc).items() for blocked in count_blocked(source, texts)
    ]
    return {"labelled": halves, "ordinary": ordinary}


def _plain(found: Caught | Blocked) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__struct_fields__}


def print_report(found: Mapping[str, object]) -> None:
    """Write the report for a terminal."""
    print(json.dumps(found, ensure_ascii=False, indent=1))
