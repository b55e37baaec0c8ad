"""The tools, by explicit list: one file, one line."""

from __future__ import annotations

from core.ports import Embedder
from shop.catalogue import Catalogue, Stores
from tools.send_pack import SendPack


def open_tools(house: Stores, embedder: Embedder) -> dict[str, SendPack]:
    """Make every tool, by name."""
    tools = [SendPack(Catalogue(house, embedder.name))]
    return {tool.name: tool for tool in tools}
