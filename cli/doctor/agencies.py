"""The agencies of a running house, one after the other, for parts of the doctor that look into rows."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

from core.settings import Settings
from storage.unit import Unit


@asynccontextmanager
async def open_units(settings: Settings) -> AsyncIterator[AsyncIterator[Unit]]:
    """Lend a unit of work for each agency that has accounts, in turn. Raises `MuseError` while nothing runs."""
    from cli.stack.connection import connect
    from storage.database import open_database
    from storage.sweep import agencies_with_accounts

    filled = connect(settings)
    app = await open_database(filled.postgres_app_url, largest=1, prefix="muse doctor")
    try:
        sweeping = await open_database(filled.postgres_sweep_url, largest=1, prefix="muse doctor")
        try:
            agencies = await agencies_with_accounts(sweeping)
        finally:
            await sweeping.close()

        async def each() -> AsyncGenerator[Unit, None]:
            for agency_id in agencies:
                async with app.unit(agency_id) as unit:
                    yield unit

        async with aclosing(each()) as units:
            yield units
    finally:
        await app.close()
