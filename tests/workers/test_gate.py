"""Places for sends: bounded, in a round over accounts, and given back whatever happens."""

from __future__ import annotations

import asyncio

from core.ids import new_id
from workers.gate import Gate

BUSY, CALM = new_id(), new_id()


async def hold(gate: Gate, account: object, began: list[object], leave: asyncio.Event) -> None:
    async with gate.place(account):  # type: ignore[arg-type]  # an id
        began.append(account)
        await leave.wait()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_flooding_account_leaves_room_for_the_others() -> None:
    gate, began, leave = Gate(4), [], asyncio.Event()
    tasks = [asyncio.create_task(hold(gate, BUSY, began, leave)) for _ in range(10)]
    await settle()
    assert began == [BUSY, BUSY], "half of the places"
    tasks += [asyncio.create_task(hold(gate, CALM, began, leave)) for _ in range(3)]
    await settle()
    assert began == [BUSY, BUSY, CALM, CALM]
    leave.set()
    await asyncio.gather(*tasks)
    assert (began.count(BUSY), began.count(CALM)) == (10, 3)


async def test_accounts_take_turns() -> None:
    gate, began = Gate(1), []
    first = asyncio.Event()
    open_door = asyncio.Event()
    open_door.set()
    holder = asyncio.create_task(hold(gate, BUSY, [], first))
    await settle()
    waiting = [asyncio.create_task(hold(gate, account, began, open_door)) for account in (BUSY, BUSY, BUSY, CALM, CALM)]
    await settle()
    first.set()
    await asyncio.gather(holder, *waiting)
    assert began == [BUSY, CALM, BUSY, CALM, BUSY]


async def test_who_gives_up_waiting_takes_no_place_along() -> None:
    gate, began = Gate(1), []
    leave = asyncio.Event()
    held = gate.place(BUSY)
    await held.__aenter__()
    gone = asyncio.create_task(hold(gate, CALM, began, leave))
    await settle()
    await held.__aexit__(None, None, None)  # the place is given to the one who waits
    gone.cancel()  # who does not want it any more
    await asyncio.gather(gone, return_exceptions=True)
    assert began == []
    async with asyncio.timeout(5), gate.place(BUSY):
        pass
