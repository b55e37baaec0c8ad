"""Every key, table and list item of a TOML text is found on the line where it stands, however the text is written."""

import random
import tomllib

import pytest

from personas.positions import KeyPath, find_lines, line_of

KEYS = ["a", "b", "c-d", "e_f", '"g h"', "'i.j'", '"k\\"l"']


class _Writer:
    """Writes a random TOML text, and knows the line of each marked value: it is the number of a line itself."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lines: list[str] = []

    @property
    def line(self) -> int:
        return len(self.lines)

    def add(self, text: str) -> None:
        self.lines += text.split("\n")

    def value(self, first: int, depth: int = 0) -> str:
        """Write a value whose text begins on line `first`; every number in it is the line that it stands on."""
        kind = self.rng.choice(["number", "number", "string", "block", "list", "wide", "inline"] if depth < 3 else ["number"])
        if kind == "string":
            return f'"{first} # [ ]] {{ = \\" x"' if self.rng.random() < 0.5 else f"'{first} # \" [x]'"
        if kind == "block":
            mark = self.rng.choice(['"""', "'''"])
            return f"{mark}{first} [[no.table]]\nx = 1 # no comment\n{mark[0]}{mark}"
        if kind in ("list", "wide"):
            parts, line = ["["], first
            for _ in range(self.rng.randint(0, 3)):
                if kind == "wide":
                    parts.append("  # ] a comment\n\n")
                    line += 2
                written = self.value(line, depth + 1)
                parts.append(written + " ,")
                line += written.count("\n")
            return "".join([*parts, "]"])
        if kind == "inline":
            parts, line = [], first
            for key in self.rng.sample(KEYS, self.rng.randint(0, 2)):
                written = self.value(line, depth + 1)
                parts.append(f"{key} = {written}")
                line += written.count("\n")
            return "{ " + ", ".join(parts) + " }"
        return str(first)

    def pairs(self) -> None:
        for key in self.rng.sample(KEYS, self.rng.randint(0, 4)):
            if self.rng.random() < 0.3:
                self.add(self.rng.choice(["", "# a = 1", "   # [[x]]"]))
            name = f"{key} . deep" if self.rng.random() < 0.2 else key
            self.add(f"{name} = {self.value(self.line + 1)} # {key}")

    def document(self) -> str:
        self.pairs()
        for n in range(self.rng.randint(0, 5)):
            if self.rng.random() < 0.5:
                self.add(f"[t{n}.'x y']")
                self.pairs()
                continue
            for _ in range(self.rng.randint(1, 3)):
                self.add(f" [[ many{n} ]] # one more")
                self.pairs()
                if self.rng.random() < 0.5:
                    for _ in range(self.rng.randint(1, 2)):
                        self.add(f"[[many{n}.inner]]")
                        self.pairs()
                if self.rng.random() < 0.3:
                    self.add(f"[many{n}.table]")
                    self.pairs()
        return "\n".join(self.lines)


def marks(value: object, path: KeyPath = ()) -> list[tuple[KeyPath, int]]:
    """Return the path of every scalar, and the line that it names."""
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in marks(inner, (*path, key))]
    if isinstance(value, list):
        return [found for place, inner in enumerate(value) for found in marks(inner, (*path, place))]
    return [(path, value if isinstance(value, int) else int(str(value).split()[0]))]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_value_is_found_on_its_line(ending: str) -> None:
    found = 0
    for seed in range(400):
        text = _Writer(seed).document().replace("\n", ending)
        lines = find_lines(text)
        for path, line in marks(tomllib.loads(text)):
            assert lines[path] == line, (seed, path, text)
            found += 1
    assert found > 2000


def test_what_is_missing_is_looked_for_where_it_would_stand() -> None:
    lines = find_lines("a = 1\n\n[[b]]\nc = 1\n[[b]]\nc = 2\n")
    assert line_of(lines, ("b", 1, "gone")) == 5
    assert line_of(lines, ("b", 0, "c", 3)) == 4
    assert line_of(lines, ("gone",)) == 1
    assert line_of(lines, ()) == 1
