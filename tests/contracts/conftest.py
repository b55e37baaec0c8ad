from __future__ import annotations

from tests.shop.fixtures import account, shop

__all__ = ["account", "shop"]
