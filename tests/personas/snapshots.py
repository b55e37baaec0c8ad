"""What the sample personas' prompts look like, kept as files so that a change is seen when it is made.

Renew them with `python -m tests.personas.snapshots`, and read the difference before it is committed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from core.recall import RecalledEpisode
from personas.loader import list_personas, load_from_library
from personas.render import Moment, fence, render_moment, render_prefix, render_summary

FOLDER = Path(__file__).parent / "snapshots"
SATURDAY = datetime(2026, 7, 4, 20, 30, tzinfo=UTC)
TOOLS = (("send_pack", "Offer the fan one of your picture packs."),)
MOMENT = Moment(
    now=SATURDAY,
    lore=("What the lorebook knows of the thing spoken of.",),
    profile=("The fan wants to be called Tommy.", "The fan asked for short answers."),
    facts=("The fan has a dog called Rex.", "The fan lives in Leeds."),
    episodes=(
        RecalledEpisode(UUID(int=1), "fan", "My sister marries in May", datetime(2026, 4, 2, tzinfo=UTC), 0.9, "vector"),
        RecalledEpisode(
            UUID(int=2), "agent", "Then you'll need a good bowl.", datetime(2026, 7, 3, 9, tzinfo=UTC), 0.5, "neighbour"
        ),
    ),
    refusals=("The pack “The sea at dusk” is sold out.",),
    notes=("Something came in that you cannot see; say so.",),
)


def render(slug: str) -> str:
    """Return one persona's prompt around a short conversation."""
    persona = load_from_library(slug)
    return "\n\n======\n\n".join(
        [
            render_prefix(persona, TOOLS),
            render_summary("They met in June and spoke of the sea and of Tommy's dog."),
            fence("hey, what are you doing tonight?"),
            render_moment(persona, MOMENT),
        ]
    )


def path_of(slug: str) -> Path:
    """Return where a persona's prompt is kept."""
    return FOLDER / f"{slug}.txt"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for gone in FOLDER.glob("*.txt"):
        gone.unlink()
    for name in list_personas():
        path_of(name).write_text(render(name) + "\n", encoding="utf-8")
