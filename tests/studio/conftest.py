"""What studio tests are given."""

from __future__ import annotations

import pytest

from core.nouns import Influencer
from personas.loader import load_from_library
from storage.accounts import put_influencer
from storage.house import House
from tests.conftest import Agency


@pytest.fixture
async def luna(house: House, agency: Agency) -> Influencer:
    """Luna, as the library has her."""
    persona = load_from_library("luna")
    async with house.app.unit(agency.id) as unit:
        return await put_influencer(unit, "luna", "Luna", persona.to_document(), persona.checksum)
