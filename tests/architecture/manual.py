"""What the manual must say, from the code: `python -m tests.architecture.manual` writes it into `docs/` and `.env.example`.

A page of the manual keeps its own words; between the lines `<!-- made -->` and `<!-- end -->` stands what is made here.
"""

from __future__ import annotations

import ast
import base64
import inspect
import os
import sys
import tempfile
from argparse import Action, ArgumentParser, _HelpAction, _SubParsersAction
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from litestar.handlers import HTTPRouteHandler

from cli.commands import NAMES, load_command
from core.settings import Settings, describe, secret_names
from gateway.app import create_app
from gateway.operators.auth import require_operator
from tests.architecture.tree import ROOT

START, END = "<!-- made by `python -m tests.architecture.manual` -->\n", "<!-- end -->\n"


def settings() -> str:
    """One row a setting: name, default, meaning."""
    secrets = {f"MUSE_{name.upper()}" for name in secret_names()}
    rows = (
        (f"`{name}`", f"`{default}`" if default else "", meaning + " Secret." * (name in secrets))
        for name, default, meaning in describe()
    )
    return table(("Setting", "Default", "Meaning"), rows)


def env_example() -> str:
    """Every setting, commented out, with its default."""
    lines = ["# Settings of Muse, read from `.env`; the environment wins over that file. Copy the lines you change."]
    for name, default, meaning in describe():
        lines += ["", f"# {meaning}", f"# {name}={default}"]
    return "\n".join(lines) + "\n"


def commands() -> str:
    """One chapter a command, with its arguments."""
    return "\n".join(_command(name) for name in NAMES)


def _command(name: str) -> str:
    command = load_command(name)
    parser = ArgumentParser(prog=f"muse {name}", add_help=False)
    command.add_arguments(parser)
    return f"## `muse {name}`\n\n{command.HELP}\n" + "".join(_parts(parser))


def _parts(parser: ArgumentParser) -> Iterator[str]:
    plain: list[Action] = [a for a in parser._actions if not isinstance(a, _SubParsersAction | _HelpAction)]
    if plain:
        yield "\n" + table(("Argument", "Meaning"), ((f"`{_form(action)}`", action.help or "") for action in plain))
    for actions in (a for a in parser._actions if isinstance(a, _SubParsersAction)):
        meanings = {choice.dest: choice.help or "" for choice in actions._choices_actions}
        for name, sub in actions.choices.items():
            yield f"\n### `{sub.prog}`\n\n{_sentence(meanings[name])}\n"
            yield from _parts(sub)


def _form(action: Action) -> str:
    """Write an argument as it is typed."""
    taken = action.metavar or (",".join(map(str, action.choices)) if action.choices else action.dest.upper())
    if not action.option_strings:
        name = str(action.metavar or (taken if action.choices else action.dest))
        return f"[{name}]" if action.nargs in ("?", "*") else f"{name} …" if action.nargs == "+" else name
    return ", ".join(action.option_strings) + (f" {taken}" if action.nargs != 0 else "")


def jobs() -> str:
    """One row a job, by the docstring of its file."""
    docs = (
        ast.get_docstring(ast.parse(path.read_text())) or "" for path in sorted((ROOT / "workers" / "jobs").glob("[a-z]*.py"))
    )
    rows = (doc.partition("\n")[0].partition(": ") for doc in docs)
    return table(("Job", "What it does"), ((name, _sentence(does)) for name, _, does in rows))


SIGNED = ("/webhooks/", "/files/", "/credits/")
"""Doors whose requests carry the other side's signature or secret."""


def routes() -> str:
    """One row a route and method."""
    return table(("Method", "Path", "What it does", "Asks for"), sorted(_routes(), key=lambda row: (row[1].strip("`"), row[0])))


def _routes() -> Iterator[tuple[str, str, str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        secrets = Path(folder) / "secrets"
        secrets.mkdir()
        for name in ("seal.key", "cookie.key", "forget.key"):
            (secrets / name).write_text(base64.b64encode(os.urandom(32)).decode())
        app = create_app(Settings(data_dir=folder, postgres_app_url="x", postgres_sweep_url="x", redis_url="x"))
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            if isinstance(handler, HTTPRouteHandler) and (methods := set(handler.http_methods) - {"OPTIONS", "HEAD"}):
                path = f"`{route.path_format}`"
                yield (
                    ", ".join(sorted(methods)),
                    path,
                    handler.summary or _described(route.path),
                    _asked_of(handler, route.path),
                )


def _asked_of(handler: HTTPRouteHandler, path: str) -> str:
    """Say what a route wants of who asks; nothing for what is open to everybody."""
    if "operator" in handler.resolve_dependencies() or require_operator in handler.resolve_guards():
        return "operator"
    if "handle" in inspect.signature(handler.fn).parameters:
        return "cookie"
    return "signature" if path.startswith(SIGNED) else ""


def _described(path: str) -> str:
    """Say what the routes do that Litestar brings itself."""
    known = {
        "/api/docs": "This list for people, with parameters and shapes",
        "/api/docs/openapi.json": "The same as OpenAPI, for programs",
        "/api/docs/{path:str}": "Not found, as a page",
        "/chat-static/{file_path:path}": "The chat page's own scripts and styles",
    }
    return known.get(path, "")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def table(head: tuple[str, ...], rows: Any) -> str:
    """Write a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |\n" for line in lines)


PAGES: dict[str, Callable[[], str]] = {"settings.md": settings, "commands.md": commands, "jobs.md": jobs, "routes.md": routes}


def fill(page: str) -> str:
    """Return a page of `docs/` with its made part made anew. Raises `ValueError` for a page without the two lines."""
    text = (ROOT / "docs" / page).read_text()
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"docs/{page} has no place for what is made: {START.strip()} … {END.strip()}")
    return f"{before}{START}\n{PAGES[page]()}\n{END}{after}"


if __name__ == "__main__":
    for name in PAGES:
        (ROOT / "docs" / name).write_text(fill(name))
    (ROOT / ".env.example").write_text(env_example())
    sys.exit(0)
