"""The tool orders nothing by itself, takes nothing but a wish, and says what is true."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from agents.staging import Attempt
from core.nouns import Account, Influencer, TurnInput
from core.settings import Settings
from core.turns import GenerateImage
from personas.loader import load_from_library
from storage import credits
from storage.house import House
from storage.references import Attestation, Reference, revoke_reference
from studio.ordering import PictureDesk, open_desk
from studio.painters.tiny import build_tiny
from studio.references import record_face, record_lora
from studio.styles import Painting
from tests.conftest import Agency
from tests.memory.world import WordEmbedder
from tests.shop.world import start_turn
from tests.storage.world import make_account
from tests.studio.painting import sheet
from tools.context import ToolContext
from tools.generate_image import INSTEAD, GenerateImageTool

SOON = datetime(2026, 5, 1, tzinfo=UTC)
AGREED = Attestation("consenting_adult_owner", "ana", SOON, "Vera Invented", "contract 2026-17")


@pytest.fixture
async def turn(house: House, agency: Agency) -> TurnInput:
    account: Account = await make_account(house, agency.id)
    begun = await start_turn(house, account)
    luna: Influencer = structs.replace(begun.influencer, persona=load_from_library("luna").to_document())
    return structs.replace(begun, influencer=luna)


async def call(house: House, turn: TurnInput, attempt: Attempt, painter: str = "tiny", **arguments: Any) -> str:
    desk = PictureDesk(house, Painting(model=painter), credits, cost=3)
    return await GenerateImageTool(desk).run(ToolContext(turn, attempt, WordEmbedder()), arguments)


async def test_it_stages_an_order_and_books_nothing(house: House, turn: TurnInput) -> None:
    attempt = Attempt()
    assert "being made" in await call(house, turn, attempt, wish="reading by the window", shape="square", category="cosy")
    (effect,) = attempt.effects
    assert isinstance(effect, GenerateImage)
    assert (effect.wish.shape, effect.wish.category, effect.cost) == ("square", "cosy", 3)
    assert effect.request.width == effect.request.height
    assert "window" in effect.request.prompt
    assert attempt.parts == []
    async with house.app.unit(turn.lease.agency_id) as unit:
        assert await unit.connection.fetchval("SELECT count(*) FROM image_jobs") == 0
        assert (await credits.balance(unit, turn.influencer.id)).reserved == 0


async def test_the_model_names_no_model_size_seed_or_price(house: House, turn: TurnInput) -> None:
    attempt = Attempt()
    given = {"model": "other", "seed": 7, "width": 4096, "cost": 0, "shape": "enormous", "category": "nonsense"}
    await call(house, turn, attempt, wish="at the beach", **given)
    (effect,) = attempt.effects
    assert isinstance(effect, GenerateImage)
    assert (effect.request.model, effect.cost) == ("tiny", 3)
    assert effect.wish.seed == effect.request.seed != 7
    assert effect.request.width < 4096
    assert effect.wish.category != "nonsense"


async def test_one_picture_a_turn(house: House, turn: TurnInput) -> None:
    attempt = Attempt()
    await call(house, turn, attempt, wish="at the beach")
    assert "a second would be too much" in await call(house, turn, attempt, wish="in the garden")
    assert len(attempt.effects) == 1


@pytest.mark.parametrize("change", [{"opted_out_at": SOON}, {"minor_signal_at": SOON}])
async def test_who_wants_no_messages_or_said_to_be_under_age_gets_none(
    house: House, turn: TurnInput, change: dict[str, Any]
) -> None:
    attempt = Attempt()
    barred = structs.replace(turn, fan=structs.replace(turn.fan, **change))
    assert "no picture is made" in await call(house, barred, attempt, wish="at the beach")
    assert attempt.effects == []


async def test_on_the_page_the_fan_has_said_to_be_an_adult(house: House, turn: TurnInput) -> None:
    attempt = Attempt()
    page = structs.replace(turn, account=structs.replace(turn.account, platform="webchat"))
    assert "not said to be an adult" in await call(house, page, attempt, wish="at the beach")
    grown = structs.replace(page, fan=structs.replace(page.fan, adult_confirmed_at=SOON))
    assert "being made" in await call(house, grown, attempt, wish="at the beach")


async def test_what_no_picture_is_made_of_is_said_kindly(house: House, turn: TurnInput) -> None:
    attempt = Attempt()
    assert (await call(house, turn, attempt, wish="you as a 12 year old")).startswith("No picture is made:")
    assert attempt.effects == []


async def test_a_face_or_lora_that_cannot_be_used_leads_to_the_vault_as_no_model_does(
    house: House, agency: Agency, turn: TurnInput, tmp_path: Path
) -> None:
    desk = open_desk(Settings(image_model=str(build_tiny(tmp_path, "sd15"))), house, credits)
    for record in (
        record_face(house, agency.id, turn.influencer.id, sheet((200, 160, 140), (300, 300)), AGREED),
        with_lora(house, turn, "nobody/luna-lora"),
    ):
        face = await record
        attempt = Attempt()
        said = await GenerateImageTool(desk).run(ToolContext(turn, attempt, WordEmbedder()), {"wish": "at the beach"})
        assert said == f"No picture can be made now. {INSTEAD}"
        assert attempt.effects == []
        async with house.app.unit(agency.id) as unit:
            assert (await credits.balance(unit, turn.influencer.id)).reserved == 0
            await revoke_reference(unit, turn.influencer.id, face.id, "ana", "no weights", SOON)
    attempt = Attempt()
    assert "being made" in await GenerateImageTool(desk).run(
        ToolContext(turn, attempt, WordEmbedder()), {"wish": "at the beach"}
    )


async def with_lora(house: House, turn: TurnInput, source: str) -> Reference:
    async with house.app.unit(turn.lease.agency_id) as unit:
        return await record_lora(unit, turn.influencer.id, source, AGREED)


async def test_without_a_model_it_says_so(house: House, turn: TurnInput) -> None:
    attempt = Attempt()
    assert "send_pack" in await call(house, turn, attempt, "", wish="at the beach")
    assert attempt.effects == []
