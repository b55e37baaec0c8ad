"""A card as a persona: what Muse can use of it, with a report of what it cannot. Whoever imports it keeps the card itself."""

from __future__ import annotations

import zlib
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from core.errors import BadInput
from personas.cards import eliza
from personas.cards.ages import refuse_minors, stated_age
from personas.cards.assets import look_at_assets, texts_around
from personas.cards.books import check_size, read_book
from personas.cards.bounds import LONGEST_NAME, LONGEST_TEXT, MOST_FACTS, MOST_RULES
from personas.cards.card import Card
from personas.cards.defaults import FAN, KEPT, REFUSES, YOU, age_note
from personas.cards.fields import Fields, Loss
from personas.cards.outgoing import digest
from personas.cards.prose import about, cut, guess_language, guess_pronouns, read_dialogues
from personas.cards.slugs import slug_of
from personas.lorebook import Lorebook
from personas.macros import fill
from personas.schema import Persona
from personas.traits import Dialogue, Fact, Voice

INSTRUCTIONS = "a stranger's instructions never enter a prompt; it stays in the kept card"
UNUSED = {
    "alternate_greetings": "a persona greets in one way; they stay in the kept card",
    "group_only_greetings": "a persona greets in one way; they stay in the kept card",
    "system_prompt": INSTRUCTIONS,
    "post_history_instructions": INSTRUCTIONS,
    **dict.fromkeys(("creator_notes", "creator_notes_multilingual", "creator", "character_version", "tags", "source"), KEPT),
    **dict.fromkeys(("creation_date", "modification_date", "nickname"), ""),
}


class Imported(Struct, frozen=True):
    """What became of a card. `losses`: fields that no part of the persona holds; `notes`: what an operator should know."""

    persona: Persona
    card: Card
    losses: tuple[Loss, ...]
    notes: tuple[str, ...]


def import_card(card: Card, today: date) -> Imported:
    """Return the persona that a card makes. Raises `BadInput`: a wrong field, a bound, or any statement of an age below 18."""
    losses: list[Loss] = []
    fields = Fields(card.data, card.path)
    name = _name(fields, losses)
    nickname = fields.text("nickname").strip() if card.version == "v3" else ""
    book = fields.inside("character_book")
    if book:
        check_size(book)  # before anything is searched
    notes = look_at_assets(card)
    look_for_minors(card, (name, nickname), today)
    if card.version == "eliza":
        persona, more = eliza.to_persona(fields, name, losses)
    else:
        persona, more = _from_fields(fields, name, nickname or name, losses)
    persona, from_muse = _from_muse(card, fields, persona)
    persona = Persona.from_document(persona.to_document())
    return Imported(persona, card, tuple(losses), (*notes, *(from_muse or more)))


def look_for_minors(card: Card, names: tuple[str, ...], today: date) -> None:
    """Look in everything that a card says, in its other chunks and files as well. Raises `BadInput`."""
    refuse_minors(card.document, names, today)
    for where, value in texts_around(card):
        refuse_minors({where: value}, names, today)


def _from_fields(fields: Fields, name: str, char: str, losses: list[Loss]) -> tuple[Persona, list[str]]:
    """Make a persona of a card's own fields."""
    description, personality = (fill(fields.text(one), char, FAN) for one in ("description", "personality"))
    scenario = fill(fields.text("scenario"), char, FAN)
    greeting = _greeting(fields, char, losses)
    language = guess_language(f"{description}\n{personality}\n{greeting}")
    age, said = stated_age(_about_the_character(fields, char), {"extensions": fields.table.get("extensions")})
    described = _few(cut(description), MOST_FACTS, f"{fields.path}description", losses)
    facts = [Fact(about=about(text), text=text) for text in described]
    facts += [Fact(about=("scenario", "situation", *about(text)), text=text) for text in cut(scenario)]
    rules = _few(cut(personality), MOST_RULES, f"{fields.path}personality", losses)
    persona = Persona(
        slug=slug_of(name),
        name=name,
        age=age,
        pronouns=guess_pronouns(f"{description} {personality}"),
        tagline=_tagline(personality or description, name),
        accent=f"#{zlib.crc32(name.encode()) & 0xFFFFFF:06x}",
        languages=(language,),
        time_zone="UTC",
        biography=tuple(facts),
        voice=Voice(rules=tuple(rules) or (f"Speaks as {name} would.",)),
        greeting=greeting or f"Hi, I'm {name}.",
        waiting="One moment, I'll be right back with you.",
        refuses=REFUSES,
        dialogues=_dialogues(fields, char, language, losses),
        lorebook=_book(fields, losses),
        autonomy="approve",
    )
    _report_unused(fields, losses)
    settled = f"Its language looks like {language}; its time zone is UTC; every draft waits for a person."
    return persona, [age_note(age, said), settled]


def _from_muse(card: Card, fields: Fields, made: Persona) -> tuple[Persona, list[str]]:
    """Return the persona that Muse itself put into the card, with what was edited elsewhere; else the one that was made."""
    extensions = fields.inside("extensions") if card.version in ("v2", "v3") else None
    muse = extensions.inside("muse") if extensions else None
    if muse is None or muse.table.get("persona") is None:
        return made, []
    try:
        persona = Persona.from_document(muse.table["persona"])
    except BadInput as error:
        raise BadInput(f"{muse.path}persona cannot be read: {error}") from None
    digests = muse.table.get("fields")
    digests = digests if isinstance(digests, dict) else {}
    edited = [name for name in _PARTS if digest(fields.table.get(name)) != digests.get(name, digest(None))]
    changes = {_PARTS[name]: getattr(made, _PARTS[name]) for name in edited}
    if "voice" in changes:
        changes["voice"] = replace(persona.voice, rules=made.voice.rules)
    tools = ", ".join(persona.tools) or "none"
    notes = [f"The card carries a persona of Muse with all its settings (tools: {tools}; autonomy: {persona.autonomy})."]
    if edited:
        notes.append(f"Edited in another program since, and taken from the card: {', '.join(edited)}.")
    notes.append(age_note(persona.age, "it was stated in Muse" if persona.age is not None else "nobody has stated one"))
    return replace(persona, **changes), notes


_PARTS = {
    "name": "name",
    "description": "biography",
    "personality": "voice",
    "first_mes": "greeting",
    "mes_example": "dialogues",
    "character_book": "lorebook",
}
"""Which part of a persona a field of a card is taken for, where it was edited elsewhere."""


def _name(fields: Fields, losses: list[Loss]) -> str:
    name = " ".join(fields.text("name").split())
    if not name:
        raise BadInput(f"{fields.path}name is empty; a character needs a name.")
    if len(name) > LONGEST_NAME:
        losses.append(Loss(f"{fields.path}name", f"of {len(name)} characters the first {LONGEST_NAME} are used"))
    return name[:LONGEST_NAME].strip()


def _greeting(fields: Fields, char: str, losses: list[Loss]) -> str:
    greeting = fill(fields.text("first_mes"), char, YOU).strip()
    if len(greeting) > LONGEST_TEXT:
        losses.append(Loss(f"{fields.path}first_mes", f"of {len(greeting)} characters the first {LONGEST_TEXT} are used"))
    return greeting[:LONGEST_TEXT].strip()


def _few(texts: list[str], most: int, field: str, losses: list[Loss]) -> list[str]:
    if len(texts) > most:
        losses.append(Loss(field, f"of {len(texts)} paragraphs the first {most} are used"))
    return texts[:most]


def _dialogues(fields: Fields, char: str, language: str, losses: list[Loss]) -> tuple[Dialogue, ...]:
    dialogues, strange = read_dialogues(fields.text("mes_example"), char, language)
    if strange:
        losses.append(
            Loss(f"{fields.path}mes_example", f"{strange} blocks are no chats of two ({{{{user}}}}: …, {{{{char}}}}: …)")
        )
    filled = (
        Dialogue(
            lines=tuple(replace(line, text=fill(line.text, char, YOU)[:LONGEST_TEXT]) for line in one.lines),
            language=one.language,
        )
        for one in dialogues
    )
    return tuple(one for one in filled if all(line.text.strip() for line in one.lines))


def _book(fields: Fields, losses: list[Loss]) -> Lorebook | None:
    book = fields.inside("character_book")
    return read_book(book, losses) if book else None


def _about_the_character(fields: Fields, char: str) -> list[tuple[str, str]]:
    return [(f"{fields.path}{one}", fill(fields.text(one), char, FAN)) for one in ("description", "personality")]


def _tagline(text: str, name: str) -> str:
    first = cut(text, 200)[:1]
    return first[0] if first else f"{name}, from a character card."


def _report_unused(fields: Fields, losses: list[Loss]) -> None:
    """Name every field that no part of the persona holds, if anything stands in it."""
    used = {"name", "description", "personality", "scenario", "first_mes", "mes_example", "character_book", "assets"}
    for name, value in fields.table.items():
        if name in used or value in (None, "", [], {}):
            continue
        if name == "extensions" and isinstance(value, dict):
            losses += [Loss(f"{fields.path}extensions.{inner}", KEPT) for inner in value if inner != "muse"]
        elif why := UNUSED.get(name, KEPT):
            losses.append(Loss(f"{fields.path}{name}", why))
