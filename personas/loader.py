"""From a folder of data to a persona: `persona.toml` says who, `lines.toml` says in which words."""

from __future__ import annotations

from pathlib import Path

from core.errors import Misconfigured
from personas.documents import convert, read_table
from personas.schema import Persona

LIBRARY = Path(__file__).with_name("library")


def list_personas(library: Path = LIBRARY) -> list[str]:
    """Name the personas of a library, in alphabetical order."""
    return sorted(path.parent.name for path in library.glob("*/persona.toml"))


def load_persona(folder: Path) -> Persona:
    """Read one persona's folder. Raises `Misconfigured`, naming file, key and remedy."""
    path = folder / "persona.toml"
    table = read_table(path)
    if "lines" in table:
        raise Misconfigured(f"{path}: lines stand in lines.toml beside it; move them there.")
    table["lines"] = read_table(folder / "lines.toml")
    persona = convert(table, Persona, path)
    if persona.slug != folder.name:
        raise Misconfigured(f"{path}: slug is {persona.slug!r} but the folder is called {folder.name!r}; make them the same.")
    return persona


def load_from_library(slug: str, library: Path = LIBRARY) -> Persona:
    """Read a persona by its folder's name. Raises `Misconfigured`, naming those that there are."""
    names = list_personas(library)
    if slug not in names:
        raise Misconfigured(f"There is no persona {slug!r} in {library}; there are: {', '.join(names) or 'none'}.")
    return load_persona(library / slug)
