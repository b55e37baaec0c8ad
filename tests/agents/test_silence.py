"""No library tells its makers what fans write, whatever the environment says."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROGRAM = """
import asyncio, sys
{silence}
from langchain_core.messages import HumanMessage
from tests.agents.conftest import FactFinder, FactList, FrozenClock, SendPack, make_turn
from agents.embeddings import LexicalEmbedder
from agents.models import NoModel
from agents.thinker import AgentThinker

async def main():
    thinker = AgentThinker(NoModel(), FactList(), FactFinder(), [SendPack()], LexicalEmbedder(), FrozenClock())
    outcome = await thinker.think(make_turn("a secret of mine"))
    print(outcome.trace.brain)
asyncio.run(main())
from langchain_core.tracers.langchain import wait_for_all_tracers
wait_for_all_tracers()
"""


async def run_turn(silence: str) -> tuple[str, int]:
    """Run one turn in a process whose environment asks for tracing; return its output and the connections it made."""
    reached = 0

    async def count(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal reached
        reached += 1
        writer.close()

    server = await asyncio.start_server(count, "127.0.0.1", 0, family=socket.AF_INET)
    port = server.sockets[0].getsockname()[1]
    environment = {
        "PYTHONPATH": str(ROOT),
        "LANGSMITH_TRACING": "true",
        "LANGCHAIN_TRACING_V2": "true",
        "LANGSMITH_API_KEY": "k",
        "LANGSMITH_ENDPOINT": f"http://127.0.0.1:{port}",
    }
    program = PROGRAM.format(silence=silence)
    try:
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=600
        )
    finally:
        server.close()
        await server.wait_closed()
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), reached


async def test_the_environment_cannot_switch_tracing_on() -> None:
    output, reached = await run_turn("from agents import silence_outside_calls; silence_outside_calls()")
    assert output == "reflex"
    assert reached == 0


async def test_silence_works_also_after_the_libraries_were_loaded() -> None:
    _, reached = await run_turn(
        "import langsmith.utils, langchain_core.tracers.context as c; assert c._tracing_v2_is_enabled()\n"
        "from agents.silence import is_silent, silence_outside_calls; silence_outside_calls(); assert is_silent()"
    )
    assert reached == 0


async def test_without_the_silence_it_would_be_posted() -> None:
    _, reached = await run_turn("")
    assert reached > 0
