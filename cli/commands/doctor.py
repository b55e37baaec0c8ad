"""Says what is there and what is missing, and what to type."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

HELP = "Say what is there, what is missing and what to type. Exit code 1 when something needed is broken."


def add_arguments(parser: ArgumentParser) -> None:
    """Declare `--json`."""
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(arguments: Namespace) -> int:
    """Examine the machine and print the findings."""
    from cli.doctor.report import examine, print_findings

    return print_findings(examine(), as_json=arguments.json)
