"""Character files of ElizaOS as personas. They are read and kept, never written."""

from __future__ import annotations

import re
import zlib
from typing import Any

from personas.cards.ages import stated_age
from personas.cards.bounds import LONGEST_TEXT, MOST_DIALOGUES, MOST_FACTS, MOST_RULES
from personas.cards.defaults import FAN, KEPT, REFUSES, YOU, age_note
from personas.cards.fields import Fields, Loss
from personas.cards.prose import about, cut, guess_language, guess_pronouns
from personas.cards.slugs import slug_of
from personas.lorebook import Entry, Lorebook
from personas.macros import fill
from personas.schema import Persona
from personas.traits import Boundaries, Dialogue, Fact, Line, Voice

_NUMBERED = re.compile(r"\{\{(?:user|name)\d*\}\}", re.IGNORECASE)
_AGENT = re.compile(r"\{\{(?:agentName|agent|char)\}\}", re.IGNORECASE)
MOST_LIKES = 50
KEYS = 6

USED = {"name", "bio", "lore", "knowledge", "messageExamples", "topics", "adjectives", "style"}
WHY = {
    "system": "a stranger's instructions never enter a prompt; it stays in the kept card",
    "templates": "a stranger's instructions never enter a prompt; they stay in the kept card",
    "modelProvider": "which model speaks is an operator's choice",
    "settings": "settings and secrets of another program; they stay in the kept card",
    "secrets": "settings and secrets of another program; they stay in the kept card",
    "plugins": "Muse has tools of its own",
    "clients": "accounts are connected with muse account connect",
    "postExamples": "Muse has no posts by example yet; they stay in the kept card",
}


def to_persona(fields: Fields, name: str, losses: list[Loss]) -> tuple[Persona, list[str]]:
    """Return the persona that a character file makes, and what an operator should know. Raises `BadInput`."""
    bio = [_fill(text, name, FAN) for one in ("bio", "lore") for text in _one_or_many(fields, one)]
    facts = [piece for text in bio for piece in cut(text)]
    if len(facts) > MOST_FACTS:
        losses.append(Loss("bio, lore", f"of {len(facts)} paragraphs the first {MOST_FACTS} are used"))
    language = guess_language("\n".join(facts))
    age, said = stated_age([("bio", text) for text in facts], fields.table.get("settings"))
    losses += [
        Loss(field, WHY.get(field, KEPT)) for field, value in fields.table.items() if field not in USED and value not in EMPTY
    ]
    persona = Persona(
        slug=slug_of(name),
        name=name,
        age=age,
        pronouns=guess_pronouns(" ".join(facts)),
        tagline=(cut(facts[0], 200)[0] if facts else f"{name}, from a character file."),
        accent=f"#{zlib.crc32(name.encode()) & 0xFFFFFF:06x}",
        languages=(language,),
        time_zone="UTC",
        biography=tuple(Fact(about=about(text), text=text) for text in facts[:MOST_FACTS]),
        voice=Voice(rules=_rules(fields, name, losses)),
        greeting=f"Hi, I'm {name}.",
        waiting="One moment, I'll be right back with you.",
        refuses=REFUSES,
        boundaries=Boundaries(likes=tuple(text[:LONGEST_TEXT] for text in fields.texts("topics")[:MOST_LIKES] if text.strip())),
        dialogues=_dialogues(fields, name, language, losses),
        lorebook=_knowledge(fields, name, losses),
        autonomy="approve",
    )
    return persona, [
        age_note(age, said),
        f"Its language looks like {language}; its time zone is UTC; every draft waits for a person.",
    ]


EMPTY: tuple[Any, ...] = (None, "", [], {})


def _fill(text: str, char: str, fan: str) -> str:
    return fill(_AGENT.sub("{{char}}", _NUMBERED.sub("{{user}}", text)), char, fan)


def _one_or_many(fields: Fields, name: str) -> list[str]:
    return [fields.text(name)] if isinstance(fields.table.get(name), str) else fields.texts(name)


def _rules(fields: Fields, name: str, losses: list[Loss]) -> tuple[str, ...]:
    """Return how the character writes: its style for everything and for chats, and its adjectives."""
    rules = []
    if style := fields.inside("style"):
        rules = [*_one_or_many(style, "all"), *_one_or_many(style, "chat")]
        losses += [Loss(f"style.{one}", "for posts; it stays in the kept card") for one in ("post",) if style.table.get(one)]
    if adjectives := fields.texts("adjectives"):
        rules.append(f"{name} is {', '.join(adjectives[:MOST_LIKES])}.")
    pieces = [piece for rule in rules for piece in cut(_fill(rule, name, FAN))]
    if len(pieces) > MOST_RULES:
        losses.append(Loss("style", f"of {len(pieces)} rules the first {MOST_RULES} are used"))
    return tuple(pieces[:MOST_RULES]) or (f"Speaks as {name} would.",)


def _dialogues(fields: Fields, name: str, language: str, losses: list[Loss]) -> tuple[Dialogue, ...]:
    """Read example chats: lists of {name or user, content: {text}}, or objects that hold such a list under `examples`."""
    found, strange = [], 0
    for at, chat in enumerate(fields.many("messageExamples")):
        where = f"messageExamples[{at}]"
        said = Fields(chat, f"{where}.").many("examples") if isinstance(chat, dict) and "examples" in chat else chat
        said = said if isinstance(said, list) else [said]
        lines = [line for n, one in enumerate(said) if (line := _line(Fields(one, f"{where}[{n}]."), name))][:40]
        if len(lines) > 1:
            found.append(Dialogue(lines=tuple(lines), language=language))
        else:
            strange += 1
    if strange or len(found) > MOST_DIALOGUES:
        lost = strange + max(len(found) - MOST_DIALOGUES, 0)
        losses.append(Loss("messageExamples", f"{lost} chats are no chats of two, or too many"))
    return tuple(found[:MOST_DIALOGUES])


def _line(message: Fields, name: str) -> Line | None:
    who = message.text("name") or message.text("user")
    content = message.inside("content")
    text = _fill(content.text("text"), name, YOU).strip()[:LONGEST_TEXT] if content else ""
    by_persona = who.strip().casefold() in (name.casefold(), "{{agentname}}", "{{char}}")
    return Line(who="persona" if by_persona else "fan", text=text) if text else None


def _knowledge(fields: Fields, name: str, losses: list[Loss]) -> Lorebook | None:
    """Make lorebook entries of knowledge that stands in the file. Files that it names are never read."""
    entries = []
    for at, one in enumerate(fields.many("knowledge")):
        if isinstance(one, str) and one.strip():
            text = _fill(one, name, FAN)
            entries += [Entry(keys=about(piece)[:KEYS], content=piece) for piece in cut(text)]
        else:
            losses.append(Loss(f"knowledge[{at}]", "it names a file; files are never read"))
    return Lorebook(entries=tuple(entries[:2000])) if entries else None
