"""Who may import whom: the contracts hold, and each of them can fail.

import-linter does not look whether an outside package exists, so a misspelt name in a contract would pass for ever. The
imports planted here are written down apart from the contracts, and cover each outside name of each.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOMS, ROOT, contracts

ALL_BUT_STORAGE = [room for room in ROOMS if room != "storage"]
ALL_BUT_AGENTS = [room for room in ROOMS if room != "agents"]
ALL_BUT_STUDIO = [room for room in ROOMS if room != "studio"]


def each(rooms: list[str], *packages: str) -> list[tuple[str, str]]:
    """Plant every package in every room."""
    return [(f"{room}.planted", package) for room in rooms for package in packages]


def circle(room: str) -> list[tuple[str, str]]:
    """Plant two modules that import each other."""
    return [(f"{room}.planted", f"{room}.planting"), (f"{room}.planting", f"{room}.planted")]


# contract: cases, each a list of (importer, imported) that stand together in the tree
PLANTED: dict[str, list[list[tuple[str, str]]]] = {
    "layers": [
        [("core.planted", "storage.unit")],
        [("storage.planted", "personas.schema")],
        [("personas.planted", "memory.recall")],
        [("memory.planted", "shop.offers")],
        [("shop.planted", "studio")],
        [("studio.planted", "memory.recall")],
        [("memory.planted", "tools.context")],
        [("tools.planted", "agents.breaker")],
        [("agents.planted", "gateway.ingress")],
        [("agents.planted", "workers.engine")],
        [("workers.planted", "evals.simulators")],
        [("evals.planted", "cli.main")],
        [("gateway.planted", "workers.engine")],
    ],
    "memory-shop-studio": [each(["memory", "shop", "studio"], "personas.schema")],
    "tools": [each(["tools"], "storage.unit")],
    "agents": [each(["agents"], "storage.unit")],
    "gateway": [each(["gateway"], "tools.context")],
    "workers": [
        [("workers.planted", "gateway.platforms.registry")],
        [("workers.app", "gateway.ingress")],
        [("workers.jobs.sweep", "gateway.platforms.telegram.adapter")],
    ],
    "evals": [each(["evals"], "gateway.ingress"), each(["evals"], "gateway.platforms.registry")],
    "postgres": [each(ALL_BUT_STORAGE, "asyncpg")],
    "redis": [each(ALL_BUT_STORAGE, "redis")],
    "blobs": [each(ALL_BUT_STORAGE, "aioboto3", "aiobotocore", "boto3", "botocore")],
    "queue": [each([room for room in ROOMS if room not in ("storage", "workers")], "arq")],
    "chroma": [each([room for room in ROOMS if room != "memory"], "chromadb")],
    "http-server": [each([room for room in ROOMS if room != "gateway"], "litestar", "uvicorn")],
    "http-server-inside": [
        [("gateway.platforms.planted", "litestar"), ("gateway.platforms.telegram.adapter", "uvicorn")],
        [(f"gateway.{module}", "litestar") for module in ("ingress", "accounts", "doorway", "listen")],
    ],
    "platforms-apart": [[("gateway.platforms.planted", "gateway.ingress")]],
    "platform-http": [[("gateway.platforms.telegram.planted", package) for package in ("httpx", "requests", "urllib3")]],
    "langgraph": [
        each(ALL_BUT_AGENTS, "langchain", "langchain_core", "langchain_ollama", "langchain_openai", "langgraph", "langsmith")
    ],
    "pydantic-ai": [each(ALL_BUT_AGENTS, "pydantic_ai")],
    "torch": [each(ALL_BUT_STUDIO, "sentence_transformers", "torch", "transformers")],
    "diffusers": [each(ALL_BUT_STUDIO, "diffusers")],
    "platforms": [
        [("gateway.platforms.telegram.adapter", "gateway.platforms.webchat.wire")],
        [("gateway.platforms.webchat.adapter", "gateway.platforms.telegram")],
        [("gateway.platforms.planted", "gateway.platforms.telegram.wire")],
    ],
    "tool-siblings": [[("tools.planted", "tools.send_pack")]],
    "jobs": [[("workers.jobs.sweep", "workers.jobs.index_facts")], [("workers.jobs.planted", "workers.jobs.sweep")]],
    "nodes": [[("agents.nodes.recall", "agents.nodes.think")], [("agents.nodes.planted", "agents.nodes.act")]],
    "policy": [
        [("agents.policy.care.age", "agents.policy.care.crisis")],
        [("agents.policy.care.planted", "agents.policy.selling.guilt")],
    ],
    "gates": [[("agents.gates.emoji", "agents.gates.length")], [("agents.gates.planted", "agents.gates.gates")]],
    "cycles": [[link for room in ROOMS if room != "tools" for link in circle(room)]],  # two tools in a circle break two
}
CASES = [
    pytest.param(contract, case, id=f"{contract}-{n}") for contract, cases in PLANTED.items() for n, case in enumerate(cases)
]


def lint(tree: Path) -> tuple[set[str], str]:
    """Run `lint-imports` in a tree; return the ids of the broken contracts and what it printed."""
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--no-logo",
        "--cache-dir",
        str(tree / ".import_linter_cache"),
    ]
    environment = {**os.environ, "COLUMNS": "300"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    ids = {rules["name"]: contract for contract, rules in contracts().items()}
    results = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    assert set(results) == set(ids), done.stdout
    return {ids[name] for name, result in results.items() if result == "BROKEN"}, done.stdout


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rooms' Python files and the contracts, to plant imports in."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / ".importlinter", copy)
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            place = copy / path.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    return copy


@pytest.fixture(scope="session")
def already(tree: Path) -> set[str]:
    """What the unplanted tree breaks; `test_the_contracts_hold` reports it once, not each planted import anew."""
    return lint(tree)[0]


def test_the_contracts_hold() -> None:
    broken, printed = lint(ROOT)
    assert not broken, printed


def test_each_contract_is_tried() -> None:
    assert set(PLANTED) == set(contracts())


def test_each_outside_name_and_each_source_is_tried() -> None:
    for contract, rules in contracts().items():
        if rules["type"] != "forbidden":
            continue
        links = [link for case in PLANTED[contract] for link in case]
        outside = {name for name in rules["forbidden_modules"].split() if name.partition(".")[0] not in ROOMS}
        assert outside <= {imported for _, imported in links}, contract
        for source in rules["source_modules"].split():
            assert any(f"{importer}.".startswith(f"{source}.") for importer, _ in links), (contract, source)


@pytest.mark.parametrize(("contract", "case"), CASES)
def test_a_planted_import_breaks_its_contract_only(
    contract: str, case: list[tuple[str, str]], tree: Path, already: set[str]
) -> None:
    before: dict[Path, str] = {}
    for importer, imported in case:
        path = tree / Path(*importer.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        text = file.read_text() if file.is_file() else ""
        before.setdefault(file, text)
        file.write_text(f"{text}\nimport {imported}\n")
    try:
        broken, printed = lint(tree)
    finally:
        for file, text in before.items():
            file.write_text(text) if text else file.unlink()
    assert contract in broken
    assert broken <= {contract} | already
    for importer, imported in case:
        shown = rf"{re.escape(importer)} -> {re.escape(imported)}\b"
        if contract == "cycles":  # of a circle, import-linter names the room
            shown = rf"No cycles are allowed in {importer.partition('.')[0]}\."
        assert re.search(shown, printed), printed
