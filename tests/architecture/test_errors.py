"""The error tree as it is drawn is the error tree as it is."""

from __future__ import annotations

import re

from core import errors


def drawn() -> dict[str, tuple[str, str]]:
    """Read the drawing: class → (its parent, its sentence)."""
    found: dict[str, tuple[str, str]] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"^(?P<lead>[│ ]*[├└]── )?(?P<name>[A-Z]\w+)(?:\s{2,}(?P<doc>.+))?$", line):
            depth = len(match["lead"] or "") // 4
            path[depth:] = [match["name"]]
            found[match["name"]] = (path[depth - 1] if depth else "Exception", match["doc"] or "")
    return found


def test_the_drawing_equals_the_classes() -> None:
    classes = {n: c for n, c in vars(errors).items() if isinstance(c, type) and issubclass(c, Exception)}
    assert {name: parent for name, (parent, _) in drawn().items()} == {
        name: cls.__bases__[0].__name__ for name, cls in classes.items()
    }
    assert all(len(cls.__bases__) == 1 and cls.__doc__ for cls in classes.values())


def test_every_error_in_the_drawing_says_who_reacts() -> None:
    assert not [name for name, (_, doc) in drawn().items() if not doc and name != "MuseError"]
