"""The door for people's own apps, knocked at with the manual's own snippets."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import aiohttp
import asyncpg
import pytest
from msgspec import Struct

from cli.accounts.http import AppConnected, AppWanted, connect_http
from gateway.platforms.http.wire import Options
from tests.conftest import TestDatabase
from tests.gateway.conftest import Gateway

MANUAL = (Path(__file__).parents[2] / "docs" / "http-platform.md").read_text()
EVENT = {"type": "message.created", "data": {"fan": {"id": "u-7"}, "message": {"id": "m-1", "text": "Hello!"}}}
PRINT = "curl() { printf '%s\\0' \"$@\"; }\n"


class Door(Struct, frozen=True):
    """Where an app knocks, its keys, and the manual's Python functions."""

    address: str
    keys: AppConnected
    recipe: dict[str, Callable[..., Any]]


@pytest.fixture
async def door(gateway: Gateway) -> Door:
    wanted = AppWanted("luna", "luna", Options(url="https://app.example/muse"))
    keys = await connect_http(gateway.house, gateway.telegram.agency_id, wanted)
    assert keys
    names: dict[str, Any] = {}
    for block in re.findall(r"^```python\n(.*?)^```", MANUAL, re.DOTALL | re.MULTILINE):
        exec(compile(block, "docs/http-platform.md", "exec"), names)
    return Door(gateway.url + keys.path, keys, names)


async def events(database: TestDatabase) -> list[tuple[str, str]]:
    owner = await asyncpg.connect(database.owner)
    rows = await owner.fetch("SELECT event_key, state FROM raw_events ORDER BY received_at")
    await owner.close()
    return [(row["event_key"], row["state"]) for row in rows]


async def test_the_manuals_python_posts_an_event_once(door: Door, database: TestDatabase) -> None:
    for _ in range(3):
        answer = await asyncio.to_thread(door.recipe["post"], door.address, door.keys.inbound_secret, "evt_1", EVENT)
        assert answer == b'{"ok":true}'
    assert await events(database) == [("evt_1", "taken")]


async def test_with_another_key_it_is_refused(door: Door, database: TestDatabase) -> None:
    for secret in (door.keys.outbound_secret, "whsec_" + "A" * 32):
        with pytest.raises(HTTPError) as refused:
            await asyncio.to_thread(door.recipe["post"], door.address, secret, "evt_1", EVENT)
        assert refused.value.code == 401
        refused.value.close()
    assert await events(database) == []


async def test_a_picture_that_is_none_is_not_found(door: Door) -> None:
    nothing = "0198c0de-0000-7000-8000-000000000001"
    with pytest.raises(HTTPError) as refused:
        await asyncio.to_thread(door.recipe["picture"], door.address, door.keys.inbound_secret, nothing, nothing)
    assert refused.value.code == 404
    refused.value.close()


async def test_the_manuals_shell_lines_post_an_event(door: Door, database: TestDatabase, http: aiohttp.ClientSession) -> None:
    """What the lines hand to curl is posted as curl would."""
    (lines,) = re.findall(r"^```bash\n(.*?)^```", MANUAL, re.DOTALL | re.MULTILINE)
    path = f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin"
    environment = {"PATH": path, "SECRET": door.keys.inbound_secret, "ADDRESS": door.address}
    shell = await asyncio.create_subprocess_exec(
        "bash", "-ec", PRINT + lines, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, error = await shell.communicate()
    assert not shell.returncode, error
    words = out.decode().split("\0")
    heads = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
    body = words[words.index("--data-binary") + 1]
    assert (await http.post(words[1], data=body.encode(), headers=heads)).status == 200
    assert await events(database) == [(heads["webhook-id"], "taken")]


async def test_what_cannot_be_read_is_kept_and_acknowledged(door: Door, database: TestDatabase) -> None:
    post, secret = door.recipe["post"], door.keys.inbound_secret
    for n, event in enumerate(("nonsense", {"type": "message.created"}, {"type": "batch", "data": []})):
        await asyncio.to_thread(post, door.address, secret, f"evt_{n}", event)
    states = [state for _, state in await events(database)]
    assert states == ["unreadable"] * 3
