"""The small things that all parts of the simulator speak of."""

from __future__ import annotations

import time
from typing import TypeAlias

from msgspec import Struct

Json: TypeAlias = dict[str, object]


class Person(Struct):
    """A Telegram user as bots see one; `active` is false once the account was deleted."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = "en"
    is_bot: bool = False
    active: bool = True

    def as_user(self) -> Json:
        """Return the Bot API's User object."""
        user: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user

    def as_chat(self) -> Json:
        """Return the private Chat with this person."""
        chat: Json = {"id": self.id, "first_name": self.first_name, "type": "private"}
        if self.username:
            chat["username"] = self.username
        return chat


class StoredFile(Struct, frozen=True):
    """A file on Telegram's shelf. `kind` is photo, video, voice or sticker; sizes in pixels."""

    file_id: str
    unique_id: str
    path: str
    kind: str
    mime: str
    data: bytes
    width: int = 0
    height: int = 0

    def as_file(self) -> Json:
        """Return the fields that every file object has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.data)}

    def as_size(self) -> Json:
        """Return the PhotoSize object."""
        return {**self.as_file(), "width": self.width, "height": self.height}


class Entry(Struct, eq=False):
    """One thing that a fan sees in a chat, as it stands now.

    `kind` is text, photo, paid_media, invoice, voice, sticker, payment, refund or typing; `sender` is bot or user, in a
    connection's chats also owner; `price` in Stars;
    `at` is monotonic seconds; `message` is the Bot API's Message object (empty for typing).
    """

    kind: str
    sender: str
    at: float
    message_id: int = 0
    text: str = ""
    files: tuple[StoredFile, ...] = ()
    price: int | None = None
    locked: bool = False
    payload: str = ""
    group: str | None = None
    edited_at: float | None = None
    deleted: bool = False
    update_id: int | None = None
    reactions: tuple[str, ...] = ()
    message: Json = {}

    def __str__(self) -> str:
        """Show the entry as one line of a chat."""
        words = self.text
        if self.kind == "paid_media":
            state = "locked" if self.locked else "unlocked"
            words = f"[{state}, {self.price} Stars, {len(self.files)} items] {self.text}".rstrip()
        elif self.kind != "text":
            words = f"[{self.kind}] {self.text}".rstrip()
        return words + (" (edited)" if self.edited_at else "") + (" (deleted)" if self.deleted else "")


def now() -> int:
    """Return the Unix time in whole seconds, as Telegram dates things."""
    return int(time.time())
