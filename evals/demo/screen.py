"""The conversations as the fans saw them, and the table of verdicts."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from evals.demo.fan import DemoFan
from evals.demo.verdicts import EVERYONE, Verdicts
from evals.simulators.telegram import Entry

WIDTH = 100


def show_chat(console: Console, fan: DemoFan, began_at: float) -> None:
    """Print one fan's chat; times in seconds since `began_at`, and from the fan's last words to each answer."""
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(style="dim", justify="right", width=6, no_wrap=True)
    grid.add_column(width=7, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(style="dim", justify="right", width=8, no_wrap=True)
    bot = fan.bot.profile.first_name
    for entry in fan.chat.messages(sender=None):
        mine = entry.sender == "user"
        pace = fan.paces.get(entry.message_id)
        grid.add_row(
            f"{entry.at - began_at:.1f}",
            Text(fan.name if mine else bot, "cyan" if mine else "bold magenta"),
            _words(entry),
            f"⏱ {pace:.1f} s" if pace is not None else "",
        )
    console.print(Panel(grid, title=Text(f"{fan.name} and {bot}", "bold"), title_align="left", width=WIDTH, padding=(0, 1)))


def show_verdicts(console: Console, verdicts: Verdicts, fans: list[DemoFan], seconds: float) -> None:
    """Print each expectation with its verdict, then the sum."""
    table = Table("", "FAN", "EXPECTED", "FOUND INSTEAD", box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.columns[3].overflow = "fold"
    order = [*(fan.name for fan in fans), EVERYONE]
    for check in sorted(verdicts.checks, key=lambda check: order.index(check.fan)):
        mark = Text("✓", "green") if check.passed else Text("✗", "bold red")
        table.add_row(mark, check.fan, check.expected, Text(check.found, "red"))
    console.print(table)
    paces = sorted(pace for fan in fans for pace in fan.paces.values())
    passed = sum(check.passed for check in verdicts.checks)
    style = "bold green" if verdicts.all_passed else "bold red"
    console.print(Text(f"{passed} of {len(verdicts.checks)} as expected.", style))
    if paces:
        console.print(
            f"{len(paces)} answers; from the fan's last words to the answer: median {paces[len(paces) // 2]:.2f} s, "
            f"longest {paces[-1]:.2f} s (the quiet time for a burst is in it). The talk took {seconds:.0f} s.",
            style="dim",
        )


def _words(entry: Entry) -> Text:
    if entry.kind != "paid_media":
        return Text(str(entry))
    seal = "🔒" if entry.locked else "🔓"
    pack = Text(f"{seal} {len(entry.files)} pictures for {entry.price} Stars", "yellow")
    pack.append("" if entry.locked else ", bought", "green")
    return pack.append(f"\n{entry.text}", "default") if entry.text else pack
