"""Sets up `.venv`: run by make with any Python, before anything is installed; standard library only.

A stamp of what was installed makes the next run return at once. The whole output goes to `.venv/set-up.log`.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 — this is the place that tells people so; make takes whatever `python3` is
    for newer in ("python3.13", "python3.12", "python3.11", "python3.14"):
        if shutil.which(newer):
            os.execvp(newer, [newer, *sys.argv])  # noqa: S606 — the same script under a Python that fits
    sys.exit(
        "Muse needs Python 3.11 or newer, and this is %s. Install a newer one, then type: make up PYTHON=python3.12"  # noqa: UP031 — an old Python must read this line
        % platform.python_version()
    )

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "set-up.log"
STAMP = VENV / "set-up.json"
CONSTRAINTS = ROOT / "requirements" / "constraints.txt"
UV = "uv==0.13.9"


class Failure(Exception):
    """A step failed; the message says so to a person."""


class Step:
    """Shows one step while it runs: a moving line in a terminal, one line at its end elsewhere."""

    def __init__(self, name: str) -> None:
        """Begin."""
        self.name, self.began, self.moving = name, time.monotonic(), sys.stdout.isatty()
        self.say("")

    def say(self, note: str) -> None:
        """Show what is being done."""
        if self.moving:
            line = f"  … {self.name:<28} {time.monotonic() - self.began:5.0f} s  {note}"
            print(f"\r\033[K{line[: shutil.get_terminal_size().columns - 1]}", end="", flush=True)

    def end(self, well: bool) -> None:
        """Show how it ended."""
        start = "\r\033[K" if self.moving else ""
        print(f"{start}  {'✓' if well else '✗'} {self.name:<28} {time.monotonic() - self.began:5.1f} s", flush=True)


def run(name: str, command: list[str], hint: str = "") -> None:
    """Run a command as a step, its output in the log. Raises `Failure`."""
    step = Step(name)
    LOG.parent.mkdir(exist_ok=True)
    last = ""
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(command)}\n")
        log.flush()
        with subprocess.Popen(  # noqa: S603 — commands of this file
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, cwd=ROOT
        ) as process:
            for line in process.stdout or ():
                log.write(line)
                log.flush()
                if line.strip() and not line.startswith("WARNING"):
                    step.say(line.strip())
                    last = line.strip() if line.startswith("ERROR") or not last.startswith("ERROR") else last
    step.end(process.returncode == 0)
    if process.returncode != 0:
        raise Failure(f"{name} failed: {last or 'no words'}\n{hint}The whole output is in {LOG}")


def wanted_stamp(dev: bool) -> str:
    """Return a digest of everything that decides what is installed."""
    parts = [(ROOT / "pyproject.toml").read_bytes(), CONSTRAINTS.read_bytes(), Path(__file__).read_bytes(), bytes(dev)]
    parts += [platform.python_version().encode(), platform.machine().encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_done(dev: bool) -> bool:
    """Tell whether the last set-up was this one, or more."""
    try:
        done = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and bool({wanted_stamp(dev), wanted_stamp(True)} & set(done))


def make_venv() -> None:
    """Make `.venv`, anew where the one that is there has another Python or does not run. Raises `Failure`."""
    try:
        import ensurepip
        import venv
    except ImportError:
        raise Failure("This Python cannot make virtual environments. Type: sudo apt install python3-venv") from None
    del ensurepip, venv
    ours = ".".join(platform.python_version_tuple()[:2])
    asked = [str(PYTHON), "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() if PYTHON.exists() else ""  # noqa: S603 — our own words, no shell
    if found != ours:
        log = LOG.read_text() if LOG.exists() else ""
        run("virtual environment", [sys.executable, "-m", "venv", "--clear", str(VENV)])
        LOG.write_text(log)


def has_nvidia() -> bool:
    """Tell whether this machine has an NVIDIA GPU that its driver knows."""
    program = shutil.which("nvidia-smi")
    return bool(program) and subprocess.run([str(program), "-L"], capture_output=True, check=False).returncode == 0  # noqa: S603 — our own words, no shell


def install_torch() -> None:
    """Install PyTorch, without NVIDIA's libraries (several GB) where there is no such GPU. Raises `Failure`."""
    lines = CONSTRAINTS.read_text().splitlines()
    torch = next(line for line in lines if line.startswith("torch=="))
    pip = [str(PYTHON), "-m", "pip", "install", torch, "-c", str(CONSTRAINTS)]
    if not sys.platform.startswith("linux") or has_nvidia() or has_package(torch) or chosen_wheel(torch) == "plain":
        run("PyTorch", pip)
        return
    try:
        run("uv", [str(PYTHON), "-m", "pip", "install", UV])  # it knows where the builds for processors lie
        run("PyTorch for the processor", [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON),
                                          "--torch-backend", "cpu", torch])  # fmt: skip
    except Failure:
        print("    The build for processors is not to be had; the one with NVIDIA's libraries comes instead (about 3 GB).")
        run("PyTorch with CUDA", pip)


def has_package(requirement: str) -> bool:
    """Tell whether exactly this version is installed already, in whatever build."""
    name, _, version = requirement.partition("==")
    script = f"import importlib.metadata as m, sys; sys.exit(m.version({name!r}).split('+')[0] != {version!r})"
    return subprocess.run([str(PYTHON), "-c", script], capture_output=True, check=False).returncode == 0  # noqa: S603 — our own words, no shell


def chosen_wheel(torch: str) -> str:
    """Return `cuda` or `plain`, or an empty text when pip could not say."""
    asked = [str(PYTHON), str(ROOT / "cli" / "torch_wheel.py"), torch]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 — our own words, no shell


def set_up(dev: bool) -> None:
    """Do all steps. Raises `Failure`."""
    print("Setting up Muse (the first time takes a few minutes) …", flush=True)
    make_venv()
    install_torch()
    target = ".[dev]" if dev else "."
    hint = "Is the network there? "
    run("Muse and its packages", [str(PYTHON), "-m", "pip", "install", "-c", str(CONSTRAINTS), "-e", target], hint)
    STAMP.write_text(json.dumps([wanted_stamp(dev)]))


def main(arguments: list[str]) -> int:
    """Set up what is missing; return the exit code."""
    dev = "--dev" in arguments
    try:
        if not is_done(dev):
            set_up(dev)
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
