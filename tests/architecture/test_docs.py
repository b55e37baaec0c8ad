"""The manual is a test: settings, commands, jobs and routes stand in it as the code has them, and its links lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from cli.commands import NAMES
from core.settings import Settings, describe, load
from tests.architecture.manual import PAGES, env_example, fill
from tests.architecture.tree import ROOMS, ROOT, tracked_files

ANEW = "run `python -m tests.architecture.manual`"
LINK = re.compile(r"\[[^\]]+\]\((?P<target>[^)\s]+)\)")
PAGES_OF_TEXT = [path for path in tracked_files() if path.suffix == ".md"]


@pytest.mark.parametrize("page", PAGES)
def test_the_manual_says_what_the_code_does(page: str) -> None:
    assert (ROOT / "docs" / page).read_text() == fill(page), ANEW


def test_nothing_is_without_words() -> None:
    rows = [line for page in PAGES for line in PAGES[page]().splitlines() if line.startswith("| `") or " | `/" in line]
    assert len(rows) > len(describe())
    assert not [row for row in rows if re.search(r"\|\s*\| *(operator)? *\|$|^\| `[^|]+\| *\|$", row)]


def test_every_setting_stands_in_the_example() -> None:
    assert (ROOT / ".env.example").read_text() == env_example(), ANEW


def test_the_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    used = tmp_path / ".env"
    used.write_text(re.sub(r"^# (MUSE_)", r"\1", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    assert used.read_text().count("\nMUSE_") == len(describe())
    assert load({}, used) == Settings()


@pytest.mark.parametrize("page", PAGES_OF_TEXT, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for match in LINK.finditer(text):
        target, _, heading = match["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), f"{page.relative_to(ROOT)}: {match[0]}"
        if heading:
            assert heading in _headings(there), f"{page.relative_to(ROOT)}: {match[0]}"


def _headings(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_readme_has_every_room_and_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text()
    assert not [room for room in ROOMS if f"`{room}/`" not in text]
    for word in ("make up", "make demo", "muse doctor", "MUSE_CHAT_MODEL=ollama:", "reflex brain"):
        assert word in text


def test_every_make_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split()
    assert set(phony) == _targets()


def test_settings_and_commands_named_in_texts_exist() -> None:
    """A page that names a setting which was renamed sends its reader into an error."""
    known = {name for name, _, _ in describe()}
    for page in PAGES_OF_TEXT:
        text = page.read_text()
        assert set(re.findall(r"\bMUSE_[A-Z_]*[A-Z]\b", text)) <= known, page
        typed = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
        assert set(re.findall(r"(?:^|[`;&])(?:\.venv/bin/)?muse ([a-z]+)", typed, re.MULTILINE)) <= set(NAMES), page
        assert set(re.findall(r"(?:^|[`;&] ?)make ([a-z]+)", typed, re.MULTILINE)) <= _targets(), page


def test_routes_named_in_texts_exist() -> None:
    """As `docs/routes.md` has them, which is made from the gateway; whatever stands in braces or brackets is any value."""
    known = {_any_value(path) for path in re.findall(r"`(/[^`]*)`", (ROOT / "docs" / "routes.md").read_text())}
    named = {
        (page.relative_to(ROOT).as_posix(), path.rstrip("./"))
        for page in PAGES_OF_TEXT
        if page.name not in PAGES
        for path in re.findall(r"(?<![\w.>}])/api/[\w{}<>/.-]+", page.read_text())
    }
    assert ("docs/pictures.md", "/api/images/{id}/events") in named
    assert not [(page, path) for page, path in sorted(named) if _any_value(path) not in known]


def _any_value(path: str) -> str:
    return re.sub(r"\{[^}]*\}|<[^>]*>", "*", path)


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## .+$", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_decisions_are_numbered_and_say_what_was_rejected() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    listed = (ROOT / "docs" / "README.md").read_text()
    for page in pages:
        text = page.read_text()
        assert text.startswith(f"# {page.name[:4]} ")
        assert {"## Found", "## Decided", "## Rejected"} <= set(re.findall(r"^## \w+$", text, re.MULTILINE)), page
        assert f"decisions/{page.name}" in listed


def test_the_licence_is_the_one_that_is_declared() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"] == "Apache-2.0"
