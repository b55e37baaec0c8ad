"""A persona as a card. Muse's own document goes along in `extensions["muse"]`, so that it comes back whole."""

from __future__ import annotations

import hashlib
from typing import Any

from personas.cards.books import write_book
from personas.cards.card import Card, Version
from personas.cards.convert import V2_DEFAULTS
from personas.cards.fields import Loss
from personas.cards.jsons import read_json, write_json
from personas.cards.prose import write_dialogues
from personas.schema import Persona

FORMAT = 1
"""Of `extensions["muse"]`."""

ONLY_MUSE = ("lines", "lines_in", "tools", "pace", "look", "rhythm", "model", "time_zone", "languages", "accent", "boundaries")
"""Parts of a persona that no field of the card specs has room for."""


def to_card(persona: Persona, version: Version) -> tuple[Card, list[Loss]]:
    """Return a persona as a card of V1, V2 or V3, and what other programs (and for V1 Muse as well) will not see of it."""
    fields = card_fields(persona, version)
    document = persona.to_document()
    held = [name for name in ONLY_MUSE if document[name]]
    if version == "v1":
        return Card("v1", fields), [Loss(name, "V1 has no room for it, and no extensions") for name in held]
    fields["extensions"] = {"muse": muse_extension(persona, fields)}
    spec = {"v2": ("chara_card_v2", "2.0"), "v3": ("chara_card_v3", "3.0")}[version]
    why = 'it stands in extensions["muse"], which Muse alone reads'
    card = Card(version, {"spec": spec[0], "spec_version": spec[1], "data": fields})
    return card, [Loss(name, why) for name in held]


def card_fields(persona: Persona, version: Version) -> dict[str, Any]:
    """Return the fields that a persona fills in a card of that version, without extensions."""
    flat = {
        "name": persona.name,
        "description": "\n".join(_describe(persona)),
        "personality": "\n".join(persona.voice.rules),
        "scenario": "",
        "first_mes": persona.greeting,
        "mes_example": write_dialogues(persona.dialogues),
    }
    if version == "v1":
        return flat
    fields = {**V2_DEFAULTS, **flat, "alternate_greetings": [], "tags": [], "extensions": {}}
    fields["creator_notes"] = persona.tagline
    if persona.lorebook is not None:
        fields["character_book"] = write_book(persona.lorebook, v3=version == "v3")
    if version == "v3":
        fields["group_only_greetings"] = []
    return fields


def muse_extension(persona: Persona, fields: dict[str, Any]) -> dict[str, Any]:
    """Return what Muse keeps in a card: the persona whole, and a digest of each field, to see what was edited elsewhere."""
    digests = {name: digest(value) for name, value in sorted(fields.items()) if name != "extensions"}
    document = read_json(write_json(persona.to_document()), "The persona")  # lists, as a card that was read has them
    return {"format": FORMAT, "persona": document, "fields": digests}


def digest(value: Any) -> str:
    """Return a short digest of a JSON value."""
    return hashlib.sha256(write_json(value)).hexdigest()[:16]


def _describe(persona: Persona) -> list[str]:
    """Say who the persona is in words that another program's prompt can use."""
    lines = [persona.tagline, f"Pronouns: {persona.pronouns}"]
    if persona.age is not None:
        lines.append(f"Age: {persona.age}")
    lines += [fact.text for fact in persona.biography]
    return lines + [f"Refuses, never taking part in it: {one}" for one in persona.refuses]
