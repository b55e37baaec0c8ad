"""Whether a key is spoken of in a text: words sensibly, patterns by RE2 in linear time."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

import re2

from core.errors import BadInput

LONGEST_PATTERN = 1000
"""Characters of a key that is a pattern."""
LONGEST_KEY = 500
"""Characters of a key that is words."""
PATTERN_BYTES = 4 << 20
"""Memory that RE2 may use for one pattern."""

_SLASHED = re.compile(r"/(?P<pattern>.+)/(?P<flags>[a-z]*)", re.DOTALL)
_SPACES = re.compile(r"\s+")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, kana and Han: written without spaces, so a word has no visible end."""
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_ENDINGS = ("'s", "’s", "es", "s")


class Heard:
    """A text as keys are looked for in it."""

    __slots__ = ("exact", "folded", "raw")

    def __init__(self, text: str) -> None:
        """Bring a text into the one form that keys have too."""
        self.raw = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
        self.exact = _SPACES.sub(" ", self.raw)
        self.folded = self.exact.casefold()


def is_spoken_of(key: str, heard: Heard, *, case_sensitive: bool = False, regex: bool = False) -> bool:
    """Say whether a key is found in a text. A pattern that RE2 refuses never is."""
    if regex:
        pattern = _pattern(key, case_sensitive)
        return not isinstance(pattern, str) and pattern.search(heard.raw) is not None
    words, text = _words(key, case_sensitive), heard.exact if case_sensitive else heard.folded
    at = text.find(words) if words else -1
    while at != -1:
        if _begins(text, at, words) and _ends(text, at + len(words), words):
            return True
        at = text.find(words, at + 1)
    return False


def check_pattern(key: str, *, case_sensitive: bool = False) -> None:
    """Look whether a pattern can be used. Raises `BadInput`, with what RE2 says against it."""
    found = _pattern(key, case_sensitive)
    if isinstance(found, str):
        raise BadInput(f"The pattern {_short(key)} cannot be used: {found}; it never matches.")


@lru_cache(maxsize=8192)
def _pattern(key: str, case_sensitive: bool) -> Any | str:
    """Return the compiled pattern, or what speaks against it. `/pattern/flags`, as others write it, says its case itself."""
    if len(key) > LONGEST_PATTERN:
        return f"it is longer than {LONGEST_PATTERN} characters"
    slashed = _SLASHED.fullmatch(key)
    flags = slashed["flags"] if slashed else "" if case_sensitive else "i"
    if strange := sorted(set(flags) - set("gimsuy")):
        return f"the flag {strange[0]!r} is not known"
    options = re2.Options()
    options.log_errors = False
    options.max_mem = PATTERN_BYTES
    options.case_sensitive = "i" not in flags
    inline = "".join(flag for flag in "ms" if flag in flags)
    pattern = slashed["pattern"] if slashed else key
    try:
        return re2.compile(f"(?{inline}:{pattern})" if inline else pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0] if error.args else error
        return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


@lru_cache(maxsize=32768)
def _words(key: str, case_sensitive: bool) -> str:
    words = Heard(key.strip()[:LONGEST_KEY])
    return words.exact if case_sensitive else words.folded


def _begins(text: str, at: int, words: str) -> bool:
    return at == 0 or not (_in_word(words[0]) and _in_word(text[at - 1]))


def _ends(text: str, at: int, words: str) -> bool:
    """Say whether a word may end here. Korean particles and an English `s` belong to the word before them."""
    last = words[-1]
    if not _in_word(last) or _HANGUL.match(last) or _is_free(text, at):
        return True
    return len(words) > 2 and last.isascii() and any(text.startswith(e, at) and _is_free(text, at + len(e)) for e in _ENDINGS)


def _is_free(text: str, at: int) -> bool:
    return at >= len(text) or not _in_word(text[at])


def _in_word(character: str) -> bool:
    """Say whether a character goes on with a word in a script that has spaces between words."""
    if character.isascii():
        return character.isalnum() or character == "_"
    return (character.isalnum() or unicodedata.category(character)[0] == "M") and not _UNSPACED.match(character)


def _short(key: str) -> str:
    return repr(key if len(key) <= 80 else f"{key[:80]}…")
