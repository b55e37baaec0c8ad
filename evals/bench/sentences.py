"""Texts that fans write: plain small talk, no two alike, so that each is embedded like a new one."""

from __future__ import annotations

OPENERS = (
    "I walked along", "we sat beside", "I took a picture of", "my friend painted", "I keep thinking about", "we talked about",
    "somebody told me about", "I read a story about", "I dreamt of", "we finally found", "I drew", "we danced near",
    "I wrote a song about",
)  # fmt: skip
QUALITIES = (
    "quiet", "golden", "narrow", "windy", "old", "blue", "crooked", "sunny", "misty", "wooden", "tiny", "busy", "silver",
    "mossy", "lonely", "painted", "tall",
)  # fmt: skip
PLACES = (
    "harbour", "bridge", "garden", "station", "market", "lighthouse", "orchard", "library", "valley", "meadow", "bakery",
    "square", "river", "hill", "island", "forest", "pier", "windmill", "cinema",
)  # fmt: skip
TIMES = (
    "this morning", "after lunch", "before sunset", "in the rain", "for hours", "with a lot of tea", "all afternoon",
    "on the way home", "while it snowed", "without any plan", "once again",
)  # fmt: skip


class Sentences:
    """Gives out one text after the other; some ten thousand differ, then they come again."""

    def __init__(self, start: int = 0) -> None:
        """Begin at a place of the row."""
        self._next = start

    def new(self) -> str:
        """Return the next text."""
        self._next += 1
        return sentence(self._next)


def sentence(number: int) -> str:
    """Return the text of a number; the lists' lengths have no common divisor, so that all combinations come."""
    words = (row[number % len(row)] for row in (OPENERS, QUALITIES, PLACES, TIMES))
    opener, quality, place, time = words
    return f"{opener} the {quality} {place} {time}"
