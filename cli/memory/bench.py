"""`muse memory bench`: how much of what matters does recall find, through the product's own write and recall path?"""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadInput

if TYPE_CHECKING:
    from evals.memory.corpus import Corpus
    from evals.memory.junk import Report as Kept
    from evals.memory.run import Report

HELP = "Measure recall over conversations with questions, beside BM25, BM25 ±1 and vectors alone."
FORMATS = ("locomo", "beam", "jsonl")


def declare(actions: Any) -> None:
    """Declare what is read and where figures go, below a group's actions."""
    parser = actions.add_parser("bench", help=HELP[0].lower() + HELP[1:-1], description=HELP)
    parser.add_argument("path", metavar="PATH", nargs="?", help="the file; for beam a chat's folder or a folder of them")
    parser.add_argument("--format", choices=FORMATS, help="how it is written; docs/memory-bench.md tells")
    parser.add_argument("--labelled", action="store_true", help="measure what is kept of the house's own labelled fan chats")
    parser.add_argument("--json", metavar="OUT", help="write the figures there")
    parser.add_argument("--embedder", default="bundled", metavar="NAME", help="as MUSE_EMBEDDER (bundled)")


def run(arguments: Namespace) -> int:
    """Measure, print and write. Raises `BadInput` for what cannot be read, `Unavailable` when a server does not start."""
    from cli.scratch.interrupt import run_to_end
    from cli.terminal import open_console
    from evals.memory.report import show_report, write_report

    console = open_console()
    if not arguments.labelled and not (arguments.path and arguments.format):
        raise BadInput("Name a file and its --format, or ask for --labelled.")
    if arguments.labelled:
        kept = run_to_end(_count(arguments.embedder))
        console.print(kept.table())
        if arguments.json and not arguments.path:
            Path(arguments.json).write_text(json.dumps(kept.figures(), indent=2))
    if arguments.path:
        path = Path(arguments.path)
        report = run_to_end(_measure(path.name, read_corpus(arguments.format, path), arguments.embedder))
        show_report(console, report)
        if arguments.json:
            write_report(report, Path(arguments.json))
    if arguments.json:
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


async def _count(embedder: str) -> Kept:
    from cli.scratch.memory import memory_bench
    from cli.terminal import open_console
    from evals.memory.junk import run as count

    console = open_console()
    async with memory_bench(embedder, lambda words: console.print(words, style="dim")) as bench:
        return await count(bench.house, bench.agency_id)
