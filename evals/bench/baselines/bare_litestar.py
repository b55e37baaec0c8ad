"""What the gateway is measured against: a bare Litestar handler that decodes and verifies a Telegram update.

Run as a program of its own, with the gateway's server settings: `bare_litestar.py --port N --mode ack|insert|reply`.
`ack` stores nothing, `insert` writes one row per request (BENCH_POSTGRES_URL), `reply` answers each message by a task that
calls sendMessage (BENCH_TELEGRAM_URL, ending in the bot's token). The secret is BENCH_SECRET.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import asyncpg
import msgspec
import uvicorn
from litestar import Litestar, Request, Response, post
from litestar.datastructures import State
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

TABLE = "CREATE TABLE IF NOT EXISTS bench_events (key bigint PRIMARY KEY, raw bytea NOT NULL)"
INSERT = "INSERT INTO bench_events (key, raw) VALUES ($1, $2) ON CONFLICT DO NOTHING"
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
SECRET = os.environ.get("BENCH_SECRET", "").encode()


class User(Struct):
    """Who wrote."""

    id: int
    first_name: str
    is_bot: bool = False
    username: str | None = None
    language_code: str | None = None


class Chat(Struct):
    """Where."""

    id: int
    type: str


class Message(Struct, rename={"sender": "from"}):
    """What."""

    message_id: int
    date: int
    chat: Chat
    sender: User | None = None
    text: str | None = None


class Update(Struct):
    """One webhook body."""

    update_id: int
    message: Message | None = None


UPDATES = msgspec.json.Decoder(Update)
Act = Callable[[Update, bytes], Awaitable[None]]


@post("/webhook", status_code=HTTP_200_OK)
async def take(request: Request[object, object, State], state: State) -> Response[dict[str, bool]]:
    """Verify, decode, act, acknowledge."""
    raw = await request.body()
    if not hmac.compare_digest(SECRET, request.headers.get(SECRET_HEADER, "").encode()):
        return Response({"ok": False}, status_code=401)
    await state.act(UPDATES.decode(raw), raw)
    return Response({"ok": True})


@asynccontextmanager
async def storing_nothing(app: Litestar) -> AsyncIterator[None]:
    """Acknowledge only."""

    async def act(_update: Update, _raw: bytes) -> None:
        return

    app.state.act = act
    yield


@asynccontextmanager
async def inserting(app: Litestar) -> AsyncIterator[None]:
    """Write one row per request, before it is acknowledged."""
    async with asyncpg.create_pool(os.environ["BENCH_POSTGRES_URL"], min_size=10, max_size=10) as pool:
        await pool.execute(TABLE)

        async def act(update: Update, raw: bytes) -> None:
            await pool.execute(INSERT, update.update_id, raw)

        app.state.act = act
        yield


@asynccontextmanager
async def replying(app: Litestar) -> AsyncIterator[None]:
    """Answer each message in a task: nothing is stored, nothing is thought."""
    async with aiohttp.ClientSession() as http:
        address = os.environ["BENCH_TELEGRAM_URL"] + "/sendMessage"
        tasks: set[asyncio.Task[None]] = set()

        async def reply(chat: int, text: str) -> None:
            async with http.post(address, json={"chat_id": chat, "text": f"You said: {text}"}) as answer:
                await answer.read()

        async def act(update: Update, _raw: bytes) -> None:
            if update.message is not None and update.message.text:
                task = asyncio.create_task(reply(update.message.chat.id, update.message.text))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

        app.state.act = act
        yield


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    modes = {"ack": storing_nothing, "insert": inserting, "reply": replying}
    parser.add_argument("--mode", choices=modes, default="ack")
    given = parser.parse_args()
    app = Litestar([take], lifespan=[modes[given.mode]], logging_config=None, openapi_config=None)
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=given.port,
        log_config=None,
        access_log=False,
        loop="uvloop",
        http="httptools",
        server_header=False,
    )


if __name__ == "__main__":
    main()
