"""The tools, by explicit list: one file, one line."""

from __future__ import annotations

from core.ports import Embedder
from storage.house import House
from tools.send_pack import SendPack


def open_tools(house: House, embedder: Embedder) -> dict[str, SendPack]:
    """Make every tool, by name."""
    tools = [SendPack(house.app, embedder.name)]
    return {tool.name: tool for tool in tools}
