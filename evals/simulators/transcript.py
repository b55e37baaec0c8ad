"""What a simulated chat shows, in order: listed, and waited for."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from evals.simulators.signals import Signal

OURS = ""
"""A sender: whoever the chat is with, Muse in an app and the bot on Telegram."""


class Shown(Protocol):
    """One thing in a chat, as it stands now."""

    kind: str
    sender: str
    deleted: bool


E = TypeVar("E", bound=Shown)


class Transcript(Generic[E]):
    """All that a fan has seen in a chat, typing included."""

    def __init__(self, ours: str) -> None:
        """Show nothing yet; `ours` is the sender that is meant where none is named."""
        self.transcript: list[E] = []
        self._ours = ours
        self._signal = Signal()

    def add(self, entry: E) -> E:
        """Show an entry at the end of the chat."""
        self.transcript.append(entry)
        self._signal.notify()
        return entry

    def messages(self, sender: str | None = OURS, kind: str | None = None, since: int = 0) -> list[E]:
        """List entries from position `since` of the transcript, without the deleted; typing only when asked by kind.

        `sender` of none: anybody's.
        """
        whose = self._ours if sender == OURS else sender
        return [
            entry
            for entry in self.transcript[since:]
            if not entry.deleted
            and (whose is None or entry.sender == whose)
            and (entry.kind == kind if kind else entry.kind != "typing")
        ]

    async def wait_for(
        self, count: int = 1, timeout_s: float = 5.0, *, sender: str | None = OURS, kind: str | None = None, since: int = 0
    ) -> list[E]:
        """Return the matching entries once there are at least `count`. Raises `TimeoutError` with what the chat shows."""

        def enough() -> list[E] | None:
            found = self.messages(sender, kind, since)
            return found if len(found) >= count else None

        def missed() -> str:
            whose = "anybody" if sender is None else sender or self._ours
            return f"No {count} {kind or 'message'}(s) of {whose} within {timeout_s} s. The chat shows:\n{self}"

        return await self._signal.until(enough, timeout_s, missed)
