"""The tools, by explicit list: one file, one line."""

from __future__ import annotations

from collections.abc import Mapping

from core.clock import Clock, SystemClock
from core.ports import Embedder, Platform
from shop.catalogue import Catalogue, Stores
from studio.calendar_diary import Diary
from tools.schedule_post import SchedulePost
from tools.send_pack import SendPack

CLOCK = SystemClock()


def open_tools(
    house: Stores, embedder: Embedder, platforms: Mapping[str, Platform] | None = None, clock: Clock = CLOCK
) -> dict[str, SendPack | SchedulePost]:
    """Make every tool, by name; without `platforms` nothing can be published."""
    tools: list[SendPack | SchedulePost] = [
        SendPack(Catalogue(house, embedder.name)),
        SchedulePost(Diary(house, platforms or {}, clock)),
    ]
    return {tool.name: tool for tool in tools}
