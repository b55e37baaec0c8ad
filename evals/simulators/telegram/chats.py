"""A private chat: what the fan sees in it, in order."""

from __future__ import annotations

import time

from evals.simulators.telegram.errors import forbidden
from evals.simulators.telegram.nouns import Entry, Json, Person
from evals.simulators.transcript import Transcript


class Chat(Transcript[Entry]):
    """One person's chat with one bot. `transcript` holds everything in order, typing included."""

    def __init__(self, person: Person, bot_name: str) -> None:
        super().__init__("bot")
        self.person = person
        self.opened = False  # the person has pressed Start at least once
        self.blocked = False
        self.names = {"user": person.first_name, "bot": bot_name}
        self._by_id: dict[int, Entry] = {}

    def check_open(self) -> None:
        """Raise the `ApiError` that a bot gets when it may not write here."""
        if not self.person.active:
            raise forbidden("user is deactivated")
        if self.blocked:
            raise forbidden("bot was blocked by the user")
        if not self.opened:
            raise forbidden("bot can't initiate conversation with a user")

    def dress(self, message: Json, sender: Person, bot: Person) -> Json:
        """Return a Message object with what this kind of chat adds to it; nothing in a bot's own chat."""
        return message

    def add(self, entry: Entry) -> Entry:
        """Show an entry at the end of the chat."""
        if entry.message_id:
            self._by_id[entry.message_id] = entry
        return super().add(entry)

    def find(self, message_id: int) -> Entry | None:
        """Return a message that is still there."""
        entry = self._by_id.get(message_id)
        return None if entry is None or entry.deleted else entry

    def changed(self) -> None:
        """Wake whoever waits, after an entry was edited, deleted or unlocked."""
        self._signal.notify()

    async def wait_for_edit(self, entry: Entry, timeout_s: float = 5.0) -> Entry:
        """Return the entry once the bot has edited or deleted it. Raises `TimeoutError`."""

        def seen() -> Entry | None:
            return entry if entry.edited_at is not None or entry.deleted else None

        return await self._signal.until(seen, timeout_s, lambda: f"Nobody changed {entry} within {timeout_s} s.")

    def __str__(self) -> str:
        """Show the chat as lines of text, typing left out."""
        return "\n".join(f"{self.names[entry.sender]}: {entry}" for entry in self.transcript if entry.kind != "typing")


def typing(sender: str, action: str) -> Entry:
    """Return the entry of a chat action, such as "typing" or "upload_photo", with its name as text."""
    return Entry("typing", sender, time.monotonic(), text=action)
