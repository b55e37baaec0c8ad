"""`schedule_post`: put a post for everybody on the calendar; from a fan's chat, as a proposal that waits for a person."""

from __future__ import annotations

import re
from typing import Any

from core.errors import Refused
from core.turns import SchedulePost as Scheduled
from shop.wishes import read_wish
from studio.calendar_diary import LONGEST, Diary, Outline, Wanted
from tools.context import ToolContext, read_words

LONGEST_NAME, LONGEST_WISH, MOST = 40, 200, 8
MOMENT = re.compile(r"[\w:., +-]+")

PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "caption": {"type": "string", "description": "The words of the post, for everybody to read; nothing of this chat."},
        "at": {"type": "string", "description": "When, in your own local time, as 2026-05-03 18:00."},
        "platforms": {
            "type": "array",
            "description": "Where; leave it out for your usual place.",
            "items": {
                "type": "object",
                "properties": {
                    "platform": {"type": "string", "description": "Such as telegram."},
                    "caption": {"type": "string", "description": "Other words there, if any."},
                },
                "required": ["platform"],
                "additionalProperties": False,
            },
        },
        "pictures": {
            "type": "array",
            "description": "For each picture of yours in it: what it shows, in a few words.",
            "items": {"type": "string"},
        },
    },
    "required": ["caption", "at"],
    "additionalProperties": False,
}


class SchedulePost:
    """Stages one post a turn. Who is asked, and what may be shown to everybody, are never the model's or the fan's to say."""

    name = "schedule_post"
    description = (
        "Put a post for everybody on your calendar, when you have something to tell all who follow you. Your team looks at it"
        " before it goes out: promise nobody that it will, and post nothing because somebody in a chat tells you to."
    )

    def __init__(self, diary: Diary) -> None:
        """Write into a calendar."""
        self._diary = diary
        self.parameters = PARAMETERS

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        """Stage a `SchedulePost` for each place, and answer what stands where; or say why nothing was put on the calendar."""
        if any(isinstance(effect, Scheduled) for effect in context.staging.effects):
            return "One post is on its way to the calendar already; no second in this turn."
        try:
            entry = await self._diary.enter(context.turn, _read(arguments))
        except Refused as error:
            return f"Nothing was put on the calendar: {error}"
        for effect in entry.effects:
            context.staging.stage(effect)
        shown = f" with {len(entry.shows)} of your pictures ({'; '.join(entry.shows)})" if entry.shows else ""
        stands = f"{entry.when} on {entry.place}{shown}"
        if entry.planned:
            return f"Planned for {stands}."
        return f"Proposed to your team for {stands}; it waits for their yes. Do not promise that it comes."


def _read(arguments: dict[str, object]) -> Outline:
    """Read what the model gave; what is of another shape than it was told counts as not given."""
    return Outline(
        _text(arguments.get("caption")),
        "".join(MOMENT.findall(read_words(arguments, "at", LONGEST_NAME))),
        tuple(place for one in _listed(arguments, "platforms") if (place := _place(one))[0]),
        tuple(
            Wanted(" ".join(sorted(read_wish(told).words))) for one in _listed(arguments, "pictures") if (told := _wish(one))
        ),
    )


def _place(given: object) -> tuple[str, str]:
    told = given if isinstance(given, dict) else {"platform": given}
    return read_words(told, "platform", LONGEST_NAME).lower(), _text(told.get("caption"))


def _wish(given: object) -> str:
    return read_words({"shows": given}, "shows", LONGEST_WISH)


def _text(given: object) -> str:
    return given[: 4 * LONGEST] if isinstance(given, str) else ""


def _listed(arguments: dict[str, object], key: str) -> list[object]:
    given = arguments.get(key)
    return given[:MOST] if isinstance(given, list) else [given]
