"""Runs the examinations and prints what they found."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator

import msgspec

from cli.doctor.finding import Finding, broken, good
from cli.doctor.finishing import moderator, signing
from cli.doctor.guides import guides
from cli.doctor.languages import languages
from cli.doctor.machine import browser, disk, gpu, programs, python
from cli.doctor.models import chat_model, embeddings
from cli.doctor.pictures import pictures
from cli.doctor.safety import safety
from cli.doctor.stores import files
from cli.settings import read_settings
from cli.stack.outside import check_server, outside_servers
from core.errors import SettingInvalid, Unavailable
from core.settings import Settings

MARKS = {"good": ("✓", "green"), "missing": ("·", "yellow"), "broken": ("✗", "red")}


def outside(settings: Settings) -> Iterator[Finding]:
    """Look at the servers that somebody else runs."""
    servers = outside_servers(settings)
    for name, place in servers.items():
        try:
            asyncio.run(check_server(name, settings))
            yield good(f"outside {name}", place)
        except Unavailable as error:
            yield broken(f"outside {name}", str(error))
    if not servers:
        yield good("outside servers", "none set; Postgres, Valkey and Chroma run embedded")


EXAMINATIONS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    python,
    disk,
    programs,
    chat_model,
    embeddings,
    pictures,
    guides,
    languages,
    gpu,
    browser,
    outside,
    files,
    signing,
    moderator,
    safety,
)


def examine() -> list[Finding]:
    """Look at everything, wrong settings included."""
    try:
        settings = read_settings()
    except SettingInvalid as error:
        return [broken("settings", str(error))]
    return [finding for examination in EXAMINATIONS for finding in examination(settings)]


def print_findings(findings: list[Finding], *, as_json: bool) -> int:
    """Print; return 1 when something needed is broken."""
    if as_json:
        print(json.dumps(msgspec.to_builtins(findings), indent=2, ensure_ascii=False))
    else:
        _print_plainly(findings)
    return int(any(finding.state == "broken" for finding in findings))


def _print_plainly(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for finding in findings:
        mark, colour = MARKS[finding.state]
        console.print(Text.assemble((f"{mark} ", colour), (f"{finding.name:<20} ", "bold"), finding.says), soft_wrap=True)
        if finding.remedy:
            console.print(Text.assemble(f"{'':<23}type: ", (finding.remedy, "cyan")), soft_wrap=True)
    count = sum(finding.state == "broken" for finding in findings)
    console.print(f"\n{count} broken: Muse cannot run like this." if count else "\nNothing needed is missing.")
