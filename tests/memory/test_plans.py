"""How Postgres looks for a fan's memories: by the fan's own index, and never through everybody's."""

from __future__ import annotations

import json

import pytest

from cli.stack.servers import Servers
from core.ids import new_id
from storage.benches import Past, open_past
from storage.facts import FACTS, Whose
from storage.house import House
from storage.vectors import FIRST, VECTORS, list_rows, place_of
from tests.conftest import TestDatabase

FANS, EACH, SIZE = 200, 40, 16
VECTOR = [1.0, *[0.0] * (SIZE - 1)]
BYTES = b"\x3c\x00" + b"\x00\x00" * (SIZE - 1)


async def crowd(past: Past) -> Whose:
    """Let many fans have memories; return one of them."""
    influencer_id = new_id()
    whose = [Whose(new_id(), influencer_id) for _ in range(FANS)]
    await past.add_agency()
    for add in (past.add_facts, past.add_episodes):
        rows = [one for one in whose for _ in range(EACH)]
        await add(rows, "bench", [f"The fan likes walks {n}." for n in range(len(rows))], [BYTES] * len(rows))
    await past.settle()
    return whose[7]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("bearing", ["bench", VECTOR, "do you like walks?", 24, 16]),
        ("nearest", ["bench", VECTOR, 24]),
        ("worded", ["do you like walks?", 24]),
        ("waiting", ["bench", VECTOR, 16]),
        ("episodes_nearest", ["bench", VECTOR, 24]),
    ],
)
async def test_only_the_fans_own_rows_are_read(
    house: House, database: TestDatabase, servers: Servers, name: str, more: list[object]
) -> None:
    query, index = (VECTORS[name], "episodes_of_fan") if name.startswith("episodes") else (FACTS[name], "facts_of_fan")
    async with open_past(servers.postgres_admin_dsn, database.name) as past:
        whose = await crowd(past)
        agency_id = past.agency_id
    fan = whose.fan_id if name.startswith("episodes") else whose.fan_ids
    async with house.app.unit(agency_id) as unit:
        rows = await unit.connection.fetch(query.sql, fan, whose.influencer_id, *more)
        explain = "EXPLAIN (ANALYZE, FORMAT JSON) " + query.sql
        plan = json.loads(await unit.connection.fetchval(explain, fan, whose.influencer_id, *more))
    assert len(rows) > 0 or name == "waiting"
    scans = [
        node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") in ("facts", "episodes") or "Index Name" in node
    ]
    assert [node["Index Name"] for node in scans if "Index Name" in node] == [index]
    assert all(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) <= EACH for node in scans), plan


def nodes(plan: dict) -> list[dict]:  # type: ignore[type-arg]  # as Postgres writes it
    return [plan, *(found for below in plan.get("Plans", []) for found in nodes(below))]


async def test_rows_are_read_in_the_order_of_their_places(house: House, database: TestDatabase, servers: Servers) -> None:
    async with open_past(servers.postgres_admin_dsn, database.name) as past:
        await crowd(past)
        agency_id = past.agency_id
    after, seen = (FIRST, FIRST), []
    async with house.app.unit(agency_id) as unit:
        while page := await list_rows(unit, "episodes", "bench", after, 1500):
            seen += [(place_of(row.fan_id), row.fan_id, row.id) for row in page]
            after = (page[-1].fan_id, page[-1].id)
        arguments = (*after, "bench", 50)
        await unit.connection.execute(
            "SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off"
        )  # a small table needs neither
        explain = "EXPLAIN (FORMAT JSON) " + VECTORS["episodes_rows"].sql
        plan = json.loads(await unit.connection.fetchval(explain, *arguments))
    assert len(seen) == FANS * EACH
    assert seen == sorted(seen)
    (scan,) = [node for node in nodes(plan[0]["Plan"]) if "Index Name" in node]
    assert scan["Index Name"] == "episodes_by_place"
    assert "place" in scan["Index Cond"], "it begins where the last page ended"
