"""Accounts, blobs and a clock for adapter tests."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.clock import Clock
from core.errors import NotFound
from core.nouns import Account

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


class FrozenClock:
    def now(self) -> datetime:
        return NOON


class MemoryBlobs:
    """Files in a dictionary."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def put(self, key: str, data: bytes, mime: str) -> None:
        self.files[key] = data

    async def get(self, key: str) -> bytes:
        if key not in self.files:
            raise NotFound("There is no such file.")
        return self.files[key]

    async def delete(self, key: str) -> None:
        self.files.pop(key, None)


def account_of(platform: str, *, sandbox: bool = False, **secrets: str) -> Account:
    return Account(
        id=UUID(int=1),
        agency_id=UUID(int=2),
        influencer_id=UUID(int=3),
        platform=platform,
        key="luna",
        inbound="webhook",
        sandbox=sandbox,
        autonomy="auto",
        secrets=secrets,
    )


@pytest.fixture
def make_account() -> Callable[..., Account]:
    return account_of


@pytest.fixture
def account() -> Account:
    return account_of("telegram", token="7001:abc", webhook_secret="s3cret")


@pytest.fixture
def clock() -> Clock:
    return FrozenClock()


@pytest.fixture
def blobs() -> MemoryBlobs:
    return MemoryBlobs()
