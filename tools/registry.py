"""The tools, by explicit list: one file, one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from core.ports import Embedder, PlatformPolicy
from shop.catalogue import Catalogue, Stores
from shop.promos import Promos
from tools.apply_promo import ApplyPromo
from tools.send_pack import SendPack

AnyTool: TypeAlias = SendPack | ApplyPromo


def open_tools(house: Stores, embedder: Embedder, policies: Mapping[str, PlatformPolicy] | None = None) -> dict[str, AnyTool]:
    """Make every tool, by name; `policies` say what each platform allows (unknown: nothing that needs allowing)."""
    known = policies or {}
    tools: list[AnyTool] = [
        SendPack(Catalogue(house, embedder.name, known)),
        ApplyPromo(Promos(house, known)),
    ]
    return {tool.name: tool for tool in tools}
