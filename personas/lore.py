"""What a lorebook tells at one moment of a conversation. A pure function of the book and the messages; it keeps nothing.

The spec behind it is that of character cards V3: keys (`triggers.py`), who matches (`matching.py`), decorators
(`decorators.py`) and macros (`macros.py`). Everything that costs is bounded, whatever the book holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from core.errors import BadInput
from personas.decorators import Decorators, Role, read_decorators
from personas.lorebook import Entry, Lorebook
from personas.matching import Matcher, Moment, Names
from personas.triggers import check_pattern

Place: TypeAlias = Literal["before_char", "before_desc", "after_desc", "personality", "scenario", "after_char", "depth"]
PLACES: tuple[Place, ...] = ("before_char", "before_desc", "after_desc", "personality", "scenario", "after_char", "depth")


MOST_MOMENTS = 50
"""So many earlier answers are looked at for what matched then."""


class Said(Struct, frozen=True):
    """One message of the conversation."""

    by_persona: bool
    text: str


class Told(Struct, frozen=True):
    """One entry that is told now: its words with macros filled, and why.

    `entry` is its index in the book; `depth`, at the place "depth", counts messages from the newest (0: after it). `disables`
    names a prompt of other programs that the entry would switch off. The words may be a stranger's: they are no instruction of
    the house, and whoever renders them neutralises them.
    """

    entry: int
    text: str
    why: str
    tokens: int
    place: Place = "after_char"
    depth: int | None = None
    role: Role = "system"
    disables: str | None = None


def activate(
    book: Lorebook,
    messages: Sequence[Said],
    *,
    turn: int,
    count_tokens: Callable[[str], int],
    char: str,
    fan: str = "the fan",
    greeting: int | None = None,
    user_icon: str | None = None,
    context_full: bool = False,
) -> list[Told]:
    """Return what the book tells now, in the order of the prompt: by place, then by insertion order.

    `messages` are those known of the conversation, the oldest first; `turn` is how many the persona has sent in all of it.
    `char` and `fan` fill the macros. `greeting` (0 is the first), `user_icon` and `context_full` answer decorators; where the
    first two are none, nobody knows, and the decorator is passed over. What matched before is found again in `messages` alone.
    """
    matcher = Matcher(book, [message.text for message in reversed(messages)], Names(char, fan, turn))
    before: set[int] = set()
    watched = {at for at, (entry, rules, _) in enumerate(matcher.entries) if entry.enabled and rules.remembers}
    for begin in list(_answered(messages))[-MOST_MOMENTS:] if watched else ():
        sent_since = sum(message.by_persona for message in messages[begin:])
        then = Moment(turn - sent_since, greeting, user_icon, context_full=False)
        matched = matcher.match(len(messages) - begin, then, before, None if book.recursive else watched)
        before |= matched.keys() & watched
    matched = matcher.match(0, Moment(turn, greeting, user_icon, context_full), before)
    told = [_tell(matcher, at, why, count_tokens, len(messages)) for at, why in sorted(matched.items())]
    kept = _within_budget(book, [one for one in told if one.text])
    return sorted(kept, key=lambda one: (PLACES.index(one.place), -(one.depth or 0), book.entries[one.entry].insertion_order))


def check_book(book: Lorebook) -> list[str]:
    """Name the keys that can never match, each in one sentence: patterns that the linear-time engine refuses."""
    found = []
    for at, entry in enumerate(book.entries):
        if entry.use_regex:
            rules, _ = read_decorators(entry.content)
            for key in (*entry.keys, *(key for group in rules.additional_keys for key in group)):
                try:
                    check_pattern(key, case_sensitive=entry.case_sensitive)
                except BadInput as error:
                    found.append(f"Lorebook entry {at + 1}: {error}")
    return found


def _answered(messages: Sequence[Said]) -> Iterator[int]:
    """Yield where the persona began to answer: so many messages stood before it."""
    for at, message in enumerate(messages):
        if message.by_persona and at and not messages[at - 1].by_persona:
            yield at


def _tell(matcher: Matcher, at: int, why: str, count_tokens: Callable[[str], int], said: int) -> Told:
    entry, rules, text = matcher.entries[at]
    words = matcher.names.fill(text, at).strip()
    place, depth = _place(entry, rules, said)
    return Told(at, words, why, count_tokens(words), place, depth, rules.role or "system", rules.disable_ui_prompt)


def _place(entry: Entry, rules: Decorators, said: int) -> tuple[Place, int | None]:
    """Return where an entry goes: `@@position` before `@@depth` before `@@reverse_depth` before the entry's own field."""
    if rules.position is not None:
        return next(place for place in PLACES if place == rules.position), None
    if rules.depth is not None:
        return "depth", min(max(rules.depth, 0), said)
    if rules.reverse_depth is not None:
        return "depth", max(said - rules.reverse_depth, 0)
    return entry.position, None


def _within_budget(book: Lorebook, told: list[Told]) -> list[Told]:
    """Keep what fits: by priority, the higher first, then the earlier in the prompt; one that does not fit is passed over."""

    def weight(one: Told) -> tuple[float, float, int]:
        entry = book.entries[one.entry]
        return -entry.priority, entry.insertion_order, one.entry

    left, kept = book.token_budget, []
    for one in sorted(told, key=weight):
        if one.tokens <= left:
            kept.append(one)
            left -= one.tokens
    return kept
