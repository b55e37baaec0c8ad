"""Where a worker's processor time goes: its stacks, sampled from outside by py-spy, and their shares by step of a turn."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

PER_S = 200
START_S = 2.0
OTHER = "the rest"
# The first step whose words stand in a stack has it; a worker's own steps come before the libraries that they use.
STEPS: Mapping[str, tuple[str, ...]] = {
    "send": ("deliver_messages.py", "storage/deliveries.py", "gateway/platforms/"),
    "commit": ("commit (storage/turns.py", "_commit (workers/"),
    "claim and read": ("claim (storage/turns.py", "gather (storage/turns.py", "_claim (workers/", "_gather_and_think ("),
    "recall": ("agents/nodes/recall.py", "memory/recall.py", "reflex/intents.py", "chromadb/"),
    "ask the model": ("agents/models.py", "langchain_ollama/", "ollama/_client.py", "httpx_aiohttp/"),
    "guards, prompt, compose": ("agents/nodes/", "agents/policy/", "agents/prompt.py"),
    "find facts": ("memory/extraction.py", "memory/slots/", "memory/indexing.py"),
    "keep lease, show typing": ("_keep_lease (", "_show_typing (", "heartbeat (storage/"),
    "LangGraph itself": ("langgraph/",),
    "sweep": ("jobs/sweep.py", "storage/sweep.py"),
    "queue and Redis": ("arq/", "workers/queue.py", "redis/", "storage/jobs.py", "storage/live.py"),
    "logs": ("structlog/", "logging/"),
    "Postgres wire": ("asyncpg/",),
    "HTTP wire": ("aiohttp/", "httpx/", "httpcore/"),
    "event loop": ("asyncio/", "selectors.py", "uvloop"),
}
EMBEDDER = "memory/embedder.py"
MAIN = ("MainThread", "(muse_cli.py:")


async def sample(pid: int, seconds: float, file: Path) -> str:
    """Write the sampled stacks of a process into a file, one line each with its count; return why not, or nothing.

    Sampling another process is a privilege: root has it, and an ordinary user where the system allows it.
    """
    program = Path(sys.executable).parent / "py-spy"
    if not program.exists():
        return "py-spy is not installed (it comes with `make check`)"
    file.parent.mkdir(parents=True, exist_ok=True)
    words = ("record", "--pid", str(pid), "--duration", f"{seconds:g}", "--rate", str(PER_S), "--threads", "--nonblocking")
    process = await asyncio.create_subprocess_exec(
        *(str(program), *words, "--format", "raw", "--output", str(file)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines() or ["no word"]
        return f"py-spy could not look into the worker: {lines[-1][:120]}"
    return ""


def shares_by_step(stacks: str) -> dict[str, float]:
    """Return the share (0..1) of each step in a worker's main thread, the largest first; `stacks` as py-spy's raw format."""
    counts: dict[str, int] = {}
    for line in stacks.splitlines():
        stack, _, count = line.rpartition(" ")
        if count.isdigit() and any(word in stack for word in MAIN) and EMBEDDER not in stack:
            step = next((name for name, words in STEPS.items() if any(word in stack for word in words)), OTHER)
            counts[step] = counts.get(step, 0) + int(count)
    whole = sum(counts.values())
    return {step: count / whole for step, count in sorted(counts.items(), key=lambda item: -item[1])}
