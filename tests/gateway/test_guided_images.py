"""What operators have pictures painted from, through the API and a real pipeline: a start, a mask, a pose, a house LoRA."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from msgspec import structs
from PIL import Image, ImageDraw

from core.clock import SystemClock
from core.ids import new_id
from core.settings import Settings
from storage import credits
from storage.references import Attestation, list_references, own_picture, revoke_reference
from studio.painters.tiny import build_tiny
from studio.painters.tiny_guides import ADAPTER_FILE, build_face_adapter, build_lora, build_pose_net
from studio.references import REVOKED, record_face, record_lora
from tests.conftest import Agency
from tests.gateway.conftest import Gateway
from tests.gateway.test_images import ask
from tests.memory.world import open_chat
from tests.storage.world import make_account
from tests.studio.keeping import HELD, NOON, make_picture
from tests.studio.painting import sheet
from tests.studio.test_references import send_picture
from tests.workers.pictures_world import PassingModerator
from workers.media.app import open_media
from workers.media.engine import MediaEngine
from workers.media.loop import MediaLoop

ORDER = {"influencer": "luna", "wish": "a walk on the beach", "shape": "square", "seed": 7}
AGREED = Attestation("consenting_adult_owner", "ana", NOON, "Vera Invented", "contract 2026-17")
PHOTO = sheet((200, 160, 140), (300, 300))


def drawing(*lines: tuple[int, int, int, int], colour: str = "white", width: int = 6) -> bytes:
    """Return lines on black."""
    picture = Image.new("RGB", (128, 128))
    for line in lines:
        ImageDraw.Draw(picture).line(line, colour, width)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def packed(data: bytes) -> str:
    return base64.b64encode(data).decode()


MASK = packed(sheet((0, 0, 0), (128, 128), stripe=64))
POSE = packed(drawing((20, 20, 100, 100), colour="red"))


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, a LoRA of the house and a ControlNet with tiny random weights."""
    folder = tmp_path_factory.mktemp("weights")
    model = build_tiny(folder / "model", "sd15")
    build_lora(model, folder / "house.safetensors")
    build_lora(model, folder / "luna.safetensors", seed=9)
    build_face_adapter(model, folder / "adapter")
    build_pose_net(model, folder / "pose")
    return folder


@pytest.fixture
def pose_model(weights: Path) -> str:
    """Where the ControlNet lies."""
    return str(weights / "pose")


@pytest.fixture
def face_adapter() -> str:
    """Where the IP-Adapter lies among the weights; empty: there is none."""
    return ""


@pytest.fixture
def settings(settings: Settings, weights: Path, pose_model: str, face_adapter: str) -> Settings:
    """Settings of a house that paints with tiny weights on the processor."""
    return structs.replace(
        settings, image_model=str(weights / "model"), image_device="cpu", image_steps=2, image_cost=2,
        image_loras=f"{weights / 'house.safetensors'}:0.5", image_scheduler="euler_a", image_pose_model=pose_model,
        image_face_adapter=str(weights / face_adapter) if face_adapter else "",
    )  # fmt: skip


@pytest.fixture
async def engine(gateway: Gateway) -> AsyncIterator[MediaEngine]:
    """An open media worker whose moderator lets all pass."""
    async with open_media(gateway.settings, "media-1") as engine:
        yield structs.replace(engine, moderator=PassingModerator())


async def order(gateway: Gateway, http: aiohttp.ClientSession, **more: Any) -> tuple[int, Any]:
    return await ask(gateway, http, "POST", "/api/images", json={**ORDER, **more})


async def paint(gateway: Gateway, http: aiohttp.ClientSession, engine: MediaEngine, **more: Any) -> Any:
    """Order a picture, let it be painted, and return how it ended."""
    status, row = await order(gateway, http, **more)
    assert status == 202, row
    worker = MediaLoop(engine)
    assert await worker.step()
    await worker.settled()
    return (await ask(gateway, http, "GET", f"/api/images/{row['id']}"))[1]["picture"]


async def colours(gateway: Gateway, http: aiohttp.ClientSession, row: Any) -> bytes:
    _, data = await ask(gateway, http, "GET", f"/api/images/{row['id']}/file")
    return Image.open(io.BytesIO(data)).convert("RGB").tobytes()


async def test_a_picture_is_painted_from_another_within_a_mask_and_by_a_pose(
    gateway: Gateway, http: aiohttp.ClientSession, engine: MediaEngine, weights: Path
) -> None:
    plain = await paint(gateway, http, engine)
    assert (plain["state"], plain["error"], plain["request"]["scheduler"]) == ("done", None, "euler_a")
    assert plain["request"]["loras"] == [{"source": str(weights / "house.safetensors"), "weight": 0.5}]
    seen = {await colours(gateway, http, plain)}
    for guided in (
        {"base": plain["asset_id"], "strength": 0.5, "shape": None},
        {"base": plain["asset_id"], "mask": MASK},
        {"pose": POSE},
        {"base": plain["asset_id"], "mask": MASK, "pose": POSE},
    ):
        row = await paint(gateway, http, engine, **guided)
        assert (row["state"], row["error"]) == ("done", None), guided
        assert {name for name in ("base", "mask", "pose") if row["request"][f"{name}_key"]} == set(guided) - {
            "strength",
            "shape",
        }
        assert (row["wish"]["shape"], row["width"]) == ("square", row["height"])
        assert row["request"]["strength"] == guided.get("strength", 0.6)
        seen.add(await colours(gateway, http, row))
    assert len(seen) == 5, "each guide makes another picture of the same seed"
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        drawn = await list_references(unit, gateway.telegram.influencer_id)
    assert sorted((one.kind, one.ground, one.attested_by) for one in drawn) == [
        ("mask", "drawn", "ana"),
        ("pose", "drawn", "ana"),
    ]


@pytest.mark.parametrize("face_adapter", [f"adapter/{ADAPTER_FILE}"])
async def test_a_persona_s_face_and_lora_go_together_with_the_house_s_lora_and_a_start(
    gateway: Gateway, http: aiohttp.ClientSession, engine: MediaEngine, agency: Agency, weights: Path
) -> None:
    luna = gateway.telegram.influencer_id
    plain = await paint(gateway, http, engine)
    seen = {await colours(gateway, http, plain)}
    face = await record_face(gateway.house, agency.id, luna, PHOTO, AGREED)
    seen.add(await colours(gateway, http, await paint(gateway, http, engine)))
    async with gateway.house.app.unit(agency.id) as unit:
        await record_lora(unit, luna, str(weights / "luna.safetensors"), AGREED, weight=0.9)
    for guided in ({}, {"base": plain["asset_id"], "pose": POSE}):
        row = await paint(gateway, http, engine, **guided)
        assert (row["state"], row["error"], row["request"]["face_key"]) == ("done", None, face.source)
        assert [(Path(one["source"]).stem, one["weight"]) for one in row["request"]["loras"]] == [("house", 0.5), ("luna", 0.9)]
        seen.add(await colours(gateway, http, row))
    assert len(seen) == 4, "each makes another picture of the same seed"
    row = await paint(gateway, http, engine, category="landscape")
    assert ([one["weight"] for one in row["request"]["loras"]], row["request"]["face_key"]) == ([0.5], None)


async def test_a_drawing_that_was_revoked_is_painted_from_no_more(
    gateway: Gateway, http: aiohttp.ClientSession, engine: MediaEngine
) -> None:
    status, row = await order(gateway, http, pose=POSE)
    assert status == 202
    influencer = gateway.telegram.influencer_id
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        (pose,) = await list_references(unit, influencer)
        await revoke_reference(unit, influencer, pose.id, "ana", "it shows somebody", NOON)
    worker = MediaLoop(engine)
    await worker.step()
    await worker.settled()
    row = (await ask(gateway, http, "GET", f"/api/images/{row['id']}"))[1]["picture"]
    assert (row["state"], row["error"]) == ("failed", REVOKED)


async def test_a_house_lora_that_the_settings_no_longer_name_is_not_painted_with(
    gateway: Gateway, http: aiohttp.ClientSession, engine: MediaEngine
) -> None:
    row = await paint(gateway, http, structs.replace(engine, house_loras=frozenset()))
    assert (row["state"], "recorded references" in row["error"]) == ("failed", True)


async def test_what_may_not_be_painted_from_says_why_and_costs_nothing(
    gateway: Gateway, http: aiohttp.ClientSession, agency: Agency
) -> None:
    house, luna = gateway.house, gateway.telegram.influencer_id
    theo = await make_account(house, agency.id, "theo")
    made = str(await make_picture(house, agency.id, luna, 1))
    lost = str(await make_picture(house, agency.id, luna, 5))
    async with house.app.unit(agency.id) as unit:
        await house.blobs.delete((await own_picture(unit, luna, UUID(lost))).blob_key)
    strange = await make_picture(house, agency.id, theo.influencer_id, 2)
    held = await make_picture(house, agency.id, luna, 3, **HELD)
    given = await make_picture(house, agency.id, luna, 4, made_for=(await open_chat(house, theo)).whose.fan_id)
    _, uploaded = await ask(gateway, http, "POST", "/api/influencers/luna/assets", data=PHOTO)
    sent = drawing((10, 90, 90, 10))
    await send_picture(house, await make_account(house, agency.id, "mira"), sent)
    for guided, status, says in (
        ({"mask": MASK}, 400, "name one to start from"),
        ({"strength": 0.4}, 400, "name one to start from"),
        ({"base": made, "strength": 0}, 400, "strength"),
        ({"base": made, "strength": 1.1}, 400, "strength"),
        ({"base": str(new_id())}, 404, "no such picture of this influencer"),
        ({"base": str(strange)}, 404, "no such picture of this influencer"),
        ({"base": str(held)}, 409, "muse image approve"),
        ({"base": str(given)}, 409, "made for one fan"),
        ({"base": uploaded["asset_id"]}, 409, "muse look reference add"),
        ({"base": made, "mask": packed(sheet((255, 255, 255), (128, 192)))}, 400, "in the same shape"),
        ({"base": lost}, 409, "not there any more"),
        ({"base": made, "mask": packed(b"words")}, 400, "mask cannot be used"),
        ({"base": made, "mask": packed(sheet((9, 9, 9), (128, 128)))}, 400, "mask marks nothing"),
        ({"base": made, "mask": packed(sheet((255, 255, 255), (20, 20)))}, 400, "each side needs 64"),
        ({"base": made, "mask": packed(sent)}, 400, "mask is a picture that a fan sent"),
        ({"pose": packed(PHOTO)}, 400, "photographs are not taken"),
        ({"pose": packed(sheet((0, 0, 0), (128, 128)))}, 400, "pose shows nothing"),
        ({"pose": packed(sent)}, 400, "pose is a picture that a fan sent"),
    ):
        answered, answer = await order(gateway, http, **guided)
        assert (answered, says in str(answer)) == (status, True), answer
    assert (await ask(gateway, http, "GET", "/api/images"))[1] == []
    async with house.app.unit(agency.id) as unit:
        balance = await credits.balance(unit, luna)
        assert (balance.reserved, balance.spent) == (0, 0)
        assert await list_references(unit, luna) == []


async def test_a_recorded_face_may_be_started_from_once_its_owner_has_agreed(
    gateway: Gateway, http: aiohttp.ClientSession, agency: Agency
) -> None:
    _, uploaded = await ask(gateway, http, "POST", "/api/influencers/luna/assets", data=PHOTO)
    face = await record_face(gateway.house, agency.id, gateway.telegram.influencer_id, PHOTO, AGREED)
    for named in (uploaded["asset_id"], str(face.id)):
        status, row = await order(gateway, http, base=named, category="landscape")  # of nobody: no adapter is needed
        assert (status, row["request"]["base_key"]) == (202, face.source)


async def test_what_cannot_be_used_here_is_said_before_anything_is_charged(
    gateway: Gateway, http: aiohttp.ClientSession, agency: Agency
) -> None:
    luna = gateway.telegram.influencer_id
    face = await record_face(gateway.house, agency.id, luna, PHOTO, AGREED)
    batch = {"influencer": "luna", "count": 2, "categories": ["portrait"]}
    for path, body in (("/api/images", ORDER), ("/api/images/batch", batch)):
        status, answer = await ask(gateway, http, "POST", path, json=body)
        assert (status, "MUSE_IMAGE_FACE_ADAPTER" in answer["detail"]) == (409, True)
    assert (await order(gateway, http, category="landscape"))[0] == 202, "nobody is in it"
    async with gateway.house.app.unit(agency.id) as unit:
        await revoke_reference(unit, luna, face.id, "ana", "no adapter", SystemClock().now())
        await record_lora(unit, luna, "nobody/luna-lora", AGREED)
    status, answer = await order(gateway, http)
    assert (status, "hf download nobody/luna-lora" in answer["detail"]) == (409, True)
    async with gateway.house.app.unit(agency.id) as unit:
        assert (await credits.balance(unit, luna)).reserved == 2


@pytest.mark.parametrize("pose_model", [""])
async def test_a_pose_without_a_model_for_it_names_the_setting(gateway: Gateway, http: aiohttp.ClientSession) -> None:
    status, answer = await order(gateway, http, pose=POSE)
    assert (status, "MUSE_IMAGE_POSE_MODEL" in answer["detail"]) == (409, True)
    assert (await order(gateway, http))[0] == 202
