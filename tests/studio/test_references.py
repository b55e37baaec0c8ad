"""References: what they rest on is recorded; a revoked one, or a fan's picture, is never painted from."""

from __future__ import annotations

from uuid import UUID

import pytest
from msgspec.structs import replace

from core.errors import BadInput, Misconfigured, NotFound, Refused
from core.inbound import MediaRef
from core.nouns import Account, Influencer
from core.pictures import Lora, PictureRequest, PictureWish
from core.settings import Settings
from storage import media
from storage.house import House
from storage.references import Attestation, Reference, list_references, revoke_reference
from studio.prompts import compose
from studio.references import REVOKED, check_guides, read_guides, record_face, record_lora
from studio.styles import Painting, load_style, look_of, painting_of
from tests.conftest import Agency
from tests.memory.world import open_chat
from tests.storage.world import make_account, message, send_in
from tests.studio.keeping import HELD, NOON, make_picture
from tests.studio.painting import sheet

MADE = Attestation("generated", "ana", NOON)
AGREED = Attestation("consenting_adult_owner", "ana", NOON, "Vera Invented", "contract 2026-17")
FACE = sheet((200, 160, 140), (300, 300), stripe=9)
ASKED = PictureRequest(prompt="a portrait", model="sheets")


async def add_face(house: House, agency: Agency, luna: Influencer, data: bytes = FACE, said: Attestation = AGREED) -> Reference:
    return await record_face(house, agency.id, luna.id, data, said)


async def test_a_face_needs_grounds_that_hold(house: House, agency: Agency, luna: Influencer) -> None:
    with pytest.raises(BadInput, match="not made here"):
        await add_face(house, agency, luna, said=MADE)
    for lacking in (replace(AGREED, owner=" "), replace(AGREED, document=None)):
        with pytest.raises(BadInput, match="say whose likeness"):
            await add_face(house, agency, luna, said=lacking)
    with pytest.raises(BadInput, match="who attests"):
        await add_face(house, agency, luna, said=replace(AGREED, by=""))
    await make_picture(house, agency.id, luna.id, 1, FACE)
    made = await add_face(house, agency, luna, said=MADE)
    assert (made.ground, made.attested_by, made.stands) == ("generated", "ana", True)
    assert await house.blobs.get(made.source) == FACE
    with pytest.raises(Refused, match="recorded already"):
        await add_face(house, agency, luna)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg/>", "PNG, JPEG or WebP"),
        (b"\x89PNG broken", "PNG, JPEG or WebP"),
        (sheet((1, 1, 1), (100, 400)), "each side needs 256"),
        (b"\x89PNG" + bytes(12_000_001), "larger than 12 MB"),
    ],
)
async def test_what_is_no_picture_is_refused(house: House, agency: Agency, luna: Influencer, data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        await add_face(house, agency, luna, data)


async def send_picture(house: House, account: Account, data: bytes) -> str:
    """Let a fan send a picture that is fetched; return its file's key."""
    (arrived,) = await send_in(
        house, account, replace(message("look!", 1), media=(MediaRef("photo", "file-1", "image/png", 9),))
    )
    async with house.app.unit(account.agency_id) as unit:
        (waiting,) = await media.media_of(unit, _id(arrived.message_id))
        await media.mark_stored(unit, waiting, "image/png", len(data), f"media/{waiting}")
    await house.blobs.put(f"media/{waiting}", data, "image/png")
    return f"media/{waiting}"


def _id(found: UUID | None) -> UUID:
    assert found
    return found


async def test_a_fans_picture_is_no_reference_whatever_is_attested(house: House, agency: Agency, luna: Influencer) -> None:
    key = await send_picture(house, await make_account(house, agency.id, "other"), FACE)
    with pytest.raises(BadInput, match="a fan sent"):
        await add_face(house, agency, luna)
    assert await add_face(house, agency, luna, sheet((1, 2, 3), (300, 300)))
    async with house.app.unit(agency.id) as unit:
        for guided in ({"face_key": key}, {"base_key": key}, {"pose_key": key}):
            with pytest.raises(BadInput, match="never painted from"):
                await check_guides(unit, luna.id, replace(ASKED, **guided))


async def test_a_revoked_reference_is_not_used_any_more(house: House, agency: Agency, luna: Influencer) -> None:
    face = await add_face(house, agency, luna)
    async with house.app.unit(agency.id) as unit:
        lora = await record_lora(unit, luna.id, "somebody/luna-lora", MADE, weight=0.8)
        style = await load_style(unit, luna, Painting(model="sheets"), from_fan=False)
        request = compose(look_of(luna), PictureWish(seed=1), style).request
        assert (request.face_key, request.loras) == (face.source, (Lora("somebody/luna-lora", 0.8),))
        await check_guides(unit, luna.id, request)
    assert (await read_guides(house.blobs, request)).face == FACE
    async with house.app.unit(agency.id) as unit:
        gone = await revoke_reference(unit, luna.id, face.id, "ana", "she took it back", NOON)
        assert (gone.stands, gone.revoked_because) == (False, "she took it back")
        with pytest.raises(Refused, match="revoked on 01 May 2026 by ana"):
            await revoke_reference(unit, luna.id, face.id, "ben", "again", NOON)
        with pytest.raises(Refused, match=REVOKED):
            await check_guides(unit, luna.id, request)
        fresh = await load_style(unit, luna, Painting(model="sheets"), from_fan=False)
        assert fresh.face_key is None
        await revoke_reference(unit, luna.id, lora.id, "ana", "trained on others", NOON)
        with pytest.raises(Refused, match=REVOKED):
            await check_guides(unit, luna.id, replace(request, face_key=None))
        assert [one.stands for one in await list_references(unit, luna.id)] == [False, False]
    again = await add_face(house, agency, luna)
    assert again.stands


async def test_guides_are_the_influencers_own(house: House, agency: Agency, luna: Influencer) -> None:
    own = await make_picture(house, agency.id, luna.id, 3)
    other = await make_account(house, agency.id, "theo")
    strange = await make_picture(house, agency.id, other.influencer_id, 4)
    held = await make_picture(house, agency.id, luna.id, 5, **HELD)
    given = await make_picture(house, agency.id, luna.id, 6, made_for=(await open_chat(house, other)).whose.fan_id)
    async with house.app.unit(agency.id) as unit:
        keys = {name: await unit.connection.fetchval("SELECT blob_key FROM assets WHERE id = $1", one)
                for name, one in {"own": own, "strange": strange, "held": held, "for one fan": given}.items()}  # fmt: skip
        await check_guides(unit, luna.id, replace(ASKED, base_key=keys["own"], pose_key=keys["own"]))
        for wrong in (
            {"base_key": keys["strange"]},
            {"base_key": keys["held"]},
            {"mask_key": keys["for one fan"]},
            {"pose_key": "poses/standing.png"},
            {"face_key": keys["own"]},
            {"loras": (Lora("some/thing"),)},
        ):
            with pytest.raises(BadInput, match="of its influencer alone"):
                await check_guides(unit, luna.id, replace(ASKED, **wrong))
        house_made = replace(ASKED, loras=(Lora("some/thing"),))
        await check_guides(unit, luna.id, house_made, house_loras=("some/thing",))
        painting = Painting(model="sheets", loras=(Lora("some/thing", 0.5),))
        assert (await load_style(unit, luna, painting, from_fan=False)).house_loras == painting.loras
        theirs = await record_lora(unit, other.influencer_id, "some/thing", MADE)
        for stands in (True, False):  # what was ever recorded is of somebody, and no LoRA of the house
            with pytest.raises(Refused, match=REVOKED):
                await check_guides(unit, luna.id, house_made, house_loras=("some/thing",))
            with pytest.raises(Misconfigured, match="some/thing, recorded as somebody's"):
                await load_style(unit, luna, painting, from_fan=False)
            if stands:
                await revoke_reference(unit, other.influencer_id, theirs.id, "ana", "no more", NOON)
        await record_lora(unit, luna.id, "some/thing", MADE, weight=0.9)
        style = await load_style(unit, luna, painting, from_fan=False)
        assert (style.house_loras, style.loras) == ((), (Lora("some/thing", 0.9),))
    with pytest.raises(Refused, match="not there any more"):
        await read_guides(house.blobs, replace(ASKED, pose_key="poses/none.png"))


async def test_a_lora_is_named_and_weighed(house: House, agency: Agency, luna: Influencer) -> None:
    async with house.app.unit(agency.id) as unit:
        for source in ("../etc/passwd", "https://a.example/x", "one", ""):
            with pytest.raises(BadInput, match="neither a repository"):
                await record_lora(unit, luna.id, source, MADE)
        with pytest.raises(BadInput, match="from 0 to 2"):
            await record_lora(unit, luna.id, "some/lora", MADE, weight=3)
        with pytest.raises(NotFound):
            await revoke_reference(unit, luna.id, luna.id, "ana", "", NOON)


async def test_a_style_is_settings_persona_and_references_together(house: House, agency: Agency, luna: Influencer) -> None:
    await make_account(house, agency.id, "theo")
    await make_picture(house, agency.id, luna.id, 1, scene="a beach", outfit="a coat")
    settings = Settings(image_steps=4, image_size="small", image_avoid="cats, , dogs")
    outside = painting_of(settings, "replicate:a/flux")
    async with house.app.unit(agency.id) as unit:
        style = await load_style(unit, luna, outside, from_fan=True)
        assert (style.age, style.names, style.others) == (27, ("Luna",), ("Theo",))
        assert (style.steps, style.guidance, style.size_class, style.negative) == (4, None, "small", ("cats", "dogs"))
        assert (style.recent, style.wish_may_leave) == (("a beach", "a coat"), False)
        for from_fan, painting in (
            (False, outside),
            (True, replace(outside, fan_words_leave=True)),
            (True, Painting(model="x")),
        ):
            assert (await load_style(unit, luna, painting, from_fan=from_fan)).wish_may_leave
        with pytest.raises(Refused, match="stated the age"):
            await load_style(unit, replace(luna, persona={**luna.persona, "age": None}), outside, from_fan=True)
        with pytest.raises(Misconfigured, match="MUSE_IMAGE_MODEL"):
            await load_style(unit, luna, Painting(model=""), from_fan=True)
