"""The policy rules: one text explained, all listed, all measured, and how often each fired in a year."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.settings import read_settings
from core.errors import BadInput

HELP = "Explain what the policy rules make of a text, list and measure them, and count how often they fired."
SETS = ("notinject", "xstest", "bipia", "locomo", "clinc")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    test = actions.add_parser("test", help="which rules look at a text, what each finds, and what the fan would read")
    test.add_argument("text", help="what a fan might write; with --reply, what the persona might say")
    test.add_argument("--reply", action="store_true", help="judge it as a reply of the persona")
    test.add_argument("--before", default="", metavar="TEXT", help="what the persona said last")
    test.add_argument("--earlier", action="append", default=[], metavar="TEXT", help="what the fan said before; repeatable")
    test.add_argument("--platform", default="webchat", help="where it is said (webchat)")
    test.add_argument(
        "--region", action="append", default=[], metavar="PACK", help="whose law holds, such as us-ny; repeatable"
    )
    test.add_argument("--first", action="store_true", help="the fan has not been told yet that this is an AI")
    test.add_argument("--persona", default="luna", help="who speaks (luna)")
    test.add_argument("--without-model", action="store_true", help="by wording alone, as while the embedder is away")
    test.add_argument("--json", action="store_true", help="print it as JSON")
    listing = actions.add_parser("list", help="all rules and rule packs")
    listing.add_argument("--json", action="store_true", help="print them as JSON")
    bench = actions.add_parser("bench", help="recall, false positives and the share of ordinary talk that is stopped")
    bench.add_argument("--half", choices=("dev", "held_out", "both", "none"), default="both", help="our own set (both)")
    for name in SETS:
        bench.add_argument(f"--{name}", action="append", default=[], metavar="FILE", help=f"a file of {name}; repeatable")
    bench.add_argument("--json", metavar="OUT", help="also write the figures to a file")
    counts = actions.add_parser("counts", help="how often each rule fired, by month and rule pack; nothing about anybody")
    counts.add_argument("--year", type=int, required=True, help="the year, such as 2026")
    counts.add_argument("--format", choices=("table", "csv", "json"), default="table", help="how it is printed (table)")
    region = actions.add_parser("region", help="whose rule pack holds for the agency, or where a fan lives")
    region.add_argument("pack", nargs="?", help="a rule pack, such as us-ny; unknown: nobody knows (agency: the strictest)")
    region.add_argument("--fan", metavar="FAN", help="a fan, as platform/handle or by id; else the agency")


def run(arguments: Namespace) -> int:
    """Do it. Raises `BadInput`, and `Misconfigured` for an embedder that cannot be used."""
    from cli.policy import bench, counts, listing, region, testing

    settings = read_settings()
    if arguments.action == "list":
        return listing.show(as_json=arguments.json)
    if arguments.action == "test":
        return asyncio.run(testing.test(settings, arguments))
    if arguments.action == "counts":
        if not 2000 <= arguments.year <= 9998:
            raise BadInput("--year takes a year, such as 2026.")
        return asyncio.run(counts.show(settings, arguments.year, arguments.format))
    if arguments.action == "region":
        return asyncio.run(region.choose(settings, arguments.pack, arguments.fan))
    files = [(name, Path(file).expanduser()) for name in SETS for file in getattr(arguments, name)]
    halves = {"both": ("dev", "held_out"), "none": ()}.get(arguments.half, (arguments.half,))
    return asyncio.run(bench.bench(settings, halves, files, arguments.json))
