"""The dispatcher: every command has help, errors are sentences with an exit code, light commands load nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli import main
from cli.commands import NAMES, load_command
from cli.errors import exit_code
from cli.settings import ROOT
from core import errors

HEAVY = ("torch", "chromadb", "langgraph", "langchain_core", "litestar", "asyncpg", "redis", "sentence_transformers")


def test_every_command_file_is_listed_and_every_listed_one_exists() -> None:
    files = {path.stem for path in (ROOT / "cli" / "commands").glob("*.py")} - {"__init__"}
    assert files == set(NAMES)
    assert len(NAMES) == len(set(NAMES))


def test_the_command_itself_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--help"]) == 0
    told = capsys.readouterr().out
    assert "persona" in told
    assert "memory" in told


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = load_command(name)
    assert command.HELP.endswith(".")
    command.add_arguments(ArgumentParser())
    assert main.run([name, "--help"]) == 0
    assert command.HELP.split()[0] in capsys.readouterr().out


@pytest.mark.parametrize("words", [["status"], ["--help"], ["logs", "--help"]])
def test_light_commands_load_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cli.main import run; run({words!r});"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    environment = {"MUSE_DATA_DIR": str(tmp_path), "PATH": ""}
    shown = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert shown.stdout.splitlines()[-1] == "LOADED []", shown.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.SettingInvalid("wrong"), 3),
        (errors.SchemaMismatch("newer"), 3),
        (errors.Unavailable("away"), 4),
        (errors.BadInput("typed wrong"), 2),
        (errors.NotFound("none"), 5),
        (errors.Refused("no"), 5),
        (errors.LeaseLost("late"), 6),
        (errors.OutcomeUnknown("perhaps"), 7),
        (errors.MuseError("something"), 1),
        (ZeroDivisionError("a bug"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_become_a_sentence_and_an_exit_code(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_arguments: object) -> int:
        raise error

    command = SimpleNamespace(HELP="Fail.", add_arguments=lambda parser: None, run=fail)
    monkeypatch.setattr(main, "load_command", lambda name: command)
    assert main.run(["status"]) == code
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert str(error) in said
    if isinstance(error, errors.MuseError):
        assert said == f"muse: {error}\n"
        assert exit_code(error) == code


def test_trace_shows_where_an_error_came_from(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_arguments: object) -> int:
        raise errors.Unavailable("away")

    monkeypatch.setattr(
        main, "load_command", lambda name: SimpleNamespace(HELP="Fail.", add_arguments=lambda parser: None, run=fail)
    )
    assert main.run(["--trace", "status"]) == 4
    assert "Traceback" in capsys.readouterr().err


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["upp"]) == 2
    assert "invalid choice: 'upp'" in capsys.readouterr().err
    assert main.run([]) == 0
    assert "muse doctor" in capsys.readouterr().out


def test_strangers_in_our_rooms_are_refused(tmp_path: Path) -> None:
    """A package of the same name, installed in front of ours, is named and nothing starts."""
    copy = tmp_path / "muse_cli.py"
    copy.write_text((ROOT / "muse_cli.py").read_text())
    started = subprocess.run([sys.executable, str(copy), "status"], cwd=ROOT, capture_output=True, text=True)
    assert started.returncode == 3
    assert "stands in for a room of Muse" in started.stderr
    assert "agents would come from" in started.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["image", "approve"],
        ["image", "on a balcony", "-i", "luna", "--strength", "2"],
        ["image", "on a balcony", "-i", "luna", "--strength", "0.5"],
        ["image", "on a balcony"],
        ["image", "batch", "luna", "many"],
        ["image", "--no-such-option"],
    ],
)
def test_wrong_usage_ends_with_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(words) == 2, capsys.readouterr().err
