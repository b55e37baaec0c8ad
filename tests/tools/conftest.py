from __future__ import annotations

from tests.shop.fixtures import account, shop, turn

__all__ = ["account", "shop", "turn"]
