"""The inside of a turn: which brain spoke, what it recalled, what its tools answered, how long each step took."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.desk.shapes import Turn
from cli.terminal import tame
from core.turns import Trace

ARGUMENTS_SHOWN = 200
SAYING_SHOWN = 160


def show_inside(console: Console, turn: Turn) -> None:
    """Print the record of one turn as indented rows."""
    trace = msgspec.convert(turn.trace, Trace)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("brain", Text(tame(trace.brain)))
    if turn.persona_version:
        grid.add_row("persona", f"version {turn.persona_version}")
    if trace.intents:
        grid.add_row("intents", Text(tame(", ".join(trace.intents))))
    for fact in trace.recalled:
        grid.add_row("recalled", Text.assemble((f"{fact.score:.3f} ", "cyan"), tame(fact.text), (f"  {tame(fact.why)}", "dim")))
    for fact in trace.profile:
        grid.add_row("always", Text(tame(fact.text)))
    for episode in trace.episodes:
        said = f"{episode.author}, {episode.said_at:%d %b %Y}: {shorten(episode.text, SAYING_SHOWN, placeholder=' …')}"
        grid.add_row("said", Text.assemble((f"{episode.score:.2f} ", "cyan"), tame(said), (f"  {tame(episode.why)}", "dim")))
    for call in trace.tool_calls:
        asked = Text.assemble((call.name, "cyan"), f"({_arguments(call.arguments)})", (f"  {call.ms:.0f} ms", "dim"))
        grid.add_row("tool", asked.append(f"\n→ {tame(call.answer)}"))
    verdict = Text(turn.verdict, "green" if turn.verdict == "send" else "yellow")
    grid.add_row("verdict", verdict.append(f": {tame(turn.reason)}" if turn.reason else ""))
    for note in (*trace.notes, *trace.marks):
        grid.add_row("note", Text(tame(note)))
    if trace.prompt_tokens or trace.reply_tokens:
        grid.add_row("tokens", f"{trace.prompt_tokens} in, {trace.reply_tokens} out")
    grid.add_row("timings", _timings(trace.timings))
    grid.add_row("trail", Text(turn.correlation_id, "dim"))
    console.print(grid)


def _arguments(arguments: dict[str, Any]) -> str:
    written = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    return tame(written if len(written) <= ARGUMENTS_SHOWN else f"{written[:ARGUMENTS_SHOWN]}…")


def _timings(timings: dict[str, float]) -> Text:
    return Text(", ".join(f"{name} {ms:.1f} ms" for name, ms in timings.items()) or "none kept")
