"""Posts Telegram updates over many connections as fast as they are answered.

Run as a program, so that it has a core of its own. Reads its orders as JSON from the command line and prints what it
measured as JSON. Only `asyncio` protocols: a full HTTP client would be slower than the servers under test.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from typing import Any, cast
from urllib.parse import urlsplit

import uvloop

BODY = (
    b'{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"Mia","username":"mia_%d",'
    b'"language_code":"en"},"chat":{"id":%d,"first_name":"Mia","username":"mia_%d","type":"private"},"date":%d,'
    b'"text":"Hey you, how was your day? I was thinking about what you said yesterday."}}'
)
FIRST_FAN = 100_000_000  # nine digits, so that every body has the same length
ENDS = b"\r\n\r\n"


class Load:
    """What all connections share: the next number, the clock, the results in seconds."""

    def __init__(self, orders: dict[str, Any]) -> None:
        place = urlsplit(orders["url"])
        self.host, self.port, self.fans = place.hostname or "", place.port or 80, int(orders["fans"])
        self.next_id, self.date = int(orders["first_id"]), int(time.time())
        length = len(self._body())
        self.head = (
            f"POST {place.path} HTTP/1.1\r\nhost: {place.netloc}\r\ncontent-type: application/json\r\n"
            f"x-telegram-bot-api-secret-token: {orders['secret']}\r\ncontent-length: {length}\r\n\r\n"
        ).encode()
        self.counting = self.over = False
        self.took: list[float] = []
        self.refused: dict[str, int] = {}

    def request(self) -> bytes:
        """Return the next request; no two have the same update."""
        self.next_id += 1
        return self.head + self._body()

    def _body(self) -> bytes:
        fan = FIRST_FAN + self.next_id % self.fans
        return BODY % (self.next_id, self.next_id, fan, fan, fan, fan, self.date)


class Connection(asyncio.Protocol):
    """One connection with one request at a time."""

    def __init__(self, load: Load) -> None:
        self._load, self._buffer, self._sent_at = load, b"", 0.0
        self._transport: asyncio.WriteTransport | None = None
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.WriteTransport, transport)  # what a connection always gives
        self._send()

    def data_received(self, data: bytes) -> None:
        """Note the answer and send the next request."""
        self._buffer += data
        end = self._buffer.find(ENDS)
        if end < 0 or len(self._buffer) < end + len(ENDS) + _length(self._buffer[:end]):
            return
        status = self._buffer[9:12].decode()
        if status != "200":
            self._load.refused[status] = self._load.refused.get(status, 0) + 1
        elif self._load.counting:
            self._load.took.append(time.perf_counter() - self._sent_at)
        self._buffer = b""
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """Note a connection that the server broke."""
        if not self._load.over:
            self._load.refused["broken"] = self._load.refused.get("broken", 0) + 1
        if not self.closed.done():
            self.closed.set_result(None)

    def _send(self) -> None:
        if self._transport is None:
            return
        if self._load.over:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self._load.request())


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def drive(orders: dict[str, Any]) -> dict[str, Any]:
    """Warm up, measure, and return rate (1/s), p50 and p99 (ms), refusals and our own share of a core."""
    load, loop = Load(orders), asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Connection(load), load.host, load.port) for _ in range(int(orders["connections"]))
    ]
    await asyncio.sleep(float(orders["warm_s"]))
    load.counting, began, used = True, time.perf_counter(), _cpu_s()
    await asyncio.sleep(float(orders["seconds"]))
    load.counting, seconds, used = False, time.perf_counter() - began, _cpu_s() - used
    load.over = True
    await asyncio.wait([connection.closed for _, connection in made], timeout=5.0)
    took = sorted(load.took) or [0.0]
    return {
        "rate": len(load.took) / seconds,
        "p50_ms": took[len(took) // 2] * 1000,
        "p99_ms": took[min(len(took) - 1, int(len(took) * 0.99))] * 1000,
        "refused": load.refused,
        "core_share": used / seconds,
        "next_id": load.next_id,
    }


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(json.dumps(uvloop.run(drive(json.loads(sys.argv[1])))))
