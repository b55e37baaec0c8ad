"""Which entries of a lorebook match at one moment, by their keys, by each other, and by what their decorators ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from personas.decorators import Decorators, read_decorators
from personas.lorebook import Entry, Lorebook
from personas.macros import fill
from personas.triggers import Heard, is_spoken_of

RECURSION_ROUNDS = 4
"""So often what is told may make further entries told."""
MOST_SCANNED = 40_000
"""Characters of messages that are searched for keys, the newest first; of told entries it is half as many."""

ReadEntry: TypeAlias = tuple[Entry, Decorators, str]
"""An entry, its decorators, and its content without them."""


class Moment(Struct, frozen=True):
    """What decorators may ask of the conversation, beside its words. Greeting and icon none: nobody knows."""

    turn: int
    greeting: int | None
    user_icon: str | None
    context_full: bool


class Names(Struct, frozen=True):
    """What macros become: the persona's name and the fan's; chance falls anew with each turn."""

    char: str
    fan: str
    turn: int

    def fill(self, text: str, at: int, *, hidden: bool = False) -> str:
        """Fill the macros of the content of entry `at`."""
        return fill(text, self.char, self.fan, seed=self.turn * 10_000 + at, hidden=hidden)

    def keys(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Fill the macros of keys, of which few have any."""
        return tuple(fill(key, self.char, self.fan) for key in keys) if any("{{" in key for key in keys) else keys


class Matcher:
    """One book before one conversation; `texts` are its messages, the newest first."""

    def __init__(self, book: Lorebook, texts: Sequence[str], names: Names) -> None:
        """Read every entry's decorators, and as much of the messages as is searched."""
        self.book = book
        self.names = names
        self.entries: list[ReadEntry] = [(entry, *read_decorators(entry.content)) for entry in book.entries]
        self._heard: list[Heard] = []
        self._found: dict[tuple[tuple[str, ...], bool, bool, Heard], str | None] = {}
        self._told: dict[tuple[int, int], Heard] = {}  # entries as texts, cut where the bound fell
        left = MOST_SCANNED
        for text in texts:
            self._heard.append(Heard(text[: max(left, 0)]))
            left -= len(text)

    def match(self, skipped: int, moment: Moment, before: set[int], looked_at: set[int] | None = None) -> dict[int, str]:
        """Return which entries match and why, when the newest `skipped` messages are not yet said.

        `before` are those that matched earlier; only entries of `looked_at` are looked at, or all.
        """
        matched: dict[int, str] = {}
        waiting: list[int] = []
        for at, (entry, rules, text) in enumerate(self.entries):
            if (looked_at is not None and at not in looked_at) or not entry.enabled or not text:
                continue
            forced = _forced(at, rules, before)
            if forced is None and _stands(rules, moment):
                if why := self._why(entry, rules, skipped):
                    matched[at] = why
                else:
                    waiting.append(at)
            elif forced:
                matched[at] = forced
        if self.book.recursive:
            self._recurse(skipped, matched, waiting)
        return matched

    def _why(self, entry: Entry, rules: Decorators, skipped: int, beside: Sequence[Heard] = ()) -> str:
        """Return by which key an entry matches, or an empty text. Patterns make constant and second keys void (the spec)."""
        depth = self.book.scan_depth if rules.scan_depth is None else rules.scan_depth
        window = range(skipped, min(skipped + depth, len(self._heard)))
        if entry.use_regex:
            found = self._find((*entry.keys, *(key for group in rules.additional_keys for key in group)), entry, window, beside)
            return f"pattern {found}" if found else ""
        if rules.exclude_keys and self._find(rules.exclude_keys, entry, window):
            return ""
        if not all(self._find(group, entry, window, beside) for group in rules.additional_keys):
            return ""
        if entry.constant:
            return "constant"
        found = self._find(entry.keys, entry, window, beside)
        second = entry.secondary_keys if entry.selective else ()
        if not found or (second and not self._find(second, entry, window, beside)):
            return ""
        return f"key {found}"

    def _find(self, keys: tuple[str, ...], entry: Entry, window: range, beside: Sequence[Heard] = ()) -> str | None:
        """Return the first key that is spoken of in the window's messages, or in the texts beside them."""
        keys = self.names.keys(keys)
        for heard in (*(self._heard[at] for at in window), *beside) if keys else ():
            asked = (keys, entry.case_sensitive, entry.use_regex, heard)
            if asked not in self._found:
                self._found[asked] = _first(keys, entry, heard)
            if found := self._found[asked]:
                return found
        return None

    def _recurse(self, skipped: int, matched: dict[int, str], waiting: list[int]) -> None:
        """Let what is told make further entries told, within bounds. SillyTavern's two switches against it are heeded."""
        waiting = [at for at in waiting if self.entries[at][0].extensions.get("exclude_recursion") is not True]
        new, left = sorted(matched), MOST_SCANNED // 2
        beside: list[Heard] = []
        for _ in range(RECURSION_ROUNDS):
            known = len(beside)
            for at in new:
                if left > 0 and self.entries[at][0].extensions.get("prevent_recursion") is not True:
                    text = self.names.fill(self.entries[at][2], at, hidden=True)[:left]
                    beside.append(self._told.setdefault((at, len(text)), Heard(text)))
                    left -= len(text)
            if len(beside) == known or not waiting:
                return
            new = []
            for at in waiting:
                entry, rules, _ = self.entries[at]
                if why := self._why(entry, rules, skipped, beside):
                    matched[at] = f"{why}, spoken of by another entry"
                    new.append(at)
            waiting = [at for at in waiting if at not in matched]


def _first(keys: tuple[str, ...], entry: Entry, heard: Heard) -> str | None:
    sensitive, regex = entry.case_sensitive, entry.use_regex
    return next((key for key in keys if is_spoken_of(key, heard, case_sensitive=sensitive, regex=regex)), None)


def _forced(at: int, rules: Decorators, before: set[int]) -> str | None:
    """Return why an entry is told in any case, an empty text where it is not in any case, and none where it depends."""
    if rules.activate:
        return "@@activate"
    if rules.dont_activate or (rules.dont_activate_after_match and at in before):
        return ""
    return "matched before" if rules.keep_activate_after_match and at in before else None


def _stands(rules: Decorators, moment: Moment) -> bool:
    """Say whether the conditions beside the keys hold."""
    return not (
        (rules.activate_only_after is not None and moment.turn < rules.activate_only_after)
        or (rules.activate_only_every is not None and moment.turn % rules.activate_only_every)
        or (rules.is_greeting is not None and moment.greeting is not None and rules.is_greeting != moment.greeting)
        or (rules.is_user_icon is not None and moment.user_icon is not None and rules.is_user_icon != moment.user_icon)
        or (rules.ignore_on_max_context and moment.context_full)
    )
