"""One of Muse's own processes, as the chaos harness runs it: the shipped `serve`, in a process whose business clock is wrong.

Started by `cli.scratch.chaos` as `python -m cli.scratch.astray '<orders>'`. What is changed is changed in that process only,
before it starts: its clock, how long it waits for a platform, when a send counts as stuck, and the embedder, which takes
seconds to load.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct


class Orders(Struct, frozen=True):
    """What this process is and how it goes astray; seconds."""

    process: str
    name: str
    skew_s: float = 0.0
    call_s: float = 4.0
    stuck_s: float = 10.0
    light: bool = True


def go_astray(orders: Orders) -> None:
    """Change this process."""
    import storage.deliveries
    import storage.house
    from core.clock import SystemClock
    from gateway.platforms.telegram.adapter import TelegramPlatform

    def now(_clock: SystemClock) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=orders.skew_s)

    async def open_named(dsn: str, *, prefix: str = "muse", **options: Any) -> Any:
        return await opened(dsn, prefix=f"{prefix} {orders.name}", **options)

    opened = vars(storage.house)["open_database"]
    for place, name, value in (
        (SystemClock, "now", now),
        (storage.house, "open_database", open_named),
        (storage.deliveries, "STUCK_S", orders.stuck_s),
        (TelegramPlatform.__init__, "__kwdefaults__", {"call_s": orders.call_s, "poll_s": 5}),
    ):
        if not hasattr(place, name):
            raise SystemExit(f"There is no {name} in {place}; aim {__name__} anew.")
        setattr(place, name, value)


def tell_tasks(*_: object) -> None:
    """Write down what every task waits for: the harness asks when a run does not come to rest."""
    for task in asyncio.all_tasks():
        task.print_stack(file=sys.stderr)


def lighten() -> None:
    """Let the worker embed by words instead of by meaning: it starts in a second, and a kill costs no more."""
    import workers.app
    from agents.embeddings import LexicalEmbedder

    class Light(LexicalEmbedder):
        ready = True

        async def warm(self) -> None:
            """Have nothing to load."""

        async def close(self) -> None:
            """Have nothing to end."""

    vars(workers.app)["open_embedder"] = lambda _name: Light()


def main(arguments: Sequence[str]) -> None:
    """Run the process until it is asked to stop."""
    from cli.settings import read_settings
    from cli.stack.connection import connect

    orders = msgspec.json.decode(arguments[0], type=Orders)
    go_astray(orders)
    signal.signal(signal.SIGUSR2, tell_tasks)
    settings = connect(read_settings())
    if orders.process == "gateway":
        from gateway.app import serve as run
    elif orders.process == "listen":
        from gateway.listen import serve as run
    elif orders.process == "media":
        from workers.media.app import serve as run
    else:
        import workers.outbox
        from workers.app import serve as run

        vars(workers.outbox)["STUCK_S"] = orders.stuck_s
        if orders.light:
            lighten()
    partial(run, settings)()


if __name__ == "__main__":
    main(sys.argv[1:])
