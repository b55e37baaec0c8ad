"""An operator at the API and at the terminal of the running house, as the journeys need one."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import aiohttp

from cli.settings import ROOT, as_environment
from tests.journeys.town import Town, until


class Desk:
    """Asks with the operator's token."""

    def __init__(self, town: Town, http: aiohttp.ClientSession) -> None:
        """Ask the gateway of a town."""
        self._town, self._http = town, http
        self._headers = {"authorization": f"Bearer {town.scratch.token}"}

    async def get(self, path: str, **query: str) -> Any:
        """Read something."""
        async with self._http.get(f"{self._town.url}{path}", params=query, headers=self._headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, body: object = None, status: int = 200) -> Any:
        """Do something; `status` is what is expected of it."""
        async with self._http.post(f"{self._town.url}{path}", json=body, headers=self._headers) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def picture_for(self, conversation: str, state: str) -> dict[str, Any]:
        """Wait until the picture that was ordered in a conversation is in a state, and return it."""
        found: list[dict[str, Any]] = []

        async def there() -> bool:
            rows = await self.get("/api/images")
            found[:] = [row for row in rows if row["conversation_id"] == conversation]
            assert not any(row["state"] == "failed" for row in found), found
            return any(row["state"] == state for row in found)

        await until(there, f"a picture is {state}")
        return next(row for row in found if row["state"] == state)

    async def conversation_of(self, platform: str, handle: str) -> str:
        """Return the id of a fan's conversation."""
        rows = await self.get("/api/inbox")
        return str(next(row["id"] for row in rows if (row["platform"], row["handle"]) == (platform, handle)))

    async def credits_of(self, slug: str) -> dict[str, Any]:
        """Return what an influencer has used."""
        answer = await self.get("/api/credits")
        return dict(next(row for row in answer["influencers"] if row["influencer"] == slug))

    async def muse(self, *words: str, code: int = 0) -> str:
        """Run a command as an operator types it, and return what it printed."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MUSE_")}
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "muse_cli.py"), *words,
            env={**kept, **as_environment(self._town.scratch.settings), "COLUMNS": "200"},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        printed = (await asyncio.wait_for(process.communicate(), 120))[0].decode()
        assert process.returncode == code, printed
        return printed
