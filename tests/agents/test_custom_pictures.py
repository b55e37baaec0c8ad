"""A wish for a picture of one's own, told from a wish for pictures that there are."""

from __future__ import annotations

from uuid import UUID

import pytest

from agents.embeddings import LexicalEmbedder
from agents.models import NoModel
from agents.reflex.answers import Knowledge, meaning_of
from agents.reflex.custom import wants_new_picture
from agents.reflex.intents import Sight
from agents.reflex.lines import load_house_lines
from agents.reflex.phrases import fill
from agents.thinker import AgentThinker
from core.turns import Outcome
from personas.loader import load_from_library
from personas.schema import Persona
from tests.agents.conftest import FactFinder, FactList, FrozenClock, SendPack, make_turn, texts_of
from tools.context import ToolContext

NEW = (
    "can you make me a picture of you on a bike?",
    "please take a photo of you with a red scarf",
    "I'd love a custom pic",
    "Luna, make me a picture of you with a dog",
    "and now paint me another picture, with snow",
    "Make a selfie in the rain for me",
    "could you do a custom photo just for me",
    "machst du mir ein Foto am See?",
    "kannst du mir bitte ein Foto von dir beim Klettern machen?",
    "hazme una foto en la playa",
    "tu peux me faire une photo au bord de la mer ?",
    "mi fai una foto con il cappello?",
    "faz uma foto na praia pra mim?",
    "una foto personalizada, por favor",
)
NOT_NEW = (
    "do you have any pics?",
    "show me something at the beach",
    "send me a photo",
    "did you take that photo yourself?",
    "do you take pictures?",
    "who takes your pictures?",
    "hast du Fotos vom Strand?",
    "kannst du schöne Bilder schicken?",
    "¿tienes fotos de la playa?",
    "I took a photo of my dog today",
    "what a nice picture",
    "you make me picture us at the sea",
)


@pytest.mark.parametrize("text", NEW)
def test_a_picture_that_is_to_be_made(text: str) -> None:
    assert wants_new_picture(text)


@pytest.mark.parametrize("text", NOT_NEW)
def test_anything_else_is_not(text: str) -> None:
    assert not wants_new_picture(text)


class PaintsLater(SendPack):
    """Orders a picture, or says what a test asks for."""

    name = "generate_image"

    async def run(self, context: ToolContext, arguments: dict[str, object]) -> str:
        self.wishes.append(arguments.get("wish"))
        return self.answer or "The picture is being made: it takes a while and comes later in this chat by itself."


LUNA: Persona = load_from_library("luna")


async def think(text: str, *tools: SendPack) -> Outcome:
    thinker = AgentThinker(NoModel(), FactList(), FactFinder(), tools, LexicalEmbedder(), FrozenClock())
    return await thinker.think(make_turn(text, persona=LUNA))


async def test_a_custom_wish_is_ordered_and_promised(send_pack: SendPack) -> None:
    paints = PaintsLater()
    outcome = await think("can you make me a picture of you at the sea?", send_pack, paints)
    assert paints.wishes == ["can you make me a picture of you at the sea?"]
    assert send_pack.wishes == []
    assert texts_of(outcome)[-1] in LUNA.lines["picture_coming"]


async def test_where_none_is_made_there_is_the_vault(send_pack: SendPack) -> None:
    paints = PaintsLater()
    paints.answer = "No pictures are made here."
    outcome = await think("can you make me a picture of you at the sea?", send_pack, paints)
    assert len(send_pack.wishes) == 1
    assert "The sea at dusk" in texts_of(outcome)[-1]


UMBRELLA = "can you make a picture just for me, you with a red umbrella in the rain?"


async def test_what_cannot_be_made_is_said_and_what_there_is_offered(send_pack: SendPack) -> None:
    paints = PaintsLater()
    paints.answer = "No pictures are made here."
    outcome = await think(UMBRELLA, send_pack, paints)
    told = [fill(line, title="The sea at dusk") for line in LUNA.lines["custom_vault"]]
    assert texts_of(outcome)[-1] in told


@pytest.mark.parametrize("answer", ["The fan owns 'Rain' already, which fits best.", "No pack fits this wish."])
async def test_a_picture_that_cannot_be_made_is_not_called_owned(send_pack: SendPack, answer: str) -> None:
    paints = PaintsLater()
    paints.answer, send_pack.answer = "No pictures are made here.", answer
    outcome = await think(UMBRELLA, send_pack, paints)
    assert texts_of(outcome)[-1] in LUNA.lines["no_custom"]


async def test_pictures_that_there_are_come_from_the_vault(send_pack: SendPack) -> None:
    paints = PaintsLater()
    await think("can I see some pictures from the beach?", send_pack, paints)
    assert (len(send_pack.wishes), paints.wishes) == (1, [])


LYING = "The pack 'The sea at dusk' lies in this chat already, for 400 Stars instead of 500 Stars, and fits best."


async def test_what_lies_there_for_less_is_pointed_at_and_not_offered_anew(send_pack: SendPack) -> None:
    send_pack.answer = LYING
    outcome = await think("can I see some pictures from the beach?", send_pack)
    told = [fill(line, title="The sea at dusk") for line in LUNA.lines["lies_reduced"]]
    assert texts_of(outcome)[-1] in told


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it", "pt"])
def test_every_language_has_its_words_for_what_lies_there(language: str) -> None:
    assert all("{title}" in line for line in load_house_lines(language)["lies_reduced"])


@pytest.mark.parametrize(
    ("answer", "occasion"),
    [
        (
            "A picture for this fan is being made already, or waits for a person to look at it; it comes by itself.",
            "picture_busy",
        ),
        ("The fan has had as many pictures made as a day has. No other one is made until tomorrow.", "picture_enough"),
    ],
)
async def test_who_has_a_picture_on_its_way_hears_why_no_other_is_begun(
    send_pack: SendPack, answer: str, occasion: str
) -> None:
    paints = PaintsLater()
    paints.answer = answer
    outcome = await think("can you make me a picture of you at the sea?", send_pack, paints)
    assert texts_of(outcome)[-1] in LUNA.lines[occasion]
    assert send_pack.wishes == [], "a pack is no answer to that"


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it", "pt"])
def test_every_language_has_words_for_waiting(language: str) -> None:
    lines = load_house_lines(language)
    assert all(len(lines[occasion]) > 1 for occasion in ("picture_waits", "picture_busy", "picture_enough"))


def test_a_picture_in_a_place_where_people_meet_is_a_picture() -> None:
    """The embedder hears a dinner in "of you in the kitchen"; who asks for a picture is not told that nobody meets."""

    def heard(text: str) -> str:
        sight = Sight(UUID(int=1), text, "meet_up", 0.56, 0.97)
        return meaning_of(sight, Knowledge(load_from_library("luna"), (sight,)))

    assert heard("can you make me a picture of you in the kitchen?") == "content_request"
    assert heard("will you have dinner with me?") == "meet_up"
    assert heard("can we meet and take a picture?") == "meet_up"
