"""Fans' files: from hosts that the operator named and nowhere else, never from inside our network, and what their bytes say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from yarl import URL

from core.clock import SystemClock
from core.errors import BadInput, Misconfigured, MuseError, NotFound, Unavailable
from core.inbound import MediaRef
from core.nouns import Account
from evals.simulators.http import HttpAppSimulator
from gateway.platforms.http.adapter import HttpPlatform
from gateway.platforms.http.addresses import PublicResolver, media_address, read_address
from gateway.platforms.http.client import AppClient
from tests.gateway.platforms.http.conftest import with_options

JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 10
OUTSIDE = URL("https://app.example/muse")
HERE = URL("http://127.0.0.1:3000/muse")


@pytest.fixture
def shelf(app: HttpAppSimulator, luna: Account) -> Account:
    app.files["1.jpg"] = JPEG
    app.files["1.txt"] = b"just words"
    return with_options(luna, media_hosts=["127.0.0.1"])


async def test_a_file_is_fetched_and_looked_at(http: HttpPlatform, app: HttpAppSimulator, shelf: Account) -> None:
    fetched = await http.download(shelf, MediaRef("photo", f"{app.base_url}/files/1.jpg"), 1000)
    assert (fetched.data, fetched.mime) == (JPEG, "image/jpeg")
    (call,) = app.calls
    assert "webhook-signature" not in {name.lower() for name in call.headers}  # a file's host learns nothing of us


@pytest.mark.parametrize(
    ("name", "media", "limit", "error"),
    [
        ("1.jpg", {}, 20, BadInput),
        ("1.jpg", {"bytes": 2000}, 1000, BadInput),
        ("1.jpg", {"mime": "application/pdf"}, 1000, BadInput),
        ("1.txt", {}, 1000, BadInput),
        ("2.jpg", {}, 1000, NotFound),
    ],
)
async def test_a_file_that_is_not_what_it_should_be_is_refused(
    http: HttpPlatform,
    app: HttpAppSimulator,
    shelf: Account,
    name: str,
    media: dict[str, Any],
    limit: int,
    error: type[MuseError],
) -> None:
    with pytest.raises(error):
        await http.download(shelf, MediaRef("photo", f"{app.base_url}/files/{name}", **media), limit)


@pytest.mark.parametrize(("fault", "error"), [("drop_before", Unavailable), ("redirect", Unavailable), ("refuse", Unavailable)])
async def test_a_file_that_does_not_come_may_come_later(
    http: HttpPlatform, app: HttpAppSimulator, shelf: Account, fault: str, error: type[MuseError]
) -> None:
    arguments: dict[str, tuple[object, ...]] = {"redirect": (f"{app.base_url}/files/1.jpg",), "refuse": (500,)}
    times = 2 if fault == "drop_before" else 1  # aiohttp asks a second time by itself
    getattr(app.faults, fault)("file", *arguments.get(fault, ()), times=times)
    with pytest.raises(error):
        await http.download(shelf, MediaRef("photo", f"{app.base_url}/files/1.jpg"), 1000)
    assert len(app.calls) == times


async def test_without_a_named_host_nothing_is_fetched(http: HttpPlatform, app: HttpAppSimulator, luna: Account) -> None:
    app.files["1.jpg"] = JPEG
    for hosts in ([], ["files.app.example"]):
        with pytest.raises(BadInput, match="not lie on a host"):
            await http.download(with_options(luna, media_hosts=hosts), MediaRef("photo", f"{app.base_url}/files/1.jpg"), 1000)
    assert app.calls == []


async def test_of_an_app_outside_no_file_lies_on_this_machine(
    http: HttpPlatform, app: HttpAppSimulator, shelf: Account
) -> None:
    outside = with_options(shelf, url="https://app.example/muse")
    for host in ("127.0.0.1", "localhost"):
        for scheme in ("http", "https"):
            address = f"{scheme}://{host}:{URL(app.base_url).port}/files/1.jpg"
            with pytest.raises(BadInput):
                await http.download(with_options(outside, media_hosts=[host]), MediaRef("photo", address), 1000)
    assert app.calls == []


@pytest.mark.parametrize(
    "address",
    [
        "https://10.0.0.1/x",
        "https://192.168.1.1/x",
        "https://172.16.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/x",
        "https://0.0.0.0/x",
        "https://[::1]/x",
        "https://[fe80::1]/x",
        "https://[fd00::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://224.0.0.1/x",
    ],
)
def test_addresses_inside_a_network_are_refused_even_when_named(address: str) -> None:
    host = URL(address).host or ""
    with pytest.raises(BadInput, match="inside our own network"):
        media_address(address, (host,), OUTSIDE)


@pytest.mark.parametrize(
    "address",
    ["http://files.app.example/x", "https://a:b@files.app.example/x", "https://files.app.example.evil.example/x",
     "file:///etc/passwd", "https:///x", "files.app.example/x", "", "https://files.app.example:99999/x", "javascript:1"],
)  # fmt: skip
def test_odd_addresses_are_refused(address: str) -> None:
    with pytest.raises(BadInput):
        media_address(address, ("files.app.example",), OUTSIDE)


def test_a_named_host_is_taken_in_any_case() -> None:
    assert media_address("https://Files.App.Example/x", ("FILES.app.example",), OUTSIDE).path == "/x"
    assert media_address("http://127.0.0.1:8000/x", ("127.0.0.1",), HERE).port == 8000
    with pytest.raises(BadInput):
        media_address("http://files.app.example/x", ("files.app.example",), HERE)


async def test_a_name_that_leads_inside_is_not_followed(app: HttpAppSimulator) -> None:
    """A host's records are in others' hands: what counts is the address that is dialled."""
    app.files["1.jpg"] = JPEG
    resolver = PublicResolver()
    with pytest.raises(OSError, match="inside our own network"):
        await resolver.resolve("localhost", 80)
    await resolver.close()
    client = AppClient()
    address = URL(app.base_url).with_host("localhost") / "files" / "1.jpg"
    with pytest.raises(Unavailable):
        await client.fetch(address, 1000, SystemClock().now(), nearby=False)
    assert app.calls == []
    assert await client.fetch(address, 1000, SystemClock().now(), nearby=True) == JPEG
    await client.close()


def test_an_apps_own_address_is_https_or_on_this_machine() -> None:
    for good in ("https://app.example/muse", "https://10.1.2.3/muse", "http://127.0.0.1:3000/", "http://localhost:3000/x"):
        assert str(read_address(good)) == good
    for bad in ("", "app.example", "http://app.example/", "https://u@app.example/", "https://app.example/#x", "ftp://x/"):
        with pytest.raises(Misconfigured):
            read_address(bad)


async def test_a_download_of_an_unread_account_fails_in_our_own_words(
    http: HttpPlatform, make_account: Callable[..., Account]
) -> None:
    with pytest.raises(MuseError):
        await http.download(make_account("http"), MediaRef("photo", "https://app.example/x"), 1000)
