"""Faults that users of comparable systems reported, played on one running stack."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from cli.scratch.chaos import open_scene
from evals.chaos.incidents import INCIDENTS, Incident
from evals.chaos.scene import Scene

OURS = {1, 2, 3, 4, 5, 6, 9, 10, 15, 16, 21, 22}  # those of the list that touch turns and deliveries


@pytest.fixture(scope="module")
async def scene() -> AsyncIterator[Scene]:
    async with open_scene(seed=4) as opened:
        yield opened


def test_every_incident_of_turns_and_deliveries_is_played() -> None:
    assert {number for incident in INCIDENTS for number in incident.numbers} == OURS


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda incident: incident.play.__name__)
async def test_it_does_not_happen_here(incident: Incident, scene: Scene) -> None:
    assert await incident.play(scene) == ""
