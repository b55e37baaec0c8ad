"""A persona, and what differs between two, as a person reads them on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.terminal import tame
from personas.differences import Difference
from personas.schema import Persona

SHOWN = 160


def draw(console: Console, title: str, persona: Persona) -> None:
    """Print a persona whole but for its lines and packs, which are counted."""
    age = persona.age if persona.age is not None else "age unstated, so that it says nothing"
    console.print(
        Text.assemble((tame(persona.name), "bold magenta"), f", {age}, {tame(persona.pronouns)}", (f"  {title}", "dim"))
    )
    console.print(Text(tame(persona.tagline), "italic"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    last = ""
    for name, words in _rows(persona):
        grid.add_row(name if name != last else "", words if isinstance(words, Text) else Text(tame(words)))
        last = name
    console.print(grid)


def _rows(persona: Persona) -> Iterator[tuple[str, str | Text]]:
    yield "speaks", f"{', '.join(persona.languages)}; lives by {persona.time_zone}"
    yield "begins with", persona.greeting
    for fact in persona.biography:
        fixed = "; ".join(f"{one.what}: {' / '.join(one.values)}" for one in fact.fixed)
        yield "biography", Text.assemble(tame(fact.text), (f"  fixed {tame(fixed)}" if fixed else "", "cyan"))
    voice = persona.voice
    yield from (("voice", rule) for rule in voice.rules)
    lengths = f"about {voice.typical_chars} characters" + (f", at most {voice.longest_chars}" if voice.longest_chars else "")
    yield "writes", f"{lengths}; emoji {' '.join(voice.emoji) or 'none'}, in {voice.emoji_rate:.0%} of replies"
    if voice.sayings:
        yield "sayings", _joined(voice.sayings)
    yield from (("refuses", one) for one in persona.refuses)
    limits = persona.boundaries
    yield from (("limit", one) for one in limits.limits)
    for name, words in (("never says", limits.forbidden), ("likes", limits.likes), ("dislikes", limits.dislikes)):
        if words:
            yield name, _joined(words)
    yield "sells", {"none": "nothing", "asked": "when asked", "soft": "now and then"}[limits.sales]
    yield from ((f"{one.begins}–{one.ends}", one.doing) for one in persona.rhythm)
    for dialogue in persona.dialogues:
        yield f"example ({dialogue.language})", "\n".join(f"{line.who}: {line.text}" for line in dialogue.lines)
    if persona.lorebook is not None:
        yield "lorebook", _joined([entry.name or ", ".join(entry.keys) or "always" for entry in persona.lorebook.entries])
    if persona.look.appearance:
        yield "looks", persona.look.appearance
    yield "tools", _joined(persona.tools) or "none"
    own = [
        f"{len(lines)} kinds in {code}"
        for code, lines in ((persona.languages[0], persona.lines), *persona.lines_in.items())
        if lines
    ]
    yield "own lines", ", ".join(own) or "none: the house's are said"


def _joined(words: Sequence[str]) -> str:
    return ", ".join(words)


def draw_differences(console: Console, found: Sequence[Difference]) -> None:
    """Print what differs: a key, what stood there in red, what stands there now in green."""
    for one in found:
        console.print(Text(tame(one.key), "bold"))
        for sign, value, colour in (("-", one.before, "red"), ("+", one.after, "green")):
            if value is not None:
                console.print(Text(f"  {sign} {tame(_written(value))}", colour))


def _written(value: object) -> str:
    if isinstance(value, str):
        return value
    written = msgspec.json.encode(value).decode()
    return written if len(written) <= SHOWN else f"{written[:SHOWN]}…"
