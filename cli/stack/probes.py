"""Does it answer? One short question to each kind of server, in its own protocol, with no driver loaded."""

from __future__ import annotations

import asyncio
import http.client
import ssl
from collections.abc import Awaitable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 2.0


async def answers_query(psql: Path, sockets: Path, password: str) -> bool:
    """Tell whether the embedded Postgres answers a query of its superuser."""
    environment = {"PGPASSWORD": password, "PGCONNECT_TIMEOUT": "2", "HOME": "/"}
    asked = [str(psql), "-h", str(sockets), "-U", "postgres", "-d", "postgres", "-XAtqc", "SELECT 1"]
    process = await asyncio.create_subprocess_exec(
        *asked,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment,
    )
    answer, _ = await process.communicate()
    return answer.strip() == b"1"


async def answers_ping(url: str) -> bool:
    """Tell whether a Redis-protocol server (`redis://`, `rediss://`, `unix://`) knows our password and answers PING."""
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(TIMEOUT):
            reader, writer = await _connect(url)
            try:
                if parts.password:
                    names = [unquote(parts.username)] if parts.username else []
                    writer.write(_command("AUTH", *names, unquote(parts.password)))
                    if not (await reader.readline()).startswith(b"+OK"):
                        return False
                writer.write(_command("PING"))
                return (await reader.readline()).startswith(b"+PONG")
            finally:
                writer.close()
    except (OSError, TimeoutError, EOFError):
        return False


async def answers_http(url: str) -> bool:
    """Tell whether a GET of this address is answered with 200."""
    return await asyncio.to_thread(_get, url) == 200


async def accepts_tcp(host: str, port: int) -> bool:
    """Tell whether somebody listens there."""
    return await _opens(asyncio.open_connection(host, port))


async def accepts_socket(path: Path) -> bool:
    """Tell whether somebody listens at a unix socket."""
    return await _opens(asyncio.open_unix_connection(path))


async def _opens(connecting: Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> bool:
    try:
        async with asyncio.timeout(TIMEOUT):
            _, writer = await connecting
            writer.close()
            return True
    except (OSError, TimeoutError):
        return False


def _get(url: str) -> int:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


async def _connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return await asyncio.open_unix_connection(unquote(parts.path) or parse_qs(parts.query)["path"][0])
    context = ssl.create_default_context() if parts.scheme == "rediss" else None
    return await asyncio.open_connection(parts.hostname, parts.port or 6379, ssl=context)


def _command(*words: str) -> bytes:
    return f"*{len(words)}\r\n".encode() + b"".join(b"$%d\r\n%s\r\n" % (len(w.encode()), w.encode()) for w in words)
