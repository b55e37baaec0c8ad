"""Shows the steps of a start: a moving line in a terminal, plain lines elsewhere."""

from __future__ import annotations

from rich.console import Console
from rich.status import Status
from rich.text import Text

from cli.stack.folder import DataFolder
from cli.stack.state import StackState

MARKS = {"done": ("✓", "green"), "failed": ("✗", "red")}


class Progress:
    """Prints each step once it is over, and what runs now below."""

    def __init__(self, console: Console | None = None) -> None:
        """Print to a console, standard output if none is given."""
        self.console = console or Console(highlight=False)
        self._shown = 0
        self._status: Status | None = None

    def show(self, state: StackState) -> None:
        """Print what is new."""
        for step in state.steps[self._shown :]:
            if step.state == "running":
                self._spin(f"{step.name} … {step.note}")
                return
            self.close()
            mark, colour = MARKS[step.state]
            self.console.print(
                Text.assemble((f"  {mark} ", colour), f"{step.name:<20}", (f"{step.seconds:5.1f} s  ", "dim"), step.note)
            )
            self._shown += 1
        if state.phase == "stopping":
            self._spin("stopping …")
        elif state.phase != "starting":
            self.close()

    def close(self) -> None:
        """Stop moving."""
        if self._status:
            self._status.stop()
            self._status = None

    def _spin(self, text: str) -> None:
        if not self.console.is_terminal:
            return
        if self._status is None:
            self._status = self.console.status(text)
            self._status.start()
        self._status.update(text)


def print_addresses(console: Console, state: StackState, folder: DataFolder) -> None:
    """Print where to go now."""
    rows = (
        ("Chat with Luna", f"{state.url}/chat/luna"),
        ("Health", f"{state.url}/health"),
        ("API docs", f"{state.url}/api/docs"),
        ("Operator token in", str(folder.secrets / "operator.token")),
    )
    for title, place in rows:
        console.print(Text.assemble(f"  {title:<19}", (place, "bold" if place.startswith("http") else "")), soft_wrap=True)
