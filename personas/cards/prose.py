"""A card's long texts as the short ones that a persona is made of, and its example chats as dialogues."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from personas.cards.bounds import LINES_PER_DIALOGUE, LONGEST_TEXT, MOST_DIALOGUES
from personas.traits import Dialogue, Line

MOST_ABOUT = 12
"""Words by which a fact is found, at most."""
SURE = 40
"""So many letters make the language of a text worth guessing."""

_START = re.compile(r"<start>", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{4,30}")
_SHE, _HE = re.compile(r"\b(?:she|her|hers|herself)\b", re.I), re.compile(r"\b(?:he|him|his|himself)\b", re.I)


def cut(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """Cut a text into its paragraphs, and those that are longer than `longest` where a sentence or a word ends."""
    pieces = []
    for line in text.splitlines():
        paragraph, begin = line.strip(), 0
        while len(paragraph) - begin > longest:  # by index: a text of megabytes is not copied for each piece
            window = paragraph[begin : begin + longest]
            at = max(window.rfind(sign) for sign in (". ", "! ", "? ", "; "))
            at = at + 1 if at > longest // 2 else window.rfind(" ") if window.rfind(" ") > 0 else longest
            pieces.append(window[:at].strip())
            begin += at
        pieces.append(paragraph[begin:].strip())
    return [piece for piece in pieces if piece]


def about(text: str) -> tuple[str, ...]:
    """Return the words by which a question finds this fact: its own, the more frequent and longer first."""
    words = Counter(word.casefold() for word in _WORD.findall(text))
    ranked = sorted(words, key=lambda word: (-words[word], -len(word), word))
    return tuple(ranked[:MOST_ABOUT]) or ("character",)


def guess_pronouns(text: str) -> str:
    """Return the pronouns that a text mostly uses."""
    she, he = len(_SHE.findall(text[:100_000])), len(_HE.findall(text[:100_000]))
    return "she/her" if she > 2 * he else "he/him" if he > 2 * she else "they/them"


def guess_language(text: str) -> str:
    """Return the language of a text as a code of two letters; English where there is too little of it."""
    text = text[:5000]
    if sum(character.isalpha() for character in text) < SURE:
        return "en"
    from py3langid import classify  # its table costs a second, and only an import of a card needs it

    return str(classify(text)[0])


def read_dialogues(text: str, char: str, language: str) -> tuple[tuple[Dialogue, ...], int]:
    """Read example chats (`<START>`, `{{user}}:`, `{{char}}:`); return them and how many blocks were none."""
    dialogues: list[Dialogue] = []
    strange = 0
    for block in _START.split(text):
        lines = list(_lines(block, char))
        pieces = [lines[at : at + LINES_PER_DIALOGUE] for at in range(0, len(lines), LINES_PER_DIALOGUE)]
        usable = [piece for piece in pieces if len(piece) > 1]
        strange += bool(block.strip()) and not usable
        dialogues += [Dialogue(lines=tuple(piece), language=language) for piece in usable]
    return tuple(dialogues[:MOST_DIALOGUES]), strange + max(len(dialogues) - MOST_DIALOGUES, 0)


def write_dialogues(dialogues: tuple[Dialogue, ...]) -> str:
    """Write dialogues as a card's example chats."""
    blocks = []
    for dialogue in dialogues:
        names = {"fan": "{{user}}", "persona": "{{char}}"}
        blocks.append("\n".join(["<START>", *(f"{names[line.who]}: {line.text}" for line in dialogue.lines)]))
    return "\n".join(blocks)


def _lines(block: str, char: str) -> Iterator[Line]:
    """Yield who said what; a line without a speaker goes on with the one before it."""
    speakers = {"{{user}}": "fan", "<user>": "fan", "user": "fan", "you": "fan"}
    speakers |= {"{{char}}": "persona", "<bot>": "persona", "<char>": "persona", char.casefold(): "persona"}
    who, said = "", ""
    for line in [*block.splitlines(), None]:
        speaker, colon, rest = (line or "").partition(":")
        named = speakers.get(speaker.strip().casefold(), "") if colon else ""
        if line is None or named:
            for text in cut(said.replace("\n", " ")) if who else ():
                yield Line(who=_who(who), text=text)
            who, said = named, rest.strip()
        elif who:
            said = f"{said}\n{line.strip()}".strip()


def _who(name: str) -> Literal["fan", "persona"]:
    return "fan" if name == "fan" else "persona"
