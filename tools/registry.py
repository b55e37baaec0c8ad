"""The tools, by explicit list: one file, one line."""

from __future__ import annotations

from typing import TypeAlias

from core.ports import Embedder
from shop.catalogue import Catalogue, Stores
from studio.ordering import PictureDesk
from tools.generate_image import GenerateImageTool
from tools.send_pack import SendPack

AnyTool: TypeAlias = SendPack | GenerateImageTool


def open_tools(house: Stores, embedder: Embedder, desk: PictureDesk) -> dict[str, AnyTool]:
    """Make every tool, by name."""
    tools: list[AnyTool] = [SendPack(Catalogue(house, embedder.name)), GenerateImageTool(desk)]
    return {tool.name: tool for tool in tools}
