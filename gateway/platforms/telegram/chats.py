"""Which chat a key means: a bot's own private chat, or one in which it speaks in somebody's name through a connection."""

from __future__ import annotations

import re

from msgspec import Struct

from core.errors import BadInput

NUMBER = re.compile(r"-?[0-9]{1,19}")
BUSINESS_PREFIX = "biz:"
BUSINESS = re.compile(r"biz:(?P<connection>[^\s:]{1,200}):(?P<chat>-?[0-9]{1,19})")
WINDOW_S = 86_400.0
"""How long a chat of a connection may be written to after the fan's last message."""


class Where(Struct, frozen=True):
    """A private chat, which has its user's id, and the connection through which it is reached, if it is."""

    chat_id: int
    connection: str | None = None

    def fields(self) -> dict[str, object]:
        """Return the parameters that name the chat in a call."""
        named: dict[str, object] = {"chat_id": self.chat_id}
        return named if self.connection is None else {**named, "business_connection_id": self.connection}


def business_key(connection: str, chat_id: int) -> str:
    """Return the key of a connection's chat. Raises `BadInput` for a connection that no key can hold."""
    key = f"{BUSINESS_PREFIX}{connection}:{chat_id}"
    if not BUSINESS.fullmatch(key):
        raise BadInput("Telegram named a business connection in a way we cannot keep.")
    return key


def read_chat(key: str) -> Where:
    """Read a chat's key. Anything but a number could name a public group (`@name`). Raises `BadInput`."""
    if NUMBER.fullmatch(key):
        return Where(int(key))
    found = BUSINESS.fullmatch(key)
    if found is None:
        raise BadInput("A Telegram chat is named by its number, with its connection where it has one.")
    return Where(int(found["chat"]), found["connection"])
