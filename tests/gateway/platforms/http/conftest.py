"""A simulated app with a fan, an account whose keys both sides know, and the adapter that speaks to it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from msgspec.structs import replace

from core.clock import SystemClock
from core.nouns import Account
from evals.simulators.http import AppFan, AppKeys, HttpAppSimulator, Retries
from gateway.platforms.http.adapter import HttpPlatform
from gateway.platforms.http.rotation import INBOUND_SECRET, OUTBOUND_PRIVATE, OUTBOUND_SECRET, fresh_keys
from gateway.platforms.http.signatures import public_half

CALL_S = 1.5  # long enough for a busy machine to let the first byte leave


def app_keys(secrets: dict[str, str]) -> AppKeys:
    """Return what the app is told of an account's keys."""
    return AppKeys([secrets[INBOUND_SECRET]], [secrets[OUTBOUND_SECRET], public_half(secrets[OUTBOUND_PRIVATE])])


@pytest.fixture
async def app() -> AsyncIterator[HttpAppSimulator]:
    async with HttpAppSimulator(retries=Retries(pauses_s=(0.01, 0.02, 0.05))) as running:
        yield running


@pytest.fixture
def mia(app: HttpAppSimulator) -> AppFan:
    return app.add_fan("Mia")


@pytest.fixture
def luna(app: HttpAppSimulator, make_account: Callable[..., Account]) -> Account:
    """An account at the app; the app knows its keys."""
    secrets = fresh_keys()
    app.connect("http://127.0.0.1:9/nowhere", app_keys(secrets))
    return with_options(make_account("http", **secrets), url=app.url)


def with_options(account: Account, **options: Any) -> Account:
    return replace(account, options={**account.options, **options})


@pytest.fixture
async def http() -> AsyncIterator[HttpPlatform]:
    adapter = HttpPlatform(SystemClock())
    yield adapter
    await adapter.close()


@pytest.fixture
async def hasty() -> AsyncIterator[HttpPlatform]:
    """An adapter that gives up soon."""
    adapter = HttpPlatform(SystemClock(), call_s=CALL_S)
    yield adapter
    await adapter.close()
