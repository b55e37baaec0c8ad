"""The hands of a person who uses the app, and those of the app's staff."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from evals.simulators.http.chats import Chat, Entry
from evals.simulators.http.feed import Feed, Json


class AppFan:
    """One fan. What they do is an event at once. Every action raises `ValueError` when the app would not let them."""

    def __init__(self, fan_id: str, name: str, feed: Feed, number: Callable[[], int]) -> None:
        self.id = fan_id
        self.name = name
        self.chat = Chat(f"chat-{fan_id}", name)
        self._feed = feed
        self._number = number

    def write(self, text: str, reply_to: Entry | None = None, late_s: float = 0.0) -> Entry:
        """Write a text; `late_s` says how long ago that was."""
        more: Json = {"reply_to": reply_to.id} if reply_to else {}
        return self._say(Entry("text", "fan", time.monotonic(), self._next(), text), more, late_s)

    def send_media(self, files: Sequence[Json], caption: str = "") -> Entry:
        """Send files that lie at an address: `{"kind", "url", "mime", "bytes"}` each."""
        return self._say(Entry("media", "fan", time.monotonic(), self._next(), caption), {"media": list(files)})

    def edit(self, entry: Entry, text: str) -> str:
        """Change a message of one's own."""
        self._check_own(entry)
        entry.text, entry.edited = text, True
        return self._tell("message.edited", {**self._who(), "message": {"id": entry.id, "text": text}})

    def delete(self, *entries: Entry) -> str:
        """Take messages of one's own back."""
        for entry in entries:
            self._check_own(entry)
            entry.deleted = True
        return self._tell("message.deleted", {"conversation": self.chat.key, "messages": [entry.id for entry in entries]})

    def react(self, entry: Entry, *emoji: str) -> str:
        """Put reactions under a message, or take them back."""
        entry.reactions = emoji
        return self._tell("reaction.changed", {**self._who(), "message": entry.id, "emoji": list(emoji)})

    def buy(self, entry: Entry, *, test: bool = False, paid: Json | None = None) -> str:
        """Unlock a pack, for its price unless `paid` says otherwise; return the charge's id."""
        if entry.kind != "pack" or not entry.locked:
            raise ValueError(f"There is nothing to buy in {entry}.")
        entry.locked = False
        charge = f"ch_{secrets.token_hex(6)}"
        bought: Json = {**self._who(), "payload": entry.pack["payload"], "charge": charge, "paid": paid or entry.pack["price"]}
        self._tell("purchase.completed", {**bought, "test": True} if test else bought)
        return charge

    def get_back(self, entry: Entry, charge: str) -> str:
        """Have a payment given back."""
        entry.locked = True
        return self._tell("purchase.refunded", {**self._who(), "payload": entry.pack["payload"], "charge": charge})

    def block(self) -> str:
        """Want nothing more of this influencer."""
        self.chat.blocked = True
        return self._tell("fan.blocked", self._who())

    def unblock(self) -> str:
        """Let the influencer write again."""
        self.chat.blocked = False
        return self._tell("fan.unblocked", self._who())

    def staff_writes(self, text: str) -> Entry:
        """Let somebody of the app's staff answer in the influencer's place."""
        entry = self.chat.add(Entry("text", "person", time.monotonic(), self._next(), text))
        message: Json = {"id": entry.id, "text": text}
        entry.key = self._tell("message.sent", {"conversation": self.chat.key, "message": message, "by": "person"})
        return entry

    def _say(self, entry: Entry, more: Json, late_s: float = 0.0) -> Entry:
        if self.chat.blocked:
            raise ValueError(f"{self.name} has blocked the influencer.")
        self.chat.add(entry)
        message: Json = {"id": entry.id, "text": entry.text, **more}
        entry.key = self._tell("message.created", {**self._who(), "message": message}, late_s)
        return entry

    def _tell(self, kind: str, data: Json, late_s: float = 0.0) -> str:
        at = datetime.now(UTC) - timedelta(seconds=late_s)
        return self._feed.push({"type": kind, "timestamp": at.isoformat(), "data": data}, self.chat.key)

    def _who(self) -> Json:
        return {"conversation": self.chat.key, "fan": {"id": self.id, "name": self.name, "language": "en"}}

    def _next(self) -> str:
        return f"m-{self._number()}"

    def _check_own(self, entry: Entry) -> None:
        if entry.sender != "fan" or entry.deleted:
            raise ValueError("Only a message of one's own can be changed.")
