"""What the manual says of each route: what wants the operator answers 401 to a stranger, what is open answers."""

from __future__ import annotations

import re

import aiohttp

from tests.architecture.manual import routes
from tests.gateway.conftest import Gateway

ROW = re.compile(
    r"^\| GET \| `(?P<path>[^`]+)` \| .* \| (?P<asks>\w*) +\|$|^\| GET \| `(?P<open>[^`]+)` \| .* \|  \|$", re.MULTILINE
)


async def test_the_manual_says_truly_what_is_open(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    seen: dict[str, set[str]] = {"operator": set(), "cookie": set(), "": set()}
    for row in ROW.finditer(routes()):
        path, asks = row["path"] or row["open"], row["asks"] or ""
        path = path.replace("{account_key}", "luna").replace("{asset_id}", "01980000-0000-7000-8000-000000000000")
        if "{" in path:
            continue
        answer = await http.get(gateway.url + path)
        answer.close()
        seen[asks].add(path)
        assert (answer.status in (401, 429)) == (asks != ""), f"{path} asks for {asks or 'nothing'} and answers {answer.status}"
    assert {"/api/docs", "/api/docs/openapi.json", "/metrics"} <= seen["operator"]
    assert "/chat/luna/thread" in seen["cookie"]
    assert {"/health/live", "/safety", "/chat/luna"} <= seen[""]
