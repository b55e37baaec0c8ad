"""`muse memory bench`: how much of what matters does recall find, through the product's own write and recall path?"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadInput

if TYPE_CHECKING:
    from evals.memory.corpus import Corpus
    from evals.memory.run import Report

HELP = "Measure recall over conversations with questions, beside BM25, BM25 ±1 and vectors alone."
FORMATS = ("locomo", "beam", "jsonl")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what is read and where figures go."""
    parser.add_argument("path", metavar="PATH", help="the file; for beam a chat's folder or a folder of them")
    parser.add_argument("--format", choices=FORMATS, required=True, help="how it is written; docs/memory-bench.md tells")
    parser.add_argument("--json", metavar="OUT", help="write the figures there")
    parser.add_argument("--embedder", default="bundled", metavar="NAME", help="as MUSE_EMBEDDER (bundled)")


def run(arguments: Namespace) -> int:
    """Measure, print and write. Raises `BadInput` for what cannot be read, `Unavailable` when a server does not start."""
    from cli.scratch.interrupt import run_to_end
    from cli.terminal import open_console
    from evals.memory.report import show_report, write_report

    path = Path(arguments.path)
    corpus = read_corpus(arguments.format, path)
    report = run_to_end(_measure(path.name, corpus, arguments.embedder))
    console = open_console()
    show_report(console, report)
    if arguments.json:
        write_report(report, Path(arguments.json))
        console.print(f"Written to {arguments.json}", style="dim", soft_wrap=True)
    return 0


def read_corpus(kind: str, path: Path) -> Corpus:
    """Read a corpus of one of `FORMATS`. Raises `BadInput`."""
    from evals.memory.beam import read_beam
    from evals.memory.jsonl import read_jsonl
    from evals.memory.locomo import read_locomo

    if not path.exists():
        raise BadInput(f"There is no {path}.")
    corpus = {"locomo": read_locomo, "beam": read_beam, "jsonl": read_jsonl}[kind](path)
    if not any(talk.questions for talk in corpus.talks):
        raise BadInput(f"{path.name} holds no question whose evidence is one of its messages.")
    return corpus


async def _measure(name: str, corpus: Corpus, embedder: str) -> Report:
    from cli.scratch.memory import memory_bench
    from cli.terminal import open_console
    from evals.memory.run import measure

    console = open_console()
    async with memory_bench(embedder, lambda words: console.print(words, style="dim")) as bench:
        return await measure(bench, name, corpus)
