"""The gateway as it runs: uvicorn on a loopback port, in this process, on the scratch servers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import uvicorn
from msgspec import Struct

from core.ids import new_id
from core.nouns import Account, Conversation
from core.settings import Settings
from evals.simulators.telegram import Bot, TelegramSimulator
from gateway.app import create_app
from personas.loader import load_from_library
from storage.accounts import find_account, put_account, put_influencer, put_operator
from storage.conversations import conversation_of
from storage.house import House
from tests.conftest import Agency

SECRET = "webhook-secret"


class Gateway(Struct, frozen=True):
    """A running gateway with a Telegram and a webchat account of Luna."""

    url: str
    house: House
    settings: Settings
    telegram: Account
    webchat: Account
    token: str

    @property
    def operator(self) -> dict[str, str]:
        """Return the operator's header."""
        return {"authorization": f"Bearer {self.token}"}

    async def chat_of(self, account: Account, handle: str) -> Conversation:
        """Return the conversation of a handle."""
        async with self.house.app.unit(account.agency_id) as unit:
            found = await conversation_of(unit, account.id, handle)
        assert found
        return found


async def make_luna(house: House, agency: Agency, platform: str, *, sandbox: bool = True, key: str = "luna") -> Account:
    persona = load_from_library("luna")
    async with house.app.unit(agency.id) as unit:
        influencer = await put_influencer(unit, "luna", "Luna", persona.to_document(), persona.checksum)
        account = Account(
            id=new_id(), agency_id=agency.id, influencer_id=influencer.id, platform=platform, key=key,
            inbound="page" if platform == "webchat" else "webhook", sandbox=sandbox, autonomy="auto",
            secrets={"token": "1:abc", "webhook_secret": SECRET} if platform == "telegram" else {},
        )  # fmt: skip
        await put_account(unit, house.seal, account)
    return await find_account(house.app, house.seal, platform, key)


@pytest.fixture
async def gateway(house: House, agency: Agency, settings: Settings) -> AsyncIterator[Gateway]:
    """Run the gateway for one test."""
    token = (Path(settings.data_dir) / "secrets" / "operator.token").read_text()
    async with house.app.unit(agency.id) as unit:
        await put_operator(unit, "ana", token)
    telegram, webchat = await make_luna(house, agency, "telegram"), await make_luna(house, agency, "webchat")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(settings), host="127.0.0.1", port=port, log_config=None, lifespan="on"))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started and not serving.done():  # noqa: ASYNC110 — uvicorn has no event for it
            await asyncio.sleep(0.02)
    try:
        yield Gateway(f"http://127.0.0.1:{port}", house, settings, telegram, webchat, token)
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A client without cookies."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture
async def simulator() -> AsyncIterator[TelegramSimulator]:
    """A Bot API whose limits nobody reaches."""
    async with TelegramSimulator(limits=None) as running:
        yield running


@pytest.fixture
def bot(simulator: TelegramSimulator) -> Bot:
    return simulator.add_bot("Luna")
