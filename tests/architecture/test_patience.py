"""A send is called stuck only after the longest time that any adapter waits for an answer."""

from __future__ import annotations

from gateway.platforms.telegram import client
from storage.deliveries import STUCK_S


def test_nothing_is_called_stuck_while_it_may_still_be_answered() -> None:
    waits = [value for name, value in vars(client).items() if name.endswith("_S") and isinstance(value, int | float)]
    assert waits
    assert max(waits) + 10 < STUCK_S
