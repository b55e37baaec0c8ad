"""`schedule_post`: put words for everybody on the calendar; from a fan's chat, as a proposal that waits for a person."""

from __future__ import annotations

from typing import Any

from core.errors import Refused
from core.turns import SchedulePost as Scheduled
from studio.calendar_diary import Diary
from tools.context import ToolContext

PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "caption": {"type": "string", "description": "The words of the post, for everybody to read; nothing of this chat."},
        "at": {"type": "string", "description": "When, in your own local time, as 2026-05-03 18:00."},
        "platform": {"type": "string", "description": "Where, such as telegram; leave it out for your usual place."},
    },
    "required": ["caption", "at"],
    "additionalProperties": False,
}


class SchedulePost:
    """Stages one post a turn. Who is asked for a yes, and where it goes, are never the model's or the fan's to say."""

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
        """Stage a `SchedulePost`, and answer what stands where; or say why nothing was put on the calendar."""
        if any(isinstance(effect, Scheduled) for effect in context.staging.effects):
            return "One post is on its way to the calendar already; no second in this turn."
        given = {name: str(arguments.get(name) or "") for name in PARAMETERS["properties"]}
        try:
            entry = await self._diary.enter(context.turn, given["caption"], given["at"], given["platform"].strip().lower())
        except Refused as error:
            return f"Nothing was put on the calendar: {error}"
        context.staging.stage(entry.effect)
        if entry.planned:
            return f"Planned for {entry.when} on {entry.place}."
        return f"Proposed to your team for {entry.when} on {entry.place}; it waits for their yes. Do not promise that it comes."
