"""Do not wear out words: a saying, or any longer phrase, that came again and again of late."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agents.gates.gate import Breach, Draft, Example, Gate, plain

NAME = "repeats"
RECENT = 12
"""Own messages back that are looked at."""

RESTS = 6
"""Own messages for which a saying rests after it was said."""

PHRASE, TIMES = 4, 2
"""So many words in a row, said in so many recent messages already, are a catch-phrase."""

SENTENCE = 8
"""So many words in a row are not said twice."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def judge(draft: Draft) -> Breach | None:
    """Find a saying that was said just now, a sentence said already, or a phrase said twice."""
    recent = draft.said[-RECENT:]
    if not recent:
        return None
    words, before = _WORD.findall(plain(draft.text)), [_WORD.findall(plain(text)) for text in recent]
    now, lately = " ".join(words), [" ".join(text) for text in before[-RESTS:]]
    for saying in draft.persona.voice.sayings:
        bare = " ".join(_WORD.findall(plain(saying)))
        if bare and bare in now and any(bare in text for text in lately):
            return _breach(saying, "said lately", 1.0)
    if (worn := _first_shared(words, before, SENTENCE, 1)) is not None:
        return _breach(worn, "said already", 1.2)
    if (worn := _first_shared(words, before, PHRASE, TIMES)) is not None:
        return _breach(worn, f"said {TIMES} times of late", 0.8)
    return None


def _first_shared(words: Sequence[str], before: Sequence[Sequence[str]], length: int, times: int) -> str | None:
    """Return the first run of `length` words that stands in `times` of the texts before."""
    own = list(_runs(words, length))
    if not own:
        return None
    wanted, counts = frozenset(own), dict.fromkeys(own, 0)
    for text in before:
        for run in wanted & frozenset(_runs(text, length)):
            counts[run] += 1
    return next((" ".join(run) for run in own if counts[run] >= times), None)


def _runs(words: Sequence[str], length: int) -> Iterable[tuple[str, ...]]:
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def _breach(words: str, why: str, weight: float) -> Breach:
    return Breach(
        gate=NAME,
        cause=f"The reply repeats “{words}”, {why}.",
        advice=f"You have said “{words}” lately; say something else, in other words.",
        weight=weight,
    )


_WORN = ("Tell me about your day, and slowly.", "Rain here. Tell me about your day?")
GATE = Gate(
    name=NAME,
    hard=False,
    judge=judge,
    good=(
        Example("Page by page."),
        Example("Page by page.", said=("Page by page.", *("other words",) * 6)),
        Example("Tell me about your day.", said=("Tell me about your day.",)),
        Example("How are you today?", said=("And you, how was it?", "Well, how are things?")),
    ),
    bad=(
        Example("Page by page, as ever.", said=("Patience. Page by page!", "and so on")),
        Example("So tell me about your day.", said=_WORN),
        Example(
            "The glue wants an hour before anybody may touch it.",
            said=("As I said, the glue wants an hour before anybody may touch it.",),
        ),
    ),
)
