"""How intents are read: one text explained, or a whole set measured."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from cli.settings import read_settings
from core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from agents.reflex.intents import Reading
    from core.ports import Embedder
    from core.settings import Settings
    from evals.intents.report import Report

HELP = "Read what a text wants, and measure how well that is done: test, bench."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    test = actions.add_parser("test", help="how one text is read, and why")
    test.add_argument("text", help="what a fan might write")
    test.add_argument("--without-model", action="store_true", help="by wording alone, as while the embedder is away")
    bench = actions.add_parser("bench", help="accuracy and out-of-scope recall, beside baselines of the same run")
    bench.add_argument("--format", nargs=2, metavar=("FORMAT", "PATH"), help="clinc and a file of CLINC150 (our own set)")
    bench.add_argument("--shots", default="5,10,20", help="clinc: examples per intent to try besides, or none (5,10,20)")
    bench.add_argument("--seeds", type=int, default=3, help="clinc: how often examples are drawn (3)")
    bench.add_argument("--json", metavar="OUT", help="also write the figures to a file")


def run(arguments: Namespace) -> int:
    """Read or measure. Raises `BadInput`, and `Misconfigured` for an embedder that cannot be used."""
    import asyncio

    settings = read_settings()
    if arguments.action == "test":
        from agents.reflex.learning import choose_folder

        folder = choose_folder(Path(settings.data_dir))
        kept = folder if folder.is_dir() else None  # never made for the sake of a look
        return asyncio.run(_test(settings, arguments.text, kept, arguments.without_model))
    shots = _read_shots(arguments.shots)
    if not 1 <= arguments.seeds <= 20:
        raise BadInput("--seeds takes 1 to 20.")
    if arguments.format and arguments.format[0] != "clinc":
        raise BadInput(f"There is no format {arguments.format[0]}; there is: clinc.")
    file = Path(arguments.format[1]).expanduser() if arguments.format else None
    return asyncio.run(_bench(settings, file, shots, arguments.seeds, arguments.json))


def _read_shots(given: str) -> list[int]:
    if given == "none":
        return []
    try:
        shots = [int(part) for part in given.split(",")]
    except ValueError:
        shots = [0]
    if not all(1 <= shot <= 1000 for shot in shots):
        raise BadInput("--shots takes numbers from 1 to 1000, such as 5,10, or none.")
    return shots


async def _test(settings: Settings, text: str, kept: Path | None, without_model: bool) -> int:
    from agents.embeddings import LexicalEmbedder
    from agents.reflex.intents import IntentClassifier
    from cli.terminal import open_console
    from memory.embedder import open_embedder

    model = open_embedder(settings.embedder)
    try:
        readings, name = await IntentClassifier(LexicalEmbedder() if without_model else model, kept).explain(text)
    finally:
        await model.close()
    console = open_console()
    if not readings:
        console.print("There are no words to read.")
    for reading in readings:
        _show(console, reading)
    console.print(f"read with {name}", style="dim")
    return 0


def _show(console: Console, reading: Reading) -> None:
    from rich.text import Text

    from cli.terminal import tame

    side = "at or above" if reading.chance >= reading.threshold else "below"
    console.print(Text.assemble((reading.intent, "bold green"), "  ", tame(reading.text)))
    lines = {
        "decided by": reading.decided_by,
        "in scope": f"{reading.chance:.3f}, {side} the threshold {reading.threshold:.3f}",
        "likeness": f"{reading.score:.2f} to the nearest example of it, telling words included",
        "shares": ", ".join(f"{name} {part:.2f}" for name, part in reading.shares),
        "telling words of": ", ".join(reading.cues) or "none",
    }
    for name, words in lines.items():
        console.print(Text(f"  {name:<17} {words}"), soft_wrap=True)
    for text, intent, likeness in reading.nearest:
        console.print(Text(f"  {likeness:17.2f} {tame(text)}  ({intent})", "dim"), soft_wrap=True)


async def _bench(settings: Settings, file: Path | None, shots: list[int], seeds: int, out: str | None) -> int:
    from cli.terminal import open_console
    from evals.intents.report import show_report, write_report
    from memory.embedder import open_embedder

    console = open_console()
    model = open_embedder(settings.embedder)
    try:
        report = await _measure(model, file, shots, seeds, lambda words: console.print(words, style="dim"))
    finally:
        await model.close()
    show_report(console, report)
    if out:
        write_report(report, Path(out))
    return 0


async def _measure(model: Embedder, file: Path | None, shots: list[int], seeds: int, say: Callable[[str], None]) -> Report:
    from agents.embeddings import OnceEmbedder
    from evals.intents.clinc import PUBLISHED, run_clinc
    from evals.intents.datasets import load_own
    from evals.intents.own import run_own, time_sentences
    from evals.intents.report import Report

    if file:
        figures = await run_clinc(file, model, shots, seeds, say)
        return Report("clinc", model.name, figures, published=PUBLISHED)
    once = OnceEmbedder(model)
    figures, tables = await run_own(once, say)
    return Report("own", model.name, figures, tables, await time_sentences(once, load_own("test")))
