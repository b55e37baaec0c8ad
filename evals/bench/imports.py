"""What importing the gateway costs, and what it must not load."""

from __future__ import annotations

import json
from pathlib import Path

from evals.bench.figures import Budget, Figure, compare, median
from evals.bench.processes import run_program

ROUNDS = 5
HEAVY = ("torch", "langgraph", "langchain_core", "pydantic_ai", "sentence_transformers", "transformers", "chromadb")
PROGRAM = """
import json, sys, time
sys.path.insert(0, {root!r})
began = time.perf_counter()
{imports}
took = time.perf_counter() - began
print(json.dumps({{"ms": took * 1000, "heavy": [name for name in {heavy!r} if name in sys.modules]}}))
"""


async def measure_imports(root: Path) -> list[Figure]:
    """Import the gateway and a bare Litestar in fresh processes, in turns; `root` is where the packages lie."""
    programs = {
        name: PROGRAM.format(root=str(root), imports=imports, heavy=HEAVY)
        for name, imports in (("ours", "import gateway.app"), ("bare", "import litestar, uvicorn"))
    }
    took: dict[str, list[float]] = {name: [] for name in programs}
    heavy: set[str] = set()
    for _ in range(ROUNDS):
        for name, program in programs.items():
            found = json.loads(await run_program("-c", program))
            took[name].append(found["ms"])
            heavy.update(found["heavy"] if name == "ours" else ())
    return [
        compare("import of gateway.app", median(took["ours"]), "ms", median(took["bare"]), note=f"median of {ROUNDS}"),
        compare("heavy packages it loads", float(len(heavy)), "", budget=Budget("ours", most=0), note=", ".join(sorted(heavy))),
    ]
