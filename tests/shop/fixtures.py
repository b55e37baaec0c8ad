"""Luna's account with a shop full of packs, and a chat or a turn in it: for the tests of the shop, and of the tools over it."""

from __future__ import annotations

import pytest

from core.nouns import Account, Conversation, TurnInput
from storage.house import House
from tests.conftest import Agency
from tests.shop.world import Shop, open_shop, start_chat, start_turn
from tests.storage.world import make_account


@pytest.fixture
async def account(house: House, agency: Agency) -> Account:
    return await make_account(house, agency.id)


@pytest.fixture
async def shop(house: House, account: Account) -> Shop:
    return await open_shop(house, account)


@pytest.fixture
async def chat(house: House, account: Account) -> Conversation:
    return await start_chat(house, account)


@pytest.fixture
async def turn(house: House, account: Account) -> TurnInput:
    return await start_turn(house, account)
