"""The tools, by explicit list: one file, one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from core.ports import Embedder, PlatformPolicy
from shop.catalogue import Catalogue, Stores
from shop.promos import Promos
from shop.restraint import Restraint
from studio.ordering import PictureDesk
from tools.apply_promo import ApplyPromo
from tools.context import ToolContext
from tools.generate_image import GenerateImageTool
from tools.hand_to_operator import HandOver
from tools.recall import RecallTool
from tools.remember import Remember
from tools.send_pack import SendPack


class Tool(Protocol):
    """What every tool offers; `agents.tool.Tool` asks for the same."""

    name: str
    description: str
    parameters: dict[str, Any]

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        """Check, stage, and answer in words that the model sees. Raises `MuseError` if it cannot tell."""
        ...


def open_tools(
    house: Stores, embedder: Embedder, desk: PictureDesk, policies: Mapping[str, PlatformPolicy] | None = None
) -> dict[str, Tool]:
    """Make every tool, by name; `policies` say what each platform allows (unknown: nothing that needs allowing)."""
    known, restraint = policies or {}, Restraint(house)
    tools: list[Tool] = [
        SendPack(Catalogue(house, embedder.name, known), restraint),
        ApplyPromo(Promos(house, known), restraint),
        GenerateImageTool(desk),
        RecallTool(),
        Remember(),
        HandOver(),
    ]
    return {tool.name: tool for tool in tools}
