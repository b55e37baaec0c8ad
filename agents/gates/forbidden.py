"""Never write what the persona's boundaries forbid, however it is spelled: capitals, accents, dots, figures for letters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from agents.gates.gate import Breach, Draft, Gate, examples

NAME = "forbidden"
_LEET = {
    "a": "a4@", "b": "b8", "e": "e3€", "g": "g9", "i": "i1!|", "l": "l1|", "o": "o0", "s": "s5$", "t": "t7+", "z": "z2",
}  # fmt: skip
_LOOKALIKES = str.maketrans("аеорсхуікмнтвѕ", "aeopcxyikmhtbs")


def judge(draft: Draft) -> Breach | None:
    """Find the first forbidden phrase."""
    phrases = draft.persona.boundaries.forbidden
    if not phrases:
        return None
    text = _flatten(draft.text)
    for phrase in phrases:
        if _pattern(phrase).search(text):
            return Breach(
                gate=NAME,
                hard=True,
                cause=f"The reply says “{phrase}”, which {draft.persona.name} never says.",
                advice=f"Never write “{phrase}”, nor the same in another spelling.",
            )
    return None


def _flatten(text: str) -> str:
    """Return a text in small letters without accents and without signs that nobody sees."""
    wide = unicodedata.normalize("NFKD", text.casefold()).translate(_LOOKALIKES)
    return "".join(sign for sign in wide if unicodedata.category(sign) not in ("Mn", "Cf"))


@lru_cache(maxsize=4096)
def _pattern(phrase: str) -> re.Pattern[str]:
    """Make a pattern of a phrase: its letters with a sign or two between them, or all of them spaced out."""
    words = re.findall(r"\w+", _flatten(phrase))
    if not words:
        return re.compile(re.escape(phrase.strip()))
    letters = [[_letter(sign) for sign in word] for word in words]
    close = r"[\W_]*".join(r"[^\w\s]{0,2}".join(word) for word in letters)
    spaced = r"[\W_]{1,4}".join(letter for word in letters for letter in word)
    ways = f"{close}|{spaced}" if sum(map(len, letters)) > 2 else close
    return re.compile(rf"(?<![^\W_])(?:{ways})(?![^\W_])")


def _letter(sign: str) -> str:
    kinds = f"[{re.escape(_LEET[sign])}]" if sign in _LEET else re.escape(sign)
    return f"{kinds}(?:{kinds}{{2,}})?"  # drawn out: "sooo"


GATE = Gate(
    name=NAME,
    hard=True,
    judge=judge,
    good=examples(
        "A precious hour, that.",
        "My press is precise.",
        "Cheap glue, many thrills.",
        "Casinos are loud, I hear.",
        "That occasion was lovely.",
    ),
    bad=examples(
        "Oh, my precious!",
        "MY PRÉCIOUS",
        "my  pre-cious",
        "m y p r e c i o u s",
        "Let's go to the c4s1n0.",
        "A c.a.s.i.n.o, maybe.",
        "casiiiino nights",
        "сasino",
        "Cheap-thrills for all.",
    ),
)
