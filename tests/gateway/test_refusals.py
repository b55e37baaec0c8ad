"""A request that a route cannot read is answered with the field and what is wrong with it, not with what was in it."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from tests.gateway.conftest import Gateway

ORDER = {"influencer": "luna", "wish": "secret-of-the-sender"}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/images", ORDER | {"seed": -5}, "seed"),
        ("/api/images", ORDER | {"wish": "x" * 5000}, "wish"),
        ("/api/images/batch", {"influencer": "luna", "count": 0}, "count"),
        ("/api/images", ORDER | {"colour": "red"}, "colour"),
    ],
)
async def test_the_field_is_named(
    gateway: Gateway, http: aiohttp.ClientSession, path: str, body: dict[str, Any], field: str
) -> None:
    async with http.post(gateway.url + path, json=body, headers=gateway.operator) as answer:
        said = await answer.json()
    assert (answer.status, said["status_code"]) == (400, 400)
    assert field in said["detail"], said
    assert "Validation failed" not in said["detail"]
    assert "Expected `" not in said["detail"], "in words for a person"
    assert "secret-of-the-sender" not in said["detail"]
