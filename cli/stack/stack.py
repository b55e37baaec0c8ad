"""One run of the embedded stack: from an empty folder to a served page, and back to rest in order."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from msgspec.structs import replace

from cli.errors import exit_code
from cli.stack.apps import app_parts, gateway_url
from cli.stack.child import Part
from cli.stack.database import prepare_database
from cli.stack.folder import DataFolder
from cli.stack.leftovers import end_leftovers
from cli.stack.outside import check_outside, outside_servers
from cli.stack.passwords import make_secrets
from cli.stack.ports import choose_gateway_port
from cli.stack.postgres import postgres_part
from cli.stack.processes import Identity, identify
from cli.stack.samples import load_samples
from cli.stack.servers import chroma_part, redis_url, server_account, valkey_part
from cli.stack.state import Journal, PartState, StackState, Step
from cli.stack.supervisor import Backoff, Supervisor
from cli.stack.together import together
from core.errors import MuseError
from core.settings import Settings

Say: TypeAlias = Callable[[str], None]
PrepareDatabase: TypeAlias = Callable[[Settings, DataFolder, Path | None, Say], Awaitable[Settings]]
LoadSamples: TypeAlias = Callable[[Settings, Say], Awaitable[None]]


class Stack:
    """What one supervisor does. What it runs and does beside the servers can be given, so that tests can stand in for it."""

    def __init__(
        self,
        settings: Settings,
        folder: DataFolder,
        *,
        apps: Callable[[Settings], list[Part]] = app_parts,
        prepare: PrepareDatabase = prepare_database,
        samples: LoadSamples = load_samples,
        backoff: Backoff | None = None,
        show: Callable[[StackState], None] = lambda _: None,
    ) -> None:
        """Plan a run in a folder whose lock the caller holds; `show` sees each change of the steps."""
        myself = identify(os.getpid()) or Identity(os.getpid(), "")
        self.settings, self.folder, self.apps, self.prepare, self.samples, self.show = (
            settings, folder, apps, prepare, samples, show,
        )  # fmt: skip
        self.state = StackState(myself, since=time.time())
        self.journal = Journal(folder.run, folder.logs / "supervisor.log", self.state)
        self.supervisor = Supervisor(folder, self.journal, backoff)
        self.asked = asyncio.Event()

    def ask_to_stop(self) -> None:
        """End the run in order; asked a second time, hurry."""
        if self.asked.is_set():
            self.supervisor.hurry.set()
        self.asked.set()

    async def run(self) -> None:
        """Start everything, keep it running until asked to stop, stop in order. Raises `MuseError` when the start fails."""
        starting = asyncio.ensure_future(self._start())
        asked = asyncio.ensure_future(self.asked.wait())
        try:
            await asyncio.wait([starting, asked], return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                self._enter("ready")
                await asked
        except MuseError as error:
            self.state.error, self.state.exit_code = str(error), exit_code(error)
            raise
        except Exception as error:
            self.state.error, self.state.exit_code = f"unexpected {type(error).__name__}: {error} (see {self.journal.log})", 1
            raise
        finally:
            starting.cancel()
            asked.cancel()
            await asyncio.gather(starting, asked, return_exceptions=True)
            self._enter("stopping")
            await self.supervisor.stop()
            self.folder.close_sockets()
            self._enter("failed" if self.state.error else "stopped")

    async def _start(self) -> None:
        folder, outside = self.folder, outside_servers(self.settings)
        with self._step("data folder") as step:
            make_secrets(folder.secrets)
            account = None if {"postgres", "valkey"} <= outside.keys() else server_account(folder)
            folder.open_to(account)
            if left := await end_leftovers(folder):
                step.note = f"ended what a killed run had left: {', '.join(left)}"
                self.journal.tell("ended leftovers", parts=left)
            sockets = folder.sockets(account)
        with self._step("servers") as step:
            makers: dict[str, Callable[[], Part]] = {
                "postgres": lambda: postgres_part(folder, sockets, account),
                "valkey": lambda: valkey_part(folder, sockets, account),
                "chroma": lambda: chroma_part(folder),
            }
            parts = {name: make() for name, make in makers.items() if name not in outside}
            step.note = ", ".join(f"{name} {'(outside)' if name in outside else ''}".strip() for name in makers)
            for name, place in outside.items():
                self.state.parts[name] = PartState("outside", place)
            await together(check_outside(self.settings), *(self.supervisor.start(part) for part in parts.values()))
        settings = replace(
            self.settings,
            redis_url=self.settings.redis_url or redis_url(folder, sockets),
            chroma_url=self.settings.chroma_url or parts["chroma"].address,
            blobs_url=self.settings.blobs_url or folder.blobs.as_uri(),
        )
        with self._step("database") as step:
            settings = await self.prepare(settings, folder, None if "postgres" in outside else sockets, self._sayer(step))
            step.note = "up to date"
        settings = replace(settings, postgres_url="")  # the owner's address goes no further
        with self._step("sample influencers") as step:
            await self.samples(settings, self._sayer(step))
        with self._step("gateway") as step:
            settings = replace(settings, port=choose_gateway_port(settings.host, settings.port))
            step.note = self.state.url = gateway_url(settings)
            await together(*(self.supervisor.start(part) for part in self.apps(settings)))

    @contextmanager
    def _step(self, name: str) -> Iterator[Step]:
        step, began = Step(name), time.monotonic()
        self.state.steps.append(step)
        self._changed()
        try:
            yield step
            step.state = "done"
        except BaseException:
            step.state = "failed"
            raise
        finally:
            step.seconds = round(time.monotonic() - began, 2)
            self._changed()

    def _sayer(self, step: Step) -> Say:
        def say(note: str) -> None:
            step.note = note
            self._changed()

        return say

    def _enter(self, phase: str) -> None:
        self.state.phase = phase
        self.journal.tell(phase, **({"error": self.state.error} if self.state.error else {}))
        self._changed()

    def _changed(self) -> None:
        self.journal.save()
        self.show(self.state)
