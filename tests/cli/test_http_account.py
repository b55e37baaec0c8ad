"""Connecting somebody's own app: keys are made once, shown once, kept sealed and renewed without a gap."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from cli.accounts.http import AppWanted, connect_http, finish_rotation, rotate_http, show_keys
from cli.accounts.owned import list_connected
from cli.main import build_parser
from core.errors import BadInput, Misconfigured, NotFound, Refused
from core.nouns import Account
from core.settings import Settings
from evals.simulators.http.signing import new_pair
from gateway.platforms.http.rotation import INBOUND_PUBLIC
from gateway.platforms.http.wire import Options, options_of
from storage.accounts import find_account, put_influencer
from storage.house import House
from storage.packs import list_shelf, put_price
from tests.conftest import Agency, TestDatabase, make_agency
from tests.shop.world import add_pack

APP = Options(url="https://app.example/muse")


@pytest.fixture
async def owned(house: House, agency: Agency) -> Agency:
    """An agency with two influencers."""
    async with house.app.unit(agency.id) as unit:
        for slug in ("luna", "matteo"):
            await put_influencer(unit, slug, slug.title(), {"name": slug}, "x")
    return agency


async def stored(house: House, key: str = "luna") -> Account:
    return await find_account(house.app, house.seal, "http", key)


async def test_an_app_is_connected_and_told_its_keys_once(house: House, owned: Agency, database: TestDatabase) -> None:
    connected = await connect_http(house, owned.id, AppWanted("luna", "luna", APP))
    assert connected
    account = await stored(house)
    assert (connected.path, account.inbound, account.sandbox) == ("/webhooks/http/luna", "webhook", False)
    assert options_of(account) == APP
    assert {connected.inbound_secret, connected.outbound_secret} < set(account.secrets.values())
    assert connected.outbound_public_key.startswith("whpk_")
    assert connected.inbound_secret not in repr(connected)
    (listed,) = await list_connected(house, owned.id)
    assert (listed.influencer, listed.account.secrets) == ("luna", {})
    owner = await asyncpg.connect(database.owner)
    sealed = await owner.fetch("SELECT sealed FROM account_secrets")
    await owner.close()
    assert len(sealed) == 3
    assert not [row for row in sealed for key in account.secrets.values() if key.encode() in bytes(row["sealed"])]


async def test_connecting_anew_sets_the_options_and_keeps_the_keys(house: House, owned: Agency) -> None:
    await connect_http(house, owned.id, AppWanted("luna", "luna", APP))
    before = await stored(house)
    changed = Options(url="https://app.example/new", text_limit=500, typing=True, media_hosts=("files.app.example",))
    private, public = new_pair()
    assert await connect_http(house, owned.id, AppWanted("luna", "luna", changed, public)) is None
    after = await stored(house)
    assert (after.id, options_of(after)) == (before.id, changed)
    assert after.secrets == {**before.secrets, INBOUND_PUBLIC: public}
    with pytest.raises(Misconfigured) as refused:
        await connect_http(house, owned.id, AppWanted("luna", "luna", changed, private))
    assert private[5:] not in str(refused.value)


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(url="http://app.example/muse"),
        Options(url="https://app.example/", list_url="http://app.example/sent"),
    ],
)
async def test_an_address_that_cannot_be_called_is_refused_and_nothing_stored(
    house: House, owned: Agency, options: Options
) -> None:
    with pytest.raises(Misconfigured):
        await connect_http(house, owned.id, AppWanted("luna", "luna", options))
    assert await list_connected(house, owned.id) == []


async def test_whose_it_is_and_what_cannot_be(house: House, owned: Agency, database: TestDatabase) -> None:
    await connect_http(house, owned.id, AppWanted("luna", "luna", APP))
    other = await make_agency(database.owner, "other")
    async with house.app.unit(other.id) as unit:
        await put_influencer(unit, "luna", "Luna", {"name": "luna"}, "x")
    for agency_id, slug in ((owned.id, "matteo"), (other.id, "luna")):
        with pytest.raises(Refused, match="--key"):
            await connect_http(house, agency_id, AppWanted(slug, "luna", APP))
    for act in (rotate_http, finish_rotation):
        with pytest.raises(NotFound):
            await act(house, other.id, "luna")
        with pytest.raises(NotFound):
            await act(house, owned.id, "nobody")
    with pytest.raises(BadInput, match="no key"):
        await connect_http(house, owned.id, AppWanted("luna", "../x", APP))
    with pytest.raises(BadInput, match="bare name"):
        await connect_http(house, owned.id, AppWanted("luna", "x", Options(url=APP.url, media_hosts=("https://x",))))
    with pytest.raises(NotFound, match="'lune'"):
        await connect_http(house, owned.id, AppWanted("lune", "lune", APP))


async def test_keys_are_renewed_beside_the_old_ones_until_that_is_finished(house: House, owned: Agency) -> None:
    first = await connect_http(house, owned.id, AppWanted("luna", "luna", APP))
    assert first
    with pytest.raises(Refused, match="under way"):
        await finish_rotation(house, owned.id, "luna")
    second = await rotate_http(house, owned.id, "luna")
    both = set((await stored(house)).secrets.values())
    assert {first.inbound_secret, second.inbound_secret, first.outbound_secret, second.outbound_secret} < both
    with pytest.raises(Refused, match="--finish"):
        await rotate_http(house, owned.id, "luna")
    await finish_rotation(house, owned.id, "luna")
    left = set((await stored(house)).secrets.values())
    assert {second.inbound_secret, second.outbound_secret} < left
    assert left.isdisjoint({first.inbound_secret, first.outbound_secret})


async def test_packs_without_a_price_for_apps_cost_what_the_chat_page_asks(house: House, owned: Agency) -> None:
    async with house.app.unit(owned.id) as unit:
        influencer = await put_influencer(unit, "luna", "Luna", {"name": "luna"}, "x")
        for slug, own in (("sea", None), ("stars", 123)):
            pack_id = await add_pack(unit, influencer.id, slug)
            await put_price(unit, pack_id, "webchat", 499, "USD")
            if own:
                await put_price(unit, pack_id, "http", own, "USD")
    await connect_http(house, owned.id, AppWanted("luna", "luna", APP))
    async with house.app.unit(owned.id) as unit:
        shelf = await list_shelf(unit, influencer.id, influencer.id, "http", None, "")
    assert {pack.slug: (pack.amount, pack.unit) for pack in shelf} == {"sea": (499, "USD"), "stars": (123, "USD")}


async def test_what_is_printed(house: House, owned: Agency, capsys: pytest.CaptureFixture[str]) -> None:
    connected = await connect_http(house, owned.id, AppWanted("luna", "luna", APP, new_pair()[1]))
    assert connected
    show_keys(connected, Settings(public_url="https://muse.example/"))
    printed = capsys.readouterr().out
    assert "https://muse.example/webhooks/http/luna" in printed
    for key in (connected.inbound_secret, connected.outbound_secret, connected.outbound_public_key, connected.app_public_key):
        assert str(key) in printed


def test_the_words_of_the_command(tmp_path: Path) -> None:
    parser = build_parser(("account",))
    given = parser.parse_args(["account", "connect", "http", "luna", "--url", "https://x/", "--media-host", "a", "--typing"])
    assert (given.platform, given.influencer, given.media_host, given.typing, given.no_dedupe) == (
        "http", "luna", ["a"], True, False
    )  # fmt: skip
    rotating = parser.parse_args(["account", "rotate", "http", "luna", "--finish"])
    assert (rotating.action, rotating.key, rotating.finish) == ("rotate", "luna", True)
    for wrong in (["connect", "http", "luna"], ["rotate", "telegram", "luna"], ["connect", "myspace", "luna"]):
        with pytest.raises(SystemExit):
            parser.parse_args(["account", *wrong])
