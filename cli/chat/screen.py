"""What the fan sees in the terminal. Messages may come while the fan types: the line being typed is put back below them."""

from __future__ import annotations

import sys
import threading

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from cli.chat.door import Entrance, Item, Pack
from cli.desk.inside import show_inside
from cli.desk.shapes import Turn
from cli.terminal import tame

try:
    import readline
except ImportError:  # a Python without it: lines can still be typed, only not mended
    readline = None  # type: ignore[assignment]  # the module is optional

PROMPT = "you › "
COMMANDS = "/inside shows or hides how answers came about, /unlock N opens a pack, /quit leaves"
WIDTH = 100


class Screen:
    """Prints from two threads: the one that reads the keyboard and the one that hears the gateway."""

    def __init__(self, console: Console, interactive: bool) -> None:
        """Print to a console; `interactive` when a person types."""
        self._console, self._interactive = console, interactive
        self._lock = threading.Lock()
        self._prompting = False
        self._typing = False

    def read_line(self) -> str | None:
        """Return what the fan typed, None at the end."""
        if not self._interactive:
            line = sys.stdin.readline()
            if line.strip():
                self._print(Text.assemble(("you: ", "cyan"), tame(line.strip())))
            return line.strip() if line else None
        try:
            return self.ask(PROMPT)
        except EOFError:
            return None

    def ask(self, question: str) -> str:
        """Ask something. Raises `EOFError`."""
        if not self._interactive:
            self._print(Text(question))
            return sys.stdin.readline().strip()
        self._prompting = True
        try:
            return input(question).strip()
        finally:
            self._prompting = self._typing = False

    def welcome(self, entrance: Entrance) -> None:
        """Introduce the influencer, and say that she is an AI."""
        face = entrance.influencer
        notice = Text(tame(entrance.notice), "yellow")
        about = Group(Text(tame(face.tagline), "italic"), Text(), notice, Text(), Text(COMMANDS, "dim"))
        self._print(
            Panel(
                about,
                title=Text(tame(face.name), "bold magenta"),
                title_align="left",
                padding=(1, 2),
                width=min(WIDTH, self._console.width),
            )
        )

    def note(self, words: str, style: str = "dim") -> None:
        """Say something that is no message."""
        self._print(Text(words, style))

    def show(self, item: Item, name: str, number: int | None, seconds: float | None) -> None:
        """Print one message; a pack has the number that /unlock takes; `seconds` since the fan's last words."""
        who = {"fan": "you", "influencer": name, "operator": f"{name}'s team", "system": "Muse"}.get(item.from_, item.from_)
        line = Text.assemble((f"{tame(who)}: ", "cyan" if item.from_ == "fan" else "bold magenta"))
        pace = Text(f"  {seconds:.1f} s" if seconds is not None else "", "dim")
        if item.pack is None:
            self._print(line.append(tame(item.text)).append_text(pace))
        else:
            self._print(line.append("has something for you").append_text(pace), _card(item.pack, number))

    def show_inside(self, turn: Turn) -> None:
        """Print the record of the latest turn."""
        with self._lock:
            self._clear()
            show_inside(self._console, turn)
            self._put_back()

    def typing(self, name: str) -> None:
        """Show that an answer is being written, until something else is printed."""
        with self._lock:
            if not self._console.is_terminal or self._typing:
                return
            self._clear()
            self._console.print(Text(f"{tame(name)} is typing …", "dim italic"))
            self._typing = self._prompting
            self._put_back()

    def _print(self, *things: object) -> None:
        with self._lock:
            self._clear()
            for thing in things:
                self._console.print(thing)
            self._put_back()

    def _clear(self) -> None:
        if self._prompting and self._console.is_terminal:
            self._console.file.write("\r\x1b[K" + "\x1b[1A\x1b[K" * self._typing)
        self._typing = False

    def _put_back(self) -> None:
        if self._prompting:
            self._console.file.write(PROMPT + (readline.get_line_buffer() if readline else ""))
        self._console.file.flush()


def _card(pack: Pack, number: int | None) -> Panel:
    """Draw a pack, locked or open."""
    words = Text(tame(pack.caption))
    if pack.owned:
        foot = Text.assemble(("unlocked", "green"), f", {len(pack.items)} pictures")
        for picture in pack.items:
            words.append(f"\n{picture.get('url', '')}", "dim")
    else:
        before = Text(f"{tame(pack.old_price)} ", "strike dim") if pack.old_price else ""
        foot = Text.assemble("🔒 ", before, (tame(pack.price), "bold yellow"), f"   /unlock {number}")
    title = Text(tame(pack.title), "bold")
    return Panel(words, title=title, title_align="left", subtitle=foot, subtitle_align="left", width=64, padding=(0, 2))
