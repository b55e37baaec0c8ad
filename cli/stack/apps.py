"""Muse's own processes as parts: gateway, worker, listener, and a media worker where pictures are set up.

Their settings hold no owner's password.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from cli.settings import ROOT, as_environment
from cli.stack.child import Part
from cli.stack.probes import answers_http
from core.settings import Settings

WARMING = 180.0  # seconds for the worker to load its embedder on a slow machine


def app_parts(settings: Settings) -> list[Part]:
    """Describe the processes; `settings` are the app's, with the addresses of the servers filled in."""
    environment = as_environment(settings)
    ready_file = Path(settings.data_dir) / "run" / "worker.ready"
    url = gateway_url(settings)

    def program(name: str) -> list[str]:
        return [sys.executable, str(ROOT / "muse_cli.py"), "--trace", name]  # its log is where a traceback belongs

    async def forget_ready() -> None:
        ready_file.unlink(missing_ok=True)

    async def is_warm() -> bool:
        return ready_file.exists()

    media = Part(
        name="media", command=program("media"), environment=environment, rank=3, must_be_ready=False,
        is_ready=_always, stop_within=30.0,
    )  # fmt: skip
    return [
        Part(
            name="gateway", command=program("gateway"), environment=environment, address=url, rank=3, attempts=1,
            is_ready=partial(answers_http, f"{url}/health/live"), ready_within=60.0, stop_within=10.0,
        ),
        Part(
            name="worker", command=program("worker"), environment=environment, rank=2, must_be_ready=False,
            is_ready=is_warm, prepare=forget_ready, ready_within=WARMING, stop_within=20.0,
        ),
        Part(
            name="listen", command=program("listen"), environment=environment, rank=3, must_be_ready=False,
            is_ready=_always, stop_within=10.0,
        ),
        *([media] if settings.image_model else []),
    ]  # fmt: skip


def gateway_url(settings: Settings) -> str:
    """Return the address under which this machine reaches the gateway."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 — a comparison, nothing is bound
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


async def _always() -> bool:
    return True  # the listener has no door to knock at; that it runs is all there is to see
