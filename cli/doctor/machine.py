"""The machine: Python, disk, data folder, server programs, GPU, browser."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from cli.doctor.browser import find_browser, remedy
from cli.doctor.finding import Finding, broken, good, missing
from cli.settings import ROOT
from cli.stack.binaries import find_postgres, find_valkey
from cli.stack.folder import LEAST_FREE, DataFolder
from cli.stack.state import read_living_state
from core.errors import Misconfigured
from core.settings import Settings


def python(_settings: Settings) -> Iterator[Finding]:
    """Look at the interpreter and its virtual environment."""
    found = f"{platform.python_version()} at {sys.executable}"
    yield good("Python", found) if sys.version_info >= (3, 11) else broken("Python", f"{found}; Muse needs 3.11 or newer")
    if sys.prefix == sys.base_prefix:
        yield missing("virtual environment", "this Python is not in one", "make up")
    elif Path(sys.prefix) == ROOT / ".venv":
        yield good("virtual environment", sys.prefix)
    else:
        yield good("virtual environment", f"{sys.prefix} (not Muse's own .venv)")


def disk(settings: Settings) -> Iterator[Finding]:
    """Look at the data folder and the room on its disk."""
    folder = DataFolder(Path(settings.data_dir))
    standing = next(path for path in (folder.root, *folder.root.parents) if path.exists())
    free = shutil.disk_usage(standing).free
    says = f"{free / 1e9:.1f} GB free for {folder.root}"
    yield good("disk", says) if free >= LEAST_FREE else broken("disk", f"{says}; at least {LEAST_FREE / 1e9:.1f} GB are needed")
    if not os.access(standing, os.W_OK | os.X_OK):
        yield broken("data folder", f"{standing} cannot be written to", f"sudo chown -R $USER {standing}")
    elif not folder.root.exists():
        yield good("data folder", f"{folder.root} will be made by the first start")
    else:
        running = read_living_state(folder.run)
        yield good("data folder", f"{folder.root}; Muse is {running.phase if running else 'not running'}")


def programs(_settings: Settings) -> Iterator[Finding]:
    """Look at the server programs in the wheels: there, and able to run on this machine."""
    for name, find in (("Postgres", find_postgres), ("Valkey", find_valkey)):
        try:
            said = subprocess.run([find(), "--version"], capture_output=True, text=True, check=True, timeout=10).stdout  # noqa: S603 — our own words, no shell
            yield good(name, said.strip().partition(" sha=")[0])
        except Misconfigured as error:
            yield broken(name, str(error), "make up")
        except (OSError, subprocess.SubprocessError) as error:
            yield broken(name, f"{find()} does not run here: {error}")
    if find_spec("chromadb_rust_bindings"):
        yield good("Chroma", "the server is there")
    else:
        yield broken("Chroma", "the package chromadb is not installed", "make up")


def gpu(_settings: Settings) -> Iterator[Finding]:
    """Look for a graphics processor, without loading PyTorch."""
    if program := shutil.which("nvidia-smi"):
        asked = [program, "--query-gpu=name,memory.total", "--format=csv,noheader"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603 — a program of the driver
        if answer.returncode == 0 and answer.stdout.strip():
            yield good("GPU", answer.stdout.strip().replace("\n", "; "))
            return
    if sys.platform == "darwin" and platform.machine() == "arm64":
        yield good("GPU", "Apple's own (MPS)")
    else:
        yield missing("GPU", "none; embeddings run on the processor, which is enough for them")


def browser(_settings: Settings) -> Iterator[Finding]:
    """Look for a browser that the tests can drive."""
    if found := find_browser():
        yield good("browser for tests", str(found))
    else:
        yield missing("browser for tests", "no Chromium or Chrome; only `make test` needs one", remedy())
