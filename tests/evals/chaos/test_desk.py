"""The operator of a run waits before each word about a send that nobody knows about, the second time too."""

from __future__ import annotations

from typing import Any

import pytest

from evals.chaos import desk


class Operator(desk.Desk):
    """An operator whose gateway lists one unknown delivery and keeps what is said of it."""

    def __init__(self) -> None:
        self.shown, self.resolved, self._seen = set(), {}, {}
        self.said: list[str] = []

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        if method == "GET":
            return [{"id": "d1"}]
        self.said.append(body["outcome"])
        return {}


async def test_what_is_unknown_again_is_waited_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(desk.time, "monotonic", lambda: clock[0])
    operator, told = Operator(), []
    for now in (0.0, desk.LOOK_AGAIN_S - 1, desk.LOOK_AGAIN_S, desk.LOOK_AGAIN_S + 3, 2 * desk.LOOK_AGAIN_S + 3):
        clock[0] = now
        await operator.resolve(lambda _row: False)
        told.append(len(operator.said))
    assert told == [0, 0, 1, 1, 2]
