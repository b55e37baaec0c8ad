"""Where commands get their settings from: the environment, and beneath it `.env` beside the program."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec.structs import fields, replace

from core.settings import PREFIX, Settings, load

ROOT = Path(__file__).resolve().parent.parent


def read_settings() -> Settings:
    """Read the settings; the data folder is absolute, taken from the program's own folder. Raises `SettingInvalid`."""
    settings = load(os.environ, ROOT / ".env")
    return replace(settings, data_dir=str(ROOT / Path(settings.data_dir).expanduser()))


def as_environment(settings: Settings) -> dict[str, str]:
    """Return the environment for a child: ours, with every setting written out so that `.env` cannot differ."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return others | {PREFIX + field.name.upper(): _written(getattr(settings, field.name)) for field in fields(Settings)}


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
