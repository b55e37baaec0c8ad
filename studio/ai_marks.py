"""What says in words that AI made a picture or a post, by language."""

from __future__ import annotations

from msgspec import Struct


class AiMark(Struct, frozen=True):
    """`aside` stands in brackets behind words of the persona's, `line` by itself."""

    aside: str
    line: str


MARKS = {
    "en": AiMark("made by AI", "Made with AI"),
    "de": AiMark("von einer KI gemacht", "Mit KI erstellt"),
    "es": AiMark("hecha con IA", "Creado con IA"),
    "fr": AiMark("créée par IA", "Créé avec l’IA"),
    "it": AiMark("creata con IA", "Creato con l’IA"),
    "pt": AiMark("feita com IA", "Criado com IA"),
}


def mark_in(language: str) -> AiMark:
    """Return the words in a language, in English where there are none of it."""
    return MARKS.get(language, MARKS["en"])
