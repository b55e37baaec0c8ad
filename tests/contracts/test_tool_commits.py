"""Whatever characters a model writes into a call: what the tool staged, and the trace with the call itself, are committed."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from langchain_core.messages import AIMessage
from msgspec import structs

from agents.nodes.act import act
from agents.staging import Attempt
from core.clock import SystemClock
from core.nouns import Account, TurnInput
from core.outbound import TextPart
from core.settings import Settings
from core.turns import Outcome, Send, Trace
from gateway.platforms.registry import open_platforms
from personas.loader import load_from_library
from storage import credits, posts, turns
from storage.accounts import put_influencer
from storage.house import House
from storage.turns import Committing
from studio.ordering import open_desk
from tests.conftest import Agency
from tests.contracts.test_tools import NAMES, plausible, remembered
from tests.memory.world import WordEmbedder
from tests.shop.promos import make_promo
from tests.shop.world import TELEGRAM, open_shop, start_turn
from tests.storage.ledger_steps import whole
from tests.storage.world import make_account
from tools.registry import open_tools
from workers.effects import open_handlers

BROKEN = "\x00\ud83d"
"""What no text of the ledger holds: a NUL, and the first half of a character that a model was cut off in."""

STAGING = {"send_pack", "apply_promo", "remember", "hand_to_operator", "generate_image", "schedule_post"}
WORDS: dict[str, object] = {
    "wish": "a walk on the beach",
    "code": "SPRING",
    "caption": "The sea today.",
    "platforms": [{"platform": "telegram", "caption": "The sea, here."}],
    "pictures": [],
}


@pytest.fixture
async def account(house: House, agency: Agency) -> Account:
    made, luna = await make_account(house, agency.id), load_from_library("luna")
    async with house.app.unit(agency.id) as unit:
        await put_influencer(unit, "luna", "Luna", luna.to_document(), luna.checksum)
        await posts.set_place(unit, made.id, "@lunas")
    return made


def breaks(value: object) -> object:
    """Put into every text what breaks one, in the middle and at the end."""
    if isinstance(value, str):
        return f"{value[:3]}{BROKEN}{value[3:]}{BROKEN}"
    if isinstance(value, dict):
        return {str(key): breaks(one) for key, one in value.items()}
    return [breaks(one) for one in value] if isinstance(value, list) else value


def said(turn: TurnInput) -> TurnInput:
    """Return the turn with words that give each tool a reason."""
    words = "Pictures? Something cheaper, with SPRING? And my dog is called Bo."
    return structs.replace(turn, burst=(structs.replace(turn.burst[0], text=words),))


@pytest.mark.parametrize("name", [*NAMES, f"send{BROKEN}_pack", f"{BROKEN}"])
async def test_a_call_with_broken_characters_is_committed_with_its_trace(house: House, account: Account, name: str) -> None:
    await make_promo(house, await open_shop(house, account), code="SPRING")
    settings = Settings(image_model="sheets")
    known = open_tools(house, WordEmbedder(), open_desk(settings, house, credits), open_platforms(settings, house.blobs))
    turn, attempt = said(await start_turn(house, account)), Attempt()
    meant = known[name.replace(BROKEN, "")] if name != BROKEN else known["recall"]
    words = {**WORDS, "at": (SystemClock().now() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")}
    given = {key: words.get(key, value) for key, value in plausible(meant).items()}
    services = SimpleNamespace(embedder=WordEmbedder(), recall=remembered)
    thinking = SimpleNamespace(
        turn=turn, attempt=attempt, now=SystemClock().now(), services=services, tools=tuple(known.values())
    )
    call = {
        "name": name,
        "args": {key: breaks(value) for key, value in given.items()} | {f"more{BROKEN}": [BROKEN, {BROKEN: BROKEN}]},
        "id": "1",
    }
    done = await act({"messages": [AIMessage("", tool_calls=[call])]}, SimpleNamespace(context=thinking))  # type: ignore[arg-type, typeddict-item]  # what it reads of them
    (record,) = done["calls"]
    staged = {type(effect).__name__ for effect in attempt.effects}
    trace = Trace("test", tool_calls=(record,))
    parts = (TextPart("Here you are."), *attempt.parts)
    how = Committing(open_handlers(house, settings), whole, SystemClock().now(), 0.0, policy=TELEGRAM)
    await turns.commit(house.app, turn, Outcome(Send(parts), trace, tuple(attempt.effects)), how)
    async with house.app.unit(account.agency_id) as unit:
        kept = await unit.connection.fetchval("SELECT trace -> 'tool_calls' -> 0 ->> 'arguments' FROM turns")
    assert kept
    assert bool(staged) == (meant.name in STAGING), record.answer
