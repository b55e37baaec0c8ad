"""A conversation in the app: what the fan sees in it, in order."""

from __future__ import annotations

from msgspec import Struct

from evals.simulators.transcript import Transcript


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


class Chat(Transcript[Entry]):
    """One fan's conversation. `transcript` holds everything in order, typing included."""

    def __init__(self, key: str, name: str) -> None:
        super().__init__("muse")
        self.key = key
        self.name = name
        self.blocked = False

    def __str__(self) -> str:
        """Show the chat as lines of text, typing left out."""
        names = {"fan": self.name, "muse": "Muse", "person": "Staff"}
        return "\n".join(f"{names[entry.sender]}: {entry}" for entry in self.transcript if entry.kind != "typing")
