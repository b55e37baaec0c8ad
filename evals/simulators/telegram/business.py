"""Telegram Business: somebody connects a bot to their own chats, and the bot reads and writes there in their name."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Protocol

from evals.simulators.telegram.chats import Chat
from evals.simulators.telegram.errors import bad_request
from evals.simulators.telegram.feed import UpdateFeed
from evals.simulators.telegram.formatting import units
from evals.simulators.telegram.nouns import Entry, Json, Person, now

WINDOW_S = 86_400.0


class Carrier(Protocol):
    """The bot, as far as a connection needs it."""

    feed: UpdateFeed

    def message(self, chat: Chat, sender: Person, content: Json) -> Json:
        """Build the Message object of something new in a chat."""
        ...


class BusinessChat(Chat):
    """A fan's chat with the owner of a connection. `user` is the fan, `owner` the person, `bot` what the bot wrote for them."""

    def __init__(self, fan: Person, connection: Connection) -> None:
        super().__init__(fan, connection.owner.first_name)
        self.connection = connection
        self.names["owner"] = connection.owner.first_name
        self._heard_at: float | None = None

    def check_open(self) -> None:
        """Raise the `ApiError` that a bot gets when it may not write here."""
        if not self.connection.enabled:
            raise bad_request("BUSINESS_CONNECTION_INVALID")
        if not self.connection.can_reply or self._heard_at is None:
            raise bad_request("BUSINESS_PEER_INVALID")
        if time.monotonic() - self._heard_at > WINDOW_S:
            raise bad_request("BUSINESS_PEER_USAGE_MISSING")

    def dress(self, message: Json, sender: Person, bot: Person) -> Json:
        """Name the connection, and the owner as the sender of what the bot writes."""
        message = {**message, "business_connection_id": self.connection.id}
        if sender is not bot:
            return message
        return {**message, "from": self.connection.owner.as_user(), "sender_business_bot": bot.as_user()}

    def hear(self) -> None:
        """Note that the fan wrote just now."""
        self._heard_at = time.monotonic()

    def let_pass(self, seconds: float) -> None:
        """Let time pass since the fan wrote last."""
        if self._heard_at is not None:
            self._heard_at -= seconds


class Connection:
    """One person's connection with a bot; what happens in its chats makes updates. Raises `ValueError` for the impossible."""

    def __init__(self, bot: Carrier, owner: Person, can_reply: bool) -> None:
        self.id = f"bizconn{secrets.token_urlsafe(9).replace('-', 'x')}"
        self.owner = owner
        self.enabled = True
        self.can_reply = can_reply
        self.chats: dict[int, BusinessChat] = {}
        self._bot = bot
        self._since = now()

    def as_connection(self) -> Json:
        """Return the Bot API's BusinessConnection object."""
        return {
            "id": self.id,
            "user": self.owner.as_user(),
            "user_chat_id": self.owner.id,
            "date": self._since,
            "is_enabled": self.enabled,
            "rights": {"can_reply": True} if self.can_reply else {},
        }

    def chat(self, fan: Person) -> BusinessChat:
        """Return the owner's chat with a fan."""
        if fan.id == self.owner.id:
            raise bad_request("messages must not be sent to self")
        if fan.id not in self.chats:
            self.chats[fan.id] = BusinessChat(fan, self)
        return self.chats[fan.id]

    def tell(self) -> int | None:
        """Tell the bot how the connection stands."""
        return self._bot.feed.push("business_connection", self.as_connection(), self.owner.id)

    def change(self, enabled: bool | None = None, can_reply: bool | None = None) -> int | None:
        """End the connection, begin it again, or change what it allows."""
        self.enabled = self.enabled if enabled is None else enabled
        self.can_reply = self.can_reply if can_reply is None else can_reply
        return self.tell()

    def fan_writes(self, fan: Person, text: str) -> Entry:
        """Let a fan write to the owner."""
        entry = self._write(fan, fan, "user", text, {})
        self.chat(fan).hear()
        return entry

    def owner_writes(self, fan: Person, text: str, *, by_itself: bool = False) -> Entry:
        """Let the owner write, or (`by_itself`) their greeting, away message or schedule."""
        return self._write(fan, self.owner, "owner", text, {"is_from_offline": True} if by_itself else {})

    def edit(self, fan: Person, entry: Entry, text: str) -> None:
        """Change a text in a chat, by whoever wrote it."""
        entry.text, entry.edited_at = text, time.monotonic()
        entry.message = {**entry.message, "text": text, "edit_date": now()}
        self._push("edited_business_message", entry.message, fan)
        self.chat(fan).changed()

    def delete(self, fan: Person, entries: Sequence[Entry]) -> int | None:
        """Take messages out of a chat."""
        for entry in entries:
            entry.deleted = True
        self.chat(fan).changed()
        ids = [entry.message_id for entry in entries]
        gone: Json = {"business_connection_id": self.id, "chat": fan.as_chat(), "message_ids": ids}
        return self._push("deleted_business_messages", gone, fan)

    def echo(self, entry: Entry, fan: Person) -> int | None:
        """Tell the bot of a message that it wrote itself in a chat."""
        return self._push("business_message", entry.message, fan)

    def _write(self, fan: Person, writer: Person, sender: str, text: str, more: Json) -> Entry:
        if not text.strip() or units(text) > 4096:
            raise ValueError("The app sends texts of 1 to 4096 characters.")
        chat = self.chat(fan)
        entry = Entry("text", sender, time.monotonic(), text=text)
        entry.message = self._bot.message(chat, writer, {"text": text, **more})
        entry.message_id = int(str(entry.message["message_id"]))
        chat.add(entry)
        entry.update_id = self._push("business_message", entry.message, fan)
        return entry

    def _push(self, kind: str, content: Json, fan: Person) -> int | None:
        return self._bot.feed.push(kind, content, fan.id) if self.enabled else None
