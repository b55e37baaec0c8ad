"""A conversation in the app: what the fan sees in it, in order."""

from __future__ import annotations

from msgspec import Struct

from evals.simulators.signals import Signal


class Entry(Struct, eq=False):
    """One thing that a fan sees, as it stands now.

    `kind` is text, pack, picture, media or typing; `sender` is muse, person (of the app) or fan; `at` is monotonic seconds;
    `key` is the webhook id that brought it or told of it; `pack` is the offer's JSON, `picture` that of one made for the fan.
    """

    kind: str
    sender: str
    at: float
    id: str
    text: str = ""
    key: str = ""
    pack: dict[str, object] = {}
    picture: dict[str, object] = {}
    locked: bool = False
    edited: bool = False
    deleted: bool = False
    reactions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Show the entry as one line of a chat."""
        words = self.text
        if self.kind == "pack":
            words = f"[{'locked' if self.locked else 'unlocked'}: {self.pack.get('title')}] {self.text}".rstrip()
        elif self.kind != "text":
            words = f"[{self.kind}] {self.text}".rstrip()
        return words + (" (edited)" if self.edited else "") + (" (deleted)" if self.deleted else "")


class Chat:
    """One fan's conversation. `transcript` holds everything in order, typing included."""

    def __init__(self, key: str, name: str) -> None:
        self.key = key
        self.name = name
        self.blocked = False
        self.transcript: list[Entry] = []
        self._signal = Signal()

    def add(self, entry: Entry) -> Entry:
        """Show an entry at the end of the chat."""
        self.transcript.append(entry)
        self._signal.notify()
        return entry

    def messages(self, sender: str | None = "muse", kind: str | None = None, since: int = 0) -> list[Entry]:
        """List entries from position `since` of the transcript, without the deleted; typing only when asked by kind."""
        return [
            entry
            for entry in self.transcript[since:]
            if not entry.deleted
            and (sender is None or entry.sender == sender)
            and (entry.kind == kind if kind else entry.kind != "typing")
        ]

    async def wait_for(
        self, count: int = 1, timeout_s: float = 5.0, *, sender: str | None = "muse", kind: str | None = None, since: int = 0
    ) -> list[Entry]:
        """Return the matching entries once there are at least `count`. Raises `TimeoutError` with what the chat shows."""

        def enough() -> list[Entry] | None:
            found = self.messages(sender, kind, since)
            return found if len(found) >= count else None

        def missed() -> str:
            return f"No {count} {kind or 'message'}(s) of {sender or 'anybody'} within {timeout_s} s. The chat shows:\n{self}"

        return await self._signal.until(enough, timeout_s, missed)

    def __str__(self) -> str:
        """Show the chat as lines of text, typing left out."""
        names = {"fan": self.name, "muse": "Muse", "person": "Staff"}
        return "\n".join(f"{names[entry.sender]}: {entry}" for entry in self.transcript if entry.kind != "typing")
