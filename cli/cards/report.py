"""What an import or an export tells: who it is, what could not be carried, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from personas.cards.fields import Loss
    from personas.cards.incoming import Imported

MOST_LINES = 200


def tell_import(imported: Imported, where: str) -> list[str]:
    """Return the lines that tell of an import; `where` says what became of it."""
    card = imported.card
    kind = "ElizaOS character file" if card.version == "eliza" else f"{card.version.upper()} card"
    return [
        f"{imported.persona.name}: {kind} ({card.container.upper()}) → {where}",
        *(f"  {note}" for note in imported.notes),
        *tell_losses(imported.losses, "Not part of the persona, but kept in the card as it came:"),
    ]


def tell_losses(losses: Sequence[Loss], title: str) -> list[str]:
    """Return a loss report, one line a field; nothing when nothing is lost."""
    if not losses:
        return []
    lines = [f"  {title}", *(f"    {loss.field}: {loss.why}" for loss in losses[:MOST_LINES])]
    return lines if len(losses) <= MOST_LINES else [*lines, f"    … and {len(losses) - MOST_LINES} more"]


def say(lines: Sequence[str]) -> None:
    """Print lines; what came from a card may not steer the terminal."""
    from cli.terminal import tame

    for line in lines:
        print(tame(line))
