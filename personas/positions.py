"""Where in a TOML text each key stands: `tomllib` reads the values and forgets the lines."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""A way into a document: names of keys, and places in lists, counted from 0."""

BLANK = " \t\r\n"
ENDS_VALUE = ",]}#\n"


def find_lines(text: str) -> dict[KeyPath, int]:
    """Return the line of every table, key and list item of a valid TOML text, lines counted from 1."""
    scanner = _Scanner(text)
    scanner.read_document()
    return scanner.lines


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int:
    """Return the line of a path, or of what it would stand in; 1 when nothing of it is there."""
    return next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), 1)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._text, self._at = text.replace("\r\n", "\n"), 0
        self._starts = [0, *(place + 1 for place, sign in enumerate(self._text) if sign == "\n")]
        self._last: dict[KeyPath, int] = {}  # arrays of tables: the number of the latest one

    def read_document(self) -> None:
        table: KeyPath = ()
        while self._skip_blank():
            if self._text[self._at] == "[":
                table = self._read_header()
            else:
                self._read_pair(table)

    def _read_header(self) -> KeyPath:
        line, many = self._line(), self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        path = self._inside((), self._read_key())
        self._skip_blank()
        self._at += 2 if many else 1
        if many:
            self.lines.setdefault(path, line)
            self._last[path] = self._last.get(path, -1) + 1
            path = (*path, self._last[path])
        elif path in self._last:
            path = (*path, self._last[path])
        self.lines[path] = line
        return path

    def _inside(self, table: KeyPath, key: list[str]) -> KeyPath:
        """Follow a key from a table; a list of tables on the way means its latest one."""
        path = table
        for name in key[:-1]:
            path = (*path, name)
            self.lines.setdefault(path, self._line())
            if path in self._last:
                path = (*path, self._last[path])
        return (*path, key[-1])

    def _read_pair(self, table: KeyPath) -> None:
        line = self._line()
        path = self._inside(table, self._read_key())
        self._skip_blank()
        self._at += 1  # the equals sign
        self._skip_blank()
        self.lines[path] = line
        self._read_value(path)

    def _read_key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._skip_blank()
            begins = self._at
            if self._text[self._at] in "\"'":
                self._skip_string()
                parts.append(str(tomllib.loads(f"x = {self._text[begins : self._at]}")["x"]))
            else:
                while self._text[self._at].isalnum() or self._text[self._at] in "_-":
                    self._at += 1
                parts.append(self._text[begins : self._at])
            self._skip_blank()
            if self._text[self._at] != ".":
                return parts
            self._at += 1

    def _read_value(self, path: KeyPath) -> None:
        sign = self._text[self._at]
        if sign in "\"'":
            self._skip_string()
        elif sign == "[":
            self._read_list(path)
        elif sign == "{":
            self._read_inline(path)
        else:
            while self._at < len(self._text) and self._text[self._at] not in ENDS_VALUE:
                self._at += 1

    def _read_list(self, path: KeyPath) -> None:
        self._at += 1
        place = 0
        while self._skip_blank() and self._text[self._at] != "]":
            self.lines[(*path, place)] = self._line()
            self._read_value((*path, place))
            place += 1
            self._skip_comma()
        self._at += 1

    def _read_inline(self, path: KeyPath) -> None:
        self._at += 1
        while self._skip_blank() and self._text[self._at] != "}":
            self._read_pair(path)
            self._skip_comma()
        self._at += 1

    def _skip_comma(self) -> None:
        self._skip_blank()
        if self._text[self._at] == ",":
            self._at += 1

    def _skip_string(self) -> None:
        quote = self._text[self._at]
        mark = quote * 3 if self._text.startswith(quote * 3, self._at) else quote
        self._at += len(mark)
        while not self._text.startswith(mark, self._at):
            self._at += 2 if quote == '"' and self._text[self._at] == "\\" else 1
        self._at += len(mark)
        while len(mark) == 3 and self._text.startswith(quote, self._at):  # up to two quotes may stand before the closing ones
            self._at += 1

    def _skip_blank(self) -> bool:
        """Pass over space and comments; return whether anything follows."""
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif self._text[self._at] in BLANK:
                self._at += 1
            else:
                return True
        return False

    def _line(self) -> int:
        return bisect_right(self._starts, self._at)
