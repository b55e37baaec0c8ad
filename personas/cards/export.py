"""A persona as a card again: the kept original where it still says the same, else with what was changed since laid over it."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import replace

from personas.cards.card import Card, Version, without_twin
from personas.cards.convert import convert, replace_data
from personas.cards.fields import Loss
from personas.cards.incoming import import_card
from personas.cards.outgoing import ONLY_MUSE, card_fields, muse_extension, to_card
from personas.schema import Persona


def export_card(persona: Persona, version: Version, original: Card | None, today: date) -> tuple[Card, list[Loss]]:
    """Return a card of V1, V2 or V3 that says what the persona says, and every field that could not be carried.

    `original` is the card that the persona was imported from. In its own version, and where nothing was changed since, it comes
    out JSON-equal. Raises `BadInput`.
    """
    if original is None or original.version == "eliza":
        card, losses = to_card(persona, version)
        lost = [Loss(name, "only ElizaOS has it; it stays in the kept file") for name in original.data] if original else []
        return card, losses + [loss for loss in lost if loss.field not in ("name",)]
    card, losses = convert(original, version)
    was = import_card(original, today).persona
    if replace(persona, slug=was.slug) == was:
        return card, losses
    changes = _changes(was, persona, version)
    if version == "v1":
        held = persona.to_document()
        unheld = [name for name in ("age", *ONLY_MUSE) if held[name] and held[name] != was.to_document()[name]]
        losses = losses + [Loss(name, "changed in Muse, and V1 has no room for it") for name in unheld]
        return without_twin(replace_data(card, changes)), losses
    changed = replace_data(card, changes)
    extensions = changed.data.get("extensions")
    extensions = dict(extensions) if isinstance(extensions, dict) else {}
    extensions["muse"] = muse_extension(persona, changed.data)
    return without_twin(replace_data(changed, {"extensions": extensions})), losses


def _changes(was: Persona, now: Persona, version: Version) -> dict[str, Any]:
    """Return the card's fields that are no more what they were; none for one that is gone."""
    before, after = card_fields(was, version), card_fields(now, version)
    return {name: after.get(name) for name in {**before, **after} if before.get(name) != after.get(name)}
