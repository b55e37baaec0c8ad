"""Generated secrets in the data folder's `secrets/` (0700), one file each (0600), made at the first `up` and never printed."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from core.clock import SystemClock
from studio.authority import make_authority

PASSWORDS = ("postgres", "owner", "app", "sweep", "valkey")


def _password() -> str:
    return secrets.token_urlsafe(32)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


FILES: dict[str, Callable[[], str]] = {
    **{f"{name}.password": _password for name in PASSWORDS},
    "seal.key": _key,  # seals the accounts' secrets in the database
    "cookie.key": _key,  # signs the fans' cookies
    "forget.key": _key,  # knows again who was forgotten; never rotated
    "operator.token": _password,  # opens the operators' API
}


def make_secrets(folder: Path) -> None:
    """Write each secret that does not exist yet."""
    folder.chmod(0o700)
    for name, generate in FILES.items():
        try:
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with open(handle, "w") as file:
            file.write(generate() + "\n")
    make_authority(folder, SystemClock().now())  # signs made pictures where the operator has no certificate


def read_password(folder: Path, name: str) -> str:
    """Return one of `PASSWORDS`."""
    return (folder / f"{name}.password").read_text().strip()
