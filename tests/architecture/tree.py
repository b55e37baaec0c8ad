"""The repository as the house checks read it: rooms, modules, their syntax trees and what they import."""

from __future__ import annotations

import ast
import configparser
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "storage", "personas", "memory", "shop", "studio", "tools", "agents", "gateway", "workers", "evals", "cli")
ROOTS_OF_COMPOSITION = ("gateway.app", "gateway.listen", "workers.app", "evals.run")


class Module(Struct, frozen=True):
    """One Python file of a room."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """Return the top-level package."""
        return self.name.partition(".")[0]

    @property
    def is_comparison(self) -> bool:
        """Say whether this is what the benchmarks measure us against: a program written as others would write it."""
        return self.name.startswith("evals.bench.baselines.")

    @property
    def place(self) -> str:
        """Return the path inside the repository, as a failure shows it."""
        return self.path.relative_to(ROOT).as_posix()


@cache
def modules() -> tuple[Module, ...]:
    """Read every module of every room, and `muse_cli`."""
    paths = [ROOT / "muse_cli.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    text = path.read_text()
    return Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path, text, ast.parse(text))


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return every file that is in the repository or would be on the next `git add`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(path for name in sorted(set(listed)) if name and (path := ROOT / name).is_file())


def imports(module: Module) -> Iterator[tuple[str, str | None, int]]:
    """Yield (module, name taken from it or None, line) of each import, wherever it stands."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.place}:{node.lineno}: imports name the whole path"
            yield from ((node.module or "", alias.name, node.lineno) for alias in node.names)


def contracts() -> dict[str, dict[str, str]]:
    """Read the import contracts by id."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    head = "importlinter:contract:"
    return {section.removeprefix(head): dict(config[section]) for section in config.sections() if section.startswith(head)}
