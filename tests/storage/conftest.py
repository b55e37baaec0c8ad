"""What storage tests are given."""

from __future__ import annotations

import pytest

from core.nouns import Account
from storage.house import House
from tests.conftest import Agency
from tests.storage.world import make_account


@pytest.fixture
async def account(house: House, agency: Agency) -> Account:
    """Luna's account on `telegram`."""
    return await make_account(house, agency.id)
