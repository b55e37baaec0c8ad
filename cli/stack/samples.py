"""The sample influencers, loaded at each start; what is there already stays."""

from __future__ import annotations

from collections.abc import Callable

from core.settings import Settings


async def load_samples(settings: Settings, on_step: Callable[[str], None]) -> None:
    """Load the sample data; `settings` are the app's. Raises `MuseError`."""
    from cli.seed import load_samples as load

    await load(settings, on_step)
