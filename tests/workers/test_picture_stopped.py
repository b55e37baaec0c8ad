"""Who wants no messages, or says to be under age, in one chat while a picture is handed over in another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import asyncpg
import pytest

from core.nouns import Conversation
from core.turns import FlagMinor, OptOut
from storage.conversations import load_conversation
from storage.effects import EffectContext
from storage.fans import apply_opt_out, flag_minor
from storage.picture_handing import Owed, owed
from storage.unit import Unit
from tests.workers.test_hand_picture import Atelier, atelier  # noqa: F401 — a fixture
from workers.jobs.hand_picture import hand_picture


@pytest.mark.parametrize(("stop", "effect"), [(apply_opt_out, OptOut(out=True)), (flag_minor, FlagMinor())])
async def test_nothing_comes_to_who_said_so_elsewhere_while_it_was_handed_over(
    atelier: Atelier,  # noqa: F811 — the fixture by its name
    monkeypatch: pytest.MonkeyPatch,
    stop: Callable[..., Awaitable[None]],
    effect: OptOut | FlagMinor,
) -> None:
    """Another chat of theirs is not held by this one's lock: what is said there comes before or after, and counts both ways."""
    house, account, said = atelier.crew.engine.house, atelier.crew.account, list[str]()
    await atelier.ask()
    await atelier.paint()

    async def say_stop(patience: str = "0") -> None:
        async with house.app.unit(account.agency_id) as unit:
            await unit.connection.execute(f"SET LOCAL lock_timeout = '{patience}'")
            assert atelier.chat
            where = EffectContext(account, await load_conversation(unit, atelier.chat), None)  # type: ignore[arg-type]  # outside a turn
            await stop(unit, where, effect)

    async def read_then_stop(unit: Unit, conversation_id: UUID) -> tuple[Conversation, list[Owed]]:
        found = await owed(unit, conversation_id)
        with suppress(asyncpg.LockNotAvailableError):
            await say_stop("200ms")
            said.append("meanwhile")
        return found

    monkeypatch.setattr("storage.picture_handing.owed", read_then_stop)
    await hand_picture(atelier.crew.ctx, str(account.agency_id), str(atelier.chat))
    monkeypatch.undo()
    if not said:
        await say_stop()
    await atelier.deliver()
    assert atelier.photos() == []
