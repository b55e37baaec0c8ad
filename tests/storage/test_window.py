"""What a turn gets to read of a long conversation: the last messages, and how many went before them."""

from __future__ import annotations

from core.nouns import Account, TurnInput
from core.outbound import TextPart
from core.turns import Send
from storage.house import House
from storage.turns import WINDOW
from tests.conftest import Agency
from tests.storage.ledger_steps import commit, outcome, take_turn
from tests.storage.world import message, send_in


async def test_the_window_says_how_many_messages_went_before_it(house: House, agency: Agency, account: Account) -> None:
    turns: list[TurnInput] = []
    for number in range(25):
        (event,) = await send_in(house, account, message(f"fan {number}", number + 1))
        turns.append(await take_turn(house, agency.id, event.conversation_id))
        await commit(house, turns[-1], outcome(Send((TextPart(f"own {number}"),))))
    for number, turn in enumerate(turns):
        said = [text for n in range(number) for text in (f"fan {n}", f"own {n}")]
        assert [m.text for m in turn.window] == said[-WINDOW:]
        assert turn.before == max(0, len(said) - WINDOW)
