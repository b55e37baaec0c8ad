"""`python -m evals.simulators` serves until it is told to stop."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp


@asynccontextmanager
async def running(*arguments: str, stdin: int = asyncio.subprocess.PIPE) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "evals.simulators", *arguments),
        stdin=stdin,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def line(process: asyncio.subprocess.Process) -> str:
    return (await asyncio.wait_for(process.stdout.readline(), 10)).decode().strip()


async def test_ollama_by_hand():
    async with running("ollama", "--port", "0", "--model", "one", "--model", "two:7b") as process:
        said = await line(process)
        assert said.endswith("with one:latest, two:7b")
        async with aiohttp.ClientSession() as session, session.get(said.split()[2] + "/api/tags") as response:
            assert len((await response.json())["models"]) == 2
    assert process.returncode == 0


async def test_a_taken_port_is_one_sentence():
    async with running("ollama", "--port", "0") as first:
        port = re.search(r":(\d+) ", await line(first)).group(1)
        async with running("ollama", "--port", port) as second:
            _, errors = await asyncio.wait_for(second.communicate(), 10)
            assert second.returncode == 1
            assert errors.decode().startswith(f"Port {port} cannot be used:")


async def test_telegram_by_hand(tmp_path, monkeypatch):
    async with running("telegram", "--port", "0", "--token", "42:hand", "--no-limits") as process:
        url = (await line(process)).split()[4].rstrip(",") + "/bot42:hand/"
        process.stdin.write(b"too early\n/start\nhello\n.edit hello!\n.buy\n.photo /nowhere.jpg\n")
        async with aiohttp.ClientSession() as session:
            texts: list[str] = []
            offset = 0
            while "hello!" not in texts:
                async with session.post(url + "getUpdates", json={"timeout": 5, "offset": offset}) as response:
                    for update in (await response.json())["result"]:
                        message = update.get("message") or update["edited_message"]
                        offset = update["update_id"] + 1
                        texts.append(message["text"])
            assert texts == ["/start", "hello", "hello!"]
            async with session.post(url + "sendMessage", json={"chat_id": message["chat"]["id"], "text": "hi Mia"}) as response:
                assert response.status == 200
        shown: list[str] = []
        while "Luna: hi Mia" not in shown:
            shown.append(await line(process))
        assert "Luna: hi Mia" in shown
        assert "Nothing is locked." in shown
        assert sum(words.startswith("That did not work:") for words in shown) == 2
    assert process.returncode == 0


async def test_telegram_serves_without_anybody_typing():
    async with running("telegram", "--port", "0", stdin=asyncio.subprocess.DEVNULL) as process:
        words = (await line(process)).split()
        async with aiohttp.ClientSession() as session, session.get(f"{words[4].rstrip(',')}/bot{words[-1]}/getMe") as response:
            assert (await response.json())["ok"] is True
        process.terminate()
        _, errors = await asyncio.wait_for(process.communicate(), 10)
    assert (process.returncode, errors) == (0, b"")
