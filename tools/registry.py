"""The tools, by explicit list: one file, one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from core.clock import Clock, SystemClock
from core.platforms import Platform
from core.ports import Embedder
from shop.catalogue import Catalogue, Stores
from shop.promos import Promos
from shop.restraint import Restraint
from studio.calendar_diary import Diary
from studio.ordering import PictureDesk
from tools.apply_promo import ApplyPromo
from tools.context import ToolContext
from tools.generate_image import GenerateImageTool
from tools.hand_to_operator import HandOver
from tools.recall import RecallTool
from tools.remember import Remember
from tools.schedule_post import SchedulePost
from tools.send_pack import SendPack

CLOCK = SystemClock()


class Tool(Protocol):
    """What every tool offers; `agents.tool.Tool` asks for the same."""

    name: str
    description: str
    parameters: dict[str, Any]

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        """Check, stage, and answer in words that the model sees. Raises `MuseError` if it cannot tell."""
        ...


def open_tools(
    house: Stores,
    embedder: Embedder,
    desk: PictureDesk,
    platforms: Mapping[str, Platform] | None = None,
    clock: Clock = CLOCK,
) -> dict[str, Tool]:
    """Make every tool, by name; without `platforms` nothing can be published, nor sold that a platform must allow."""
    known = platforms or {}
    policies, restraint = {name: platform.policy for name, platform in known.items()}, Restraint(house)
    tools: list[Tool] = [
        SendPack(Catalogue(house, embedder.name, policies), restraint),
        ApplyPromo(Promos(house, policies), restraint),
        GenerateImageTool(desk, policies),
        SchedulePost(Diary(house, known, clock)),
        RecallTool(),
        Remember(),
        HandOver(),
    ]
    return {tool.name: tool for tool in tools}
