"""Finds a browser for the tests, and as root on Debian fetches one. `make test` runs it as a script."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APT = ("apt-get", "install", "-y", "--no-install-recommends", "chromium")
PLAYWRIGHT = ".venv/bin/playwright install chromium"


def find_browser() -> Path | None:
    """Return an installed Chromium or Chrome, Playwright's own included."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    home = Path.home()
    places = (
        (home / ".cache/ms-playwright", "chromium-*/chrome-linux*/chrome"),
        (home / "Library/Caches/ms-playwright", "chromium-*/*/*.app/Contents/MacOS/*"),
        (Path("/Applications"), "Google Chrome.app/Contents/MacOS/Google Chrome"),
    )
    return next((found for folder, pattern in places if folder.is_dir() for found in sorted(folder.glob(pattern))), None)


def remedy() -> str:
    """Return what to type when there is none."""
    return " ".join(APT) if _can_fetch() else PLAYWRIGHT


def main() -> int:
    """Make sure that there is a browser; return the exit code."""
    if find_browser():
        return 0
    if _can_fetch():
        print("  … fetching a browser for the tests", flush=True)
        for command in (("apt-get", "update", "-q"), APT):
            fetched = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 — fixed words
        if find_browser():
            return 0
        print("\n".join(fetched.stderr.splitlines()[-3:]), file=sys.stderr)
    print(f"The tests need Chromium or Chrome. Type: {remedy()}", file=sys.stderr)
    return 1


def _can_fetch() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


if __name__ == "__main__":
    sys.exit(main())
