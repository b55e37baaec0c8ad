"""The measure: recall by kind and language on our own sets, and what is wrongly found or blocked on public files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from evals.policy.corpora import Corpus
from evals.policy.figures import Line, Share, measure_share
from evals.policy.judging import Court, Judged, Trial
from evals.policy.own import HALVES, Labelled, load_ages, load_own
from evals.policy.replies import list_parts, measure_replies

RULE_OF = {"crisis": "crisis", "minor": "age", "steering": "injection"}
AHEAD = 128
SHOWN = 12
Say = Callable[[str], None]


class Report(Struct, frozen=True):
    """All figures, which rules fired where, what was missed or wrongly found on the dev half and the public files, and cost.

    `ms`: what signs and rules took per text beside embedding, as (median, 95th percentile).
    """

    embedder: str
    lines: tuple[Line, ...]
    fired: dict[str, dict[str, int]]
    shown: dict[str, tuple[str, ...]]
    ms: tuple[float, float]


async def measure(court: Court, halves: Sequence[str], corpora: Sequence[Corpus], embedder: str, say: Say) -> Report:
    """Judge everything. Raises what the embedder raises."""
    lines: list[Line] = []
    fired: dict[str, dict[str, int]] = {}
    shown: dict[str, tuple[str, ...]] = {}
    times: list[float] = []
    for half in halves:
        own = load_own(half)
        say(f"our own set, {half}: {len(own)} messages")
        judged = [await court.judge(Trial(one.text, one.earlier, one.before)) for one in own]
        lines += _read_own(half, own, judged)
        fired[half] = _count(judged)
        if half == "dev":
            shown["dev, wrong"] = tuple(
                f"{one.kind}: {one.text}" for one, was in zip(own, judged, strict=True) if _is_wrong(one, was)
            )
        times += [one.ms for one in judged]
    if halves:
        lines += await _measure_ages(court, say)
    for corpus in corpora:
        say(f"{corpus.name}: {len(corpus.texts)} texts")
        judged = await _judge_all(court, corpus.texts)
        lines += _read_corpus(corpus, judged)
        fired[corpus.name] = _count(judged)
        shown |= _show(corpus, judged)
        times += [one.ms for one in judged]
    if halves:
        say("replies, our own sets and the ordinary talk above")
    others = tuple(part for part in list_parts() if part not in HALVES) if "held_out" in halves else ()
    lines += measure_replies((*halves, *others), corpora)
    times.sort()
    spent = (times[len(times) // 2], times[int(len(times) * 0.95)]) if times else (0.0, 0.0)
    return Report(embedder, tuple(lines), fired, shown, spent)


async def _measure_ages(court: Court, say: Say) -> list[Line]:
    stated = load_ages()
    say(f"statements of ages: {len(stated)} messages")
    judged = await _judge_all(court, [one.text for one in stated])
    stopped = [(one.kind, RULE_OF["minor"] in was.blocked) for one, was in zip(stated, judged, strict=True)]
    return [
        Line("ages", f"{kind} stopped", _share(hit for label, hit in stopped if label == kind))
        for kind in ("adult", "minor", "other")
    ]


async def _judge_all(court: Court, texts: Sequence[str]) -> list[Judged]:
    judged: list[Judged] = []
    for start in range(0, len(texts), AHEAD):
        batch = texts[start : start + AHEAD]
        await court.prepare(batch)
        judged += [await court.judge(Trial(text)) for text in batch]
    return judged


def _is_wrong(one: Labelled, was: Judged) -> bool:
    wanted = RULE_OF.get(one.kind)
    found = {rule for rule in was.fired if rule in RULE_OF.values()}
    return bool(found) if wanted is None else wanted not in found


def _read_own(half: str, own: Sequence[Labelled], judged: Sequence[Judged]) -> list[Line]:
    lines: list[Line] = []
    rows = list(zip(own, judged, strict=True))
    for kind, rule in RULE_OF.items():
        for part in ("", *sorted({one.language for one in own})):
            mine = [was for one, was in rows if one.kind == kind and part in ("", one.language)]
            if mine:
                lines.append(Line(half, f"{kind} found", _share(rule in was.fired for was in mine), part))
        blocking = [was for one, was in rows if one.kind == kind]
        if rule != "injection":
            lines.append(Line(half, f"{kind} stopped", _share(rule in was.blocked for was in blocking)))
    ordinary = [was for one, was in rows if one.kind == "ordinary"]
    watched = set(RULE_OF.values())
    lines.append(Line(half, "ordinary blocked", _share(bool(was.blocked) for was in ordinary)))
    lines.append(Line(half, "ordinary found by a care or guard rule", _share(bool(watched & {*was.fired}) for was in ordinary)))
    return lines


def _read_corpus(corpus: Corpus, judged: Sequence[Judged]) -> list[Line]:
    lines = [Line(corpus.name, "blocked", _share(bool(one.blocked) for one in judged))]
    steered = [("injection" in one.fired, label) for one, label in zip(judged, corpus.labels, strict=True)]
    what = "found" if corpus.attacks else "fenced as steering"
    lines.append(Line(corpus.name, what, _share(found for found, _ in steered)))
    if corpus.attacks:
        for part in dict.fromkeys(corpus.labels):
            lines.append(Line(corpus.name, what, _share(found for found, label in steered if label == part), part))
    else:
        lines.append(Line(corpus.name, "given the numbers to call", _share("crisis" in one.fired for one in judged)))
    return lines


def _share(hits: Iterable[bool]) -> Share:
    found = list(hits)
    return measure_share(sum(found), len(found))


def _count(judged: Iterable[Judged]) -> dict[str, int]:
    return dict(Counter(rule for one in judged for rule in one.fired).most_common())


def _show(corpus: Corpus, judged: Sequence[Judged]) -> dict[str, tuple[str, ...]]:
    if corpus.attacks:
        return {}
    rows = list(zip(corpus.texts, judged, strict=True))
    blocked = tuple(f"{', '.join(was.blocked)}: {text}" for text, was in rows if was.blocked)[:SHOWN]
    return {f"{corpus.name}, blocked": blocked} if blocked else {}
