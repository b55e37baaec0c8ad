from __future__ import annotations

from tests.shop.fixtures import account, chat, shop

__all__ = ["account", "chat", "shop"]
