"""`muse policy bench`: the figures, by set, with their exact 95 % bounds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from core.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from core.settings import Settings
    from evals.policy.run import Report


async def bench(settings: Settings, halves: Sequence[str], files: Sequence[tuple[str, Path]], out: str | None) -> int:
    """Measure and print. Raises `BadInput` for a file that is not what it is named."""
    from cli.terminal import open_console
    from evals.policy.corpora import read_corpus
    from evals.policy.judging import Court
    from evals.policy.run import measure
    from memory.embedder import open_embedder
    from personas.loader import load_from_library

    console = open_console()
    corpora = [corpus for name, file in files for corpus in read_corpus(name, file)]
    model = open_embedder(settings.embedder)
    try:
        court = Court(model, load_from_library("luna"))
        report = await measure(court, halves, corpora, model.name, lambda words: console.print(words, style="dim"))
    finally:
        await model.close()
    _show(console, report)
    if out:
        _write(report, Path(out))
    return 0


def _write(report: Report, out: Path) -> None:
    try:
        out.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    except OSError as error:
        raise BadInput(f"--json: {out} cannot be written ({error.strerror}).") from error


def _show(console: Console, report: Report) -> None:
    from rich.table import Table

    from cli.terminal import tame

    table = Table("set", "what", "part", "hits", "of", "share", "95 % bounds", box=None)
    for line in report.lines:
        share = line.share
        bounds = f"{share.low:.2%} – {share.high:.2%}"
        table.add_row(line.set, line.what, line.part, str(share.hits), str(share.count), f"{share.value:.2%}", bounds)
    console.print(table)
    for name, rules in report.fired.items():
        console.print(f"{name}: rules that fired: {', '.join(f'{rule} {times}' for rule, times in rules.items()) or 'none'}")
    for name, texts in report.shown.items():
        console.print(f"{name}:", style="bold")
        for text in texts:
            console.print(f"  {tame(text)}", style="dim", markup=False, soft_wrap=True)
    console.print(f"signs and rules per text, beside embedding: median {report.ms[0]:.2f} ms, p95 {report.ms[1]:.2f} ms")
    console.print(f"read with {report.embedder}", style="dim")
