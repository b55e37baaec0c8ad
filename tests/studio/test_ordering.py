"""The one way to order a picture: styled by settings, persona and references, judged as a wish and as a prompt."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from core.errors import BadInput, Misconfigured, Refused
from core.nouns import Influencer, Look
from core.pictures import Judgement, Lora, PictureWish
from core.settings import Settings
from personas.loader import list_personas, load_from_library
from storage import credits
from storage.house import House
from storage.references import Attestation
from studio.categories import load_categories
from studio.moderation import open_moderator
from studio.ordering import PictureDesk, open_desk
from studio.prompts import PictureStyle, compose
from studio.references import record_face, record_lora
from studio.styles import Painting
from studio.wishes import without_names
from tests.conftest import Agency
from tests.memory.world import WordEmbedder
from tests.storage.world import make_account
from tests.studio.keeping import NOON, make_picture
from tests.studio.painting import sheet

AGREED = Attestation("consenting_adult_owner", "ana", NOON, "Vera Invented", "contract 2026-17")
SHEETS = Settings(image_model="sheets", image_face_adapter="somebody/adapter/face.safetensors", image_steps=4, image_cost=3)
OUTSIDE = Settings(image_model="replicate:somebody/flux")
BEACH = PictureWish(text="a walk on the beach", seed=7)


class Noting:
    """Lets everything pass and keeps what it was asked."""

    name = "noting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def judge_prompt(self, prompt: str, adult_ok: bool) -> Judgement:
        """Note it."""
        self.asked.append(prompt)
        return Judgement("pass", (), self.name)

    async def judge_picture(self, data: bytes, adult_ok: bool) -> Judgement:
        """See none."""
        raise AssertionError("no picture is ordered with its bytes")


async def test_an_order_carries_faces_loras_settings_and_what_was_drawn_lately(
    house: House, agency: Agency, luna: Influencer
) -> None:
    face = await record_face(house, agency.id, luna.id, sheet((200, 160, 140), (300, 300)), AGREED)
    async with house.app.unit(agency.id) as unit:
        await record_lora(unit, luna.id, "somebody/luna-lora", AGREED, weight=0.8)
    desk = open_desk(SHEETS, house, credits)
    first = await desk.prepare(luna, PictureWish(seed=7), adult_ok=False, from_fan=True)
    assert (first.request.face_key, first.request.loras) == (face.source, (Lora("somebody/luna-lora", 0.8),))
    assert (first.request.steps, first.request.model, first.cost, first.judged.verdict) == (4, "sheets", 3, "pass")
    await make_picture(house, agency.id, luna.id, 1, scene=first.wish.scene, outfit=first.wish.outfit)
    second = await desk.prepare(luna, PictureWish(seed=7), adult_ok=False, from_fan=True)
    assert second.wish.scene != first.wish.scene
    assert second.wish.outfit != first.wish.outfit
    again = await desk.prepare(luna, first.wish, adult_ok=False, from_fan=True)
    assert again.request == first.request


async def test_words_of_fans_stay_in_the_house_unless_the_settings_say_so(house: House, luna: Influencer) -> None:
    wish = PictureWish(text="with a zanzibar hat", seed=1)
    told = replace(OUTSIDE, image_fan_words=True)
    for settings, from_fan, leaves in (
        (OUTSIDE, True, False),
        (OUTSIDE, False, True),
        (told, True, True),
        (SHEETS, True, True),
    ):
        made = await open_desk(settings, house, credits).prepare(luna, wish, adult_ok=False, from_fan=from_fan)
        assert ("zanzibar" in made.request.prompt) == leaves, settings.image_model


async def test_the_wish_and_the_prompt_are_both_judged_and_the_persona_is_no_stranger(house: House, luna: Influencer) -> None:
    prompts, wishes = Noting(), Noting()
    desk = PictureDesk(house, Painting(model="sheets"), credits, prompts, wishes=wishes)
    made = await desk.prepare(
        luna, PictureWish(text="Luna's picture, a photo of Luna at the sea", seed=1), adult_ok=False, from_fan=True
    )
    assert (prompts.asked, wishes.asked) == ([made.request.prompt], ["your picture, a photo of you at the sea"])
    assert made.judged == Judgement("pass", (), "noting")
    assert without_names("Luna Lovelace on a beach", ("Luna",)) == "Luna Lovelace on a beach"
    desk = open_desk(SHEETS, house, credits)
    for text, verdict in (("a portrait of Luna in rain", "pass"), ("Jane Exampleton on a beach", "hold")):
        made = await desk.prepare(luna, replace(BEACH, text=text), adult_ok=False, from_fan=True)
        assert made.judged.verdict == verdict, text


async def test_who_cannot_tell_what_a_wish_means_holds_it(house: House, luna: Influencer) -> None:
    words = WordEmbedder()
    words.away = True
    made = await open_desk(SHEETS, house, credits, words).prepare(luna, BEACH, adult_ok=False, from_fan=True)
    assert made.judged.verdict == "hold"
    assert "could not be told" in (made.review or "")
    silent = await open_desk(SHEETS, house, credits, words).prepare(luna, PictureWish(seed=1), adult_ok=False, from_fan=True)
    assert (silent.judged.verdict, silent.review) == ("pass", None)


async def test_what_is_no_order_says_so(house: House, agency: Agency, luna: Influencer) -> None:
    await make_account(house, agency.id, "theo")
    desk = open_desk(SHEETS, house, credits)
    with pytest.raises(BadInput, match="Nobody else"):
        await desk.prepare(luna, replace(BEACH, text="with Theo on the beach"), adult_ok=False, from_fan=True)
    ageless = replace(luna, persona={**luna.persona, "age": None})
    with pytest.raises(Refused, match="stated the age"):
        await desk.prepare(ageless, BEACH, adult_ok=False, from_fan=True)
    with pytest.raises(Misconfigured, match="MUSE_IMAGE_MODEL"):
        await open_desk(Settings(), house, credits).prepare(luna, BEACH, adult_ok=False, from_fan=True)


async def test_the_studio_s_own_speech_passes_its_own_rules() -> None:
    """One shot or scene that a rule stops would stop every picture that draws it."""
    moderator = open_moderator(Settings())
    pieces = {piece for one in load_categories().values() for piece in (*one.shots, *one.lights, *one.scenes, *one.outfits)}
    for slug in list_personas():
        persona = load_from_library(slug).to_document()
        look = Look(**persona["look"])
        pieces |= {look.appearance, look.style, *look.scenes, *look.wardrobe}
        for model in ("sheets", "flux"):
            style = PictureStyle(model=model, age=persona["age"], names=(persona["name"],))
            pieces |= {compose(look, PictureWish(category=name, seed=1), style).request.prompt for name in load_categories()}
    stopped = [piece for piece in sorted(pieces) if (await moderator.judge_prompt(piece, False)).verdict != "pass"]
    assert stopped == []
