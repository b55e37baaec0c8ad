"""Connecting a bot, against the simulated Bot API."""

from __future__ import annotations

import io
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cli.accounts.owned import agency_of, list_connected
from cli.accounts.telegram import Wanted, choose_address, connect_telegram, read_token
from cli.commands import load_command
from cli.main import build_parser
from core.clock import SystemClock
from core.errors import BadInput, CredentialExpired, Misconfigured, NotFound, Refused, Unauthorised
from core.nouns import Account
from core.settings import Settings
from evals.simulators.telegram import Bot, TelegramSimulator
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage.accounts import find_account, put_influencer, put_operator
from storage.house import House
from tests.conftest import Agency, TestDatabase, make_agency

ADDRESS = "https://muse.example"


@pytest.fixture
async def simulator() -> AsyncIterator[TelegramSimulator]:
    async with TelegramSimulator(limits=None) as running:
        yield running


@pytest.fixture
def bot(simulator: TelegramSimulator) -> Bot:
    return simulator.add_bot("Luna")


@pytest.fixture
async def telegram(simulator: TelegramSimulator, house: House) -> AsyncIterator[TelegramPlatform]:
    adapter = TelegramPlatform(simulator.base_url, house.blobs, SystemClock())
    yield adapter
    await adapter.close()


@pytest.fixture
async def owned(house: House, agency: Agency) -> Agency:
    """An agency with its operator and two influencers."""
    async with house.app.unit(agency.id) as unit:
        await put_operator(unit, "owner", "test-operator-token")
        for slug in ("luna", "matteo"):
            await put_influencer(unit, slug, slug.title(), {"name": slug}, "x")
    return agency


async def stored(house: House, key: str = "luna") -> Account:
    return await find_account(house.app, house.seal, "telegram", key)


async def test_a_bot_is_polled(house: House, owned: Agency, telegram: TelegramPlatform, bot: Bot, settings: Settings) -> None:
    assert await agency_of(house, settings) == owned.id
    connected = await connect_telegram(house, telegram, owned.id, Wanted("luna", "luna", bot.token))
    assert (connected.bot, connected.url) == (bot.profile.username, None)
    account = await stored(house)
    assert (account.inbound, account.sandbox, account.secrets["token"]) == ("polling", False, bot.token)
    (listed,) = await list_connected(house, owned.id)
    assert (listed.influencer, listed.account.key, listed.account.secrets) == ("luna", "luna", {})


async def test_a_bot_pushes_and_connecting_anew_switches(
    house: House, owned: Agency, telegram: TelegramPlatform, bot: Bot
) -> None:
    connected = await connect_telegram(house, telegram, owned.id, Wanted("luna", "luna", bot.token, ADDRESS))
    account = await stored(house)
    assert connected.url == f"{ADDRESS}/webhooks/telegram/luna"
    assert bot.feed.webhook is not None
    assert (bot.feed.webhook.url, bot.feed.webhook.secret) == (connected.url, account.secrets["webhook_secret"])
    await connect_telegram(house, telegram, owned.id, Wanted("luna", "luna", bot.token))
    assert bot.feed.webhook is None
    again = await stored(house)
    assert (again.id, again.inbound, again.secrets) == (account.id, "polling", account.secrets)


async def test_a_wrong_token_stores_nothing(house: House, owned: Agency, telegram: TelegramPlatform, bot: Bot) -> None:
    with pytest.raises(CredentialExpired) as refused:
        await connect_telegram(house, telegram, owned.id, Wanted("luna", "luna", "1234:wrong-token-wrong-token"))
    assert "wrong-token" not in str(refused.value)
    with pytest.raises(Unauthorised):
        await stored(house)


async def test_nobody_takes_anothers_key(
    house: House, owned: Agency, telegram: TelegramPlatform, bot: Bot, database: TestDatabase
) -> None:
    await connect_telegram(house, telegram, owned.id, Wanted("luna", "luna", bot.token))
    other = await make_agency(database.owner, "other")
    async with house.app.unit(other.id) as unit:
        await put_influencer(unit, "luna", "Luna", {"name": "luna"}, "x")
    for agency_id, slug in ((owned.id, "matteo"), (other.id, "luna")):
        with pytest.raises(Refused, match="--key"):
            await connect_telegram(house, telegram, agency_id, Wanted(slug, "luna", bot.token))
    await connect_telegram(house, telegram, owned.id, Wanted("matteo", "matteo-2", bot.token))
    with pytest.raises(BadInput, match="no key"):
        await connect_telegram(house, telegram, owned.id, Wanted("luna", "../x", bot.token))


async def test_an_unknown_influencer_is_named_with_the_known(
    house: House, owned: Agency, telegram: TelegramPlatform, bot: Bot
) -> None:
    await connect_telegram(house, telegram, owned.id, Wanted("luna", "luna", bot.token))
    with pytest.raises(NotFound, match="'lune'; there are: luna"):
        await connect_telegram(house, telegram, owned.id, Wanted("lune", "lune", bot.token))


def test_a_token_comes_from_a_file_or_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    file.write_text("123456:ABC-def_ghi\n")
    assert read_token(str(file)) == "123456:ABC-def_ghi"
    monkeypatch.setattr(sys, "stdin", io.StringIO(" 123456:ABC-def_ghi "))
    assert read_token("-") == "123456:ABC-def_ghi"
    file.write_text("my secret, not a token")
    with pytest.raises(BadInput, match="no bot token") as refused:
        read_token(str(file))
    assert "secret" not in str(refused.value)
    with pytest.raises(BadInput, match="cannot be read"):
        read_token(str(tmp_path / "missing"))
    with pytest.raises(BadInput, match="not the token itself"):
        read_token("123456:ABC-def_ghi")
    assert "ABC" not in repr(Wanted("luna", "luna", "123456:ABC-def_ghi"))


def test_where_telegram_pushes_to() -> None:
    public = Settings(public_url=ADDRESS + "/")
    assert choose_address(public, polling=False, webhook=None) == ADDRESS
    assert choose_address(public, polling=True, webhook=None) is None
    assert choose_address(public, polling=False, webhook="https://other.example") == "https://other.example"
    assert choose_address(Settings(), polling=False, webhook="http://127.0.0.1:8080") == "http://127.0.0.1:8080"
    with pytest.raises(Misconfigured, match="--polling"):
        choose_address(Settings(), polling=False, webhook=None)
    with pytest.raises(Misconfigured, match="https"):
        choose_address(Settings(), polling=False, webhook="http://muse.example")


async def test_without_an_operator_token_it_says_what_to_type(house: House, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="muse up"):
        await agency_of(house, Settings(data_dir=str(tmp_path / "nowhere")))


def test_the_token_is_no_argument() -> None:
    assert load_command("account").HELP
    parser = build_parser(("account",))
    given = parser.parse_args(["account", "connect", "telegram", "luna", "--token-file", "-", "--polling"])
    assert (given.influencer, given.token_file, given.polling, given.key) == ("luna", "-", True, None)
    with pytest.raises(SystemExit):
        parser.parse_args(["account", "connect", "telegram", "luna", "--token", "123:abc"])
