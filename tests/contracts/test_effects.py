"""Every effect that can be staged has somebody who makes it true, in a worker's commit and where a draft is approved."""

from __future__ import annotations

from typing import get_args

from core.settings import Settings
from core.turns import DEFERRED, Effect
from gateway.operators.effects import handlers_of
from storage.house import House
from workers.effects import open_handlers


def test_a_worker_knows_every_effect(house: House) -> None:
    assert set(open_handlers(house, Settings())) == set(get_args(Effect))


def test_an_approval_knows_every_effect_that_a_draft_keeps() -> None:
    assert set(handlers_of(Settings())) == set(DEFERRED)
