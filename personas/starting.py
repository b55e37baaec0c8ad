"""A folder to begin a persona with: every key explained, and valid as it stands."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from string import Template

from msgspec import Struct

from core.errors import BadInput
from personas.loader import examine
from personas.schema import ADULT

TEMPLATE = Path(__file__).with_name("template")


class Beginning(Struct, frozen=True, kw_only=True):
    """What is known of a persona to be; the age in years is stated by a person."""

    name: str
    age: int
    pronouns: str = "she/her"
    language: str = "en"
    zone: str = "Europe/Lisbon"

    @property
    def slug(self) -> str:
        """Return the short name: the name in small letters, digits and hyphens."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def write_folder(parent: Path, beginning: Beginning) -> Path:
    """Write a commented starting folder below `parent` and return it. Raises `BadInput`; then nothing is left behind."""
    if beginning.age < ADULT:
        raise BadInput(f"The age is {beginning.age}; nobody here is younger than {ADULT}.")
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,39}", beginning.slug) or re.search(r'["\\\n\r\t]', beginning.name):
        raise BadInput(f"{beginning.name!r} makes no short name; give one that begins with a letter, without quotes.")
    folder = parent / beginning.slug
    if folder.exists():
        raise BadInput(f"{folder} is there already; choose another name or folder, or change what is there.")
    words = {
        "name": beginning.name, "slug": beginning.slug, "age": str(beginning.age), "pronouns": beginning.pronouns,
        "language": beginning.language, "zone": beginning.zone,
    }  # fmt: skip
    try:
        folder.mkdir(parents=True)
        for source in sorted(TEMPLATE.glob("*.toml")):
            written = Template(source.read_text(encoding="utf-8")).substitute(words)
            (folder / source.name).write_text(written, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{folder} cannot be written ({error.strerror}).") from None
    if problems := examine(folder).problems:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        raise BadInput(f"This makes no persona: {problems[0].sentence}")
    return folder
