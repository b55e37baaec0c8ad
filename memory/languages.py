"""In which language is a text written, and which of Postgres' dictionaries reads it?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

DICTIONARIES = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
"""Text search configurations that come with Postgres, by language."""

OTHERS = ("cs", "he", "ja", "ko", "pl", "th", "uk", "vi", "zh")
"""Languages that are told apart as well; their words are taken as they stand (`simple`)."""

SURE = 0.8
LONGEST = 1000


def find_language(text: str, among: Sequence[str] = (), sure: float = SURE) -> str | None:
    """Return the code of a text's language, of those `among` if any are given; none where it is less than `sure` (0..1).

    A word or two tell little: "ok" is no language.
    """
    language, probability = _identifier(tuple(sorted(among or (*DICTIONARIES, *OTHERS)))).classify(text[:LONGEST])
    return language if probability >= sure else None


def dictionary_of(language: str | None) -> str:
    """Return Postgres' text search configuration for a language code such as "de" or "pt-BR"; `simple` where there is none."""
    return DICTIONARIES.get((language or "").split("-")[0].lower(), "simple")


@cache
def _identifier(among: tuple[str, ...]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(among))
    return identifier
