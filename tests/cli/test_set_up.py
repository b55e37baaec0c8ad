"""The set-up that make runs: quick the second time, plain when something is missing, exact in what it installs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli import bootstrap
from cli.lock import list_versions
from cli.settings import ROOT
from cli.torch_wheel import brings_cuda


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the set-up at an empty folder with a small project in it."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "constraints.txt").write_text("torch==2.13.0\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    venv = tmp_path / ".venv"
    for name, value in {
        "ROOT": tmp_path, "VENV": venv, "PYTHON": venv / "bin" / "python", "LOG": venv / "set-up.log",
        "STAMP": venv / "set-up.json", "CONSTRAINTS": tmp_path / "requirements" / "constraints.txt",
    }.items():  # fmt: skip
        monkeypatch.setattr(bootstrap, name, value)
    return tmp_path


def install_nothing(folder: Path, stamps: list[str]) -> None:
    (folder / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
    (folder / ".venv" / "bin" / "python").touch()
    (folder / ".venv" / "set-up.json").write_text(json.dumps(stamps))


def test_a_second_run_returns_at_once_until_something_changes(fresh: Path) -> None:
    install_nothing(fresh, [bootstrap.wanted_stamp(dev=True)])
    assert bootstrap.main([]) == 0
    assert bootstrap.main(["--dev"]) == 0
    assert bootstrap.is_done(dev=False)
    (fresh / "requirements" / "constraints.txt").write_text("torch==2.14.0\n")
    assert not bootstrap.is_done(dev=False)


def test_what_was_set_up_for_running_is_not_enough_for_tests(fresh: Path) -> None:
    install_nothing(fresh, [bootstrap.wanted_stamp(dev=False)])
    assert bootstrap.is_done(dev=False)
    assert not bootstrap.is_done(dev=True)
    (fresh / ".venv" / "bin" / "python").unlink()
    assert not bootstrap.is_done(dev=False)


def test_a_failed_step_says_so_and_where_the_log_is(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "print('Collecting x'); print('ERROR: no such package'); print('[notice] a new pip'); raise SystemExit(1)"
    with pytest.raises(bootstrap.Failure, match=r"Packages failed: ERROR: no such package\n.*set-up\.log"):
        bootstrap.run("Packages", [sys.executable, "-c", script])
    assert "✗ Packages" in capsys.readouterr().out
    assert "Collecting x" in (fresh / ".venv" / "set-up.log").read_text()


def test_a_python_without_venv_gets_a_remedy(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)  # as Debian splits it off
    assert bootstrap.main([]) == 1
    said = capsys.readouterr().err
    assert "sudo apt install python3-venv" in said
    assert not (fresh / ".venv").exists()


def test_an_old_python_gets_a_plain_message(tmp_path: Path) -> None:
    """The script is compiled by whatever Python make finds; only its version is changed here."""
    source = (ROOT / "cli" / "bootstrap.py").read_text()
    play = f"import sys; sys.version_info = (3, 9, 2, 'final', 0); exec(compile({source!r}, 'bootstrap.py', 'exec'))"
    shown = subprocess.run([sys.executable, "-c", play], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert shown.returncode == 1
    assert shown.stderr.startswith("Muse needs Python 3.11 or newer")
    assert "Traceback" not in shown.stderr


def test_a_real_environment_is_made_and_made_anew_when_it_does_not_run(fresh: Path) -> None:
    bootstrap.make_venv()
    made = (fresh / ".venv" / "bin" / "python").resolve()
    assert made.exists()
    (fresh / ".venv" / "bin" / "python").unlink()
    (fresh / ".venv" / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (fresh / ".venv" / "bin" / "python").chmod(0o755)
    bootstrap.make_venv()
    assert (fresh / ".venv" / "bin" / "python").resolve() == made


@pytest.mark.parametrize(
    ("wheel", "gpu", "uv_works", "steps"),
    [
        ("plain", False, True, ["PyTorch"]),
        ("cuda", True, True, ["PyTorch"]),
        ("cuda", False, True, ["uv", "PyTorch for the processor"]),
        ("cuda", False, False, ["uv", "PyTorch with CUDA"]),
    ],
)
def test_pytorch_comes_without_nvidia_libraries_where_there_is_no_gpu(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    wheel: str, gpu: bool, uv_works: bool, steps: list[str],
) -> None:  # fmt: skip
    """Only the decision is tried: pip, uv and the driver are stood in for, since each would fetch gigabytes."""
    taken: list[tuple[str, list[str]]] = []

    def note(name: str, command: list[str], hint: str = "") -> None:
        taken.append((name, command))
        if name == "uv" and not uv_works:
            raise bootstrap.Failure("no network")

    for function, answer in {"has_nvidia": gpu, "has_package": False, "chosen_wheel": wheel}.items():
        monkeypatch.setattr(bootstrap, function, lambda *_, answer=answer: answer)
    monkeypatch.setattr(bootstrap, "run", note)
    monkeypatch.setattr(bootstrap.sys, "platform", "linux")
    bootstrap.install_torch()
    assert [name for name, _ in taken] == steps
    assert "torch==2.13.0" in taken[-1][1]
    assert ("cpu" in taken[-1][1]) is (steps[-1] == "PyTorch for the processor")
    assert ("3 GB" in capsys.readouterr().out) is (not uv_works)


@pytest.mark.parametrize(
    ("requires", "cuda"),
    [
        (["sympy>=1.13", "jinja2", 'optree>=0.13; extra == "optree"'], False),
        (["sympy", 'nvidia-cublas==13.0; platform_system == "Linux"'], sys.platform.startswith("linux")),
        (['nvidia-cublas==13.0; platform_system == "Windows"'], False),
        (['cuda-bindings<14; python_version >= "3.10"'], True),
    ],
)
def test_wheels_with_nvidia_libraries_are_known_by_their_requirements(requires: list[str], cuda: bool) -> None:
    assert brings_cuda(requires) is cuda


def test_the_constraints_are_exact_and_name_no_place() -> None:
    lines = [line for line in (ROOT / "requirements" / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9._-]+==[0-9][0-9A-Za-z.]*", line) for line in lines)
    assert len(lines) > 100
    named = {line.partition("==")[0] for line in lines}
    assert named >= {"torch", "litestar", "langgraph", "chromadb", "pytest"}
    assert "muse-influencers" not in named


def test_what_is_installed_is_what_is_constrained() -> None:
    """Where the two differ, `make lock` was forgotten or the environment is not the one that make made."""
    locked = (ROOT / "requirements" / "constraints.txt").read_text().splitlines()
    assert set(list_versions()) <= set(locked)


def test_make_help_lists_the_commands() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"^  make (\w+) ", shown, re.MULTILINE))
    assert listed >= {"up", "test", "check", "demo", "down", "help", "bench", "clean"}
