"""Runs the chaos harness on copies of the tree from which one mechanism is taken away: each must be caught."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

import muse_cli
from cli.settings import ROOT
from core.errors import Unavailable
from core.settings import PREFIX
from evals.chaos.mutants import Mutation, mutate
from evals.chaos.report import Report

LIMIT_S = 600.0
LEFT_OUT = shutil.ignore_patterns("__pycache__")


async def run_mutated(mutation: Mutation, seed: int, bursts: int | None = None) -> Report:
    """Run a mutation's focus on a mutated copy and return its report. Raises `Misconfigured`, `Unavailable`."""
    async with mutated_tree(mutation) as root:
        file = root / "report.json"
        words = ["chaos", "--focus", mutation.focus, "--seed", str(seed), "--json", str(file)]
        words += ["--bursts", str(bursts)] if bursts else []
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(root / "muse_cli.py"),
            *words,
            env={name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(LIMIT_S):
                said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        if not file.is_file():
            raise Unavailable(f"The mutated run {mutation.name} ended without a report: {said.decode(errors='replace')[-600:]}")
        return msgspec.json.decode(file.read_bytes(), type=Report)


@asynccontextmanager
async def mutated_tree(mutation: Mutation) -> AsyncIterator[Path]:
    """Copy the rooms into a scratch folder and apply a mutation there; the folder goes afterwards. Raises `Misconfigured`."""
    root = Path(tempfile.mkdtemp(prefix="muse-mutant-"))
    try:
        for room in muse_cli.ROOMS:
            shutil.copytree(ROOT / room, root / room, ignore=LEFT_OUT)
        shutil.copy(ROOT / "muse_cli.py", root)
        mutate(mutation, root)
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)
