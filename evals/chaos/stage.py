"""What a run needs of the stack it breaks; who starts the stack fills it in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from core.settings import Settings


class Stage(Struct, frozen=True):
    """A running stack and the ways to its processes.

    `admin_dsn` is the superuser's address of Muse's database; `settings` have every address filled in; `pid` is that of a
    process by its name, none while it does not run; `serves` says whether it is ready for work.
    """

    url: str
    token: str
    admin_dsn: str
    settings: Settings
    logs: Path
    pid: Callable[[str], int | None]
    serves: Callable[[str], bool]
