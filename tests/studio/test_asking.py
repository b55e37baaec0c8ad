"""A request is cut down to the wish: the asking goes, what is to be seen stays, and in doubt all stays."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.asking import EDGES
from studio.wishes import bare_wish, clean_wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Can you make me a picture of you on a pottery wheel, just for me?", "on a pottery wheel"),
        ("hey, could you please paint me one of you reading?", "reading"),
        ("could you just please kindly paint me one of you reading?", "reading"),
        ("I'd like to see a picture of you in a hammock", "in a hammock"),
        ("I'd love a custom picture of you in the snow, thanks!", "in the snow"),
        ("Would you make a picture just for me? You, laughing", "laughing"),
        ("can you send me a selfie from the garden made just for me", "selfie from the garden"),
        ("kannst du mir bitte ein Foto von dir am See machen?", "am See"),
        ("ich hätte gern ein Bild von dir im Schnee, nur für mich", "im Schnee"),
        ("¿Me haces una foto tuya en el jardín, solo para mí?", "en el jardín"),
        ("me encantaría una foto tuya con un perro, por favor", "con un perro"),
        ("fais-moi une photo de toi à la plage s’il te plaît", "à la plage"),
        ("tu peux m'envoyer une photo de toi dans le train ?", "dans le train"),
        ("mi fai un'immagine di te con l'ombrello, per favore?", "con l'ombrello"),
        ("Faz-me uma foto tua na praia, só para mim", "na praia"),
        ("make me a picture of you please", ""),
    ],
)
def test_asking_goes_and_the_wish_stays(text: str, wish: str) -> None:
    assert bare_wish(text) == wish


@pytest.mark.parametrize(
    "text",
    ["make her 12", "take off your coat", "show me your best smile", "a mirror selfie in that blue dress", "you on the beach",
     "a picture of my neighbour", "die Kollegin, mit der wir Kaffee machen", "make me look like a film star", "send nudes"],
)  # fmt: skip
def test_in_doubt_all_stays(text: str) -> None:
    assert bare_wish(text) == text


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("can you make me a picture of you when you were sixteen?", "when you were sixteen"),
        ("ich hätte gern ein Bild von meiner Kollegin", "von meiner Kollegin"),
        ("fais-moi une photo prise sans ton accord", "prise sans ton accord"),
    ],
)
def test_what_must_be_judged_is_not_cut_off(text: str, tells: str) -> None:
    assert bare_wish(text) == tells


WHOLE = {
    "hey luna could you make me a picture of you at the beach with a red hat? thanks, by the way how was your day":
        "at the beach with a red hat",
    "Hi Luna! Please take a photo of you with a red scarf, please!": "with a red scarf",
    "Hallo Luna, kannst du mir bitte ein Foto von dir am See machen? Danke!": "am See",
    "machst du mir ein Bild mit rotem Hut? Wie geht's dir": "mit rotem Hut",
    "hola guapa, ¿me puedes hacer una foto en la playa con sombrero rojo? gracias": "en la playa con sombrero rojo",
    "coucou, tu peux me faire une photo au bord de la mer s'il te plaît ? merci beaucoup, ça va ?": "au bord de la mer",
    "ciao Luna, mi fai una foto con il cappello rosso per favore? come stai?": "con il cappello rosso",
    "oi linda, faz uma foto na praia de chapéu, por favor? tudo bem?": "na praia de chapéu",
    "a custom pic with a cake that says thanks": "a custom pic with a cake that says thanks",
    "I'd love a custom pic with how are you written on the sand": "with how are you written on the sand",
}  # fmt: skip


@pytest.mark.parametrize("text", WHOLE)
def test_the_name_and_the_talk_around_a_wish_go_too(text: str) -> None:
    assert bare_wish(clean_wish(text, ("Luna",))) == WHOLE[text]


@given(st.text(max_size=300))
def test_a_bare_wish_is_a_part_of_what_was_said(text: str) -> None:
    found = bare_wish(text)
    assert found in normalize("NFC", text)
    assert found == found.strip(EDGES)


@pytest.mark.parametrize("piece", ["please ", "just for me ", "one for me ", "hey, ", "a nice ", "?!", "thanks ", "ein Bild "])
def test_repeating_costs_nothing(piece: str) -> None:
    assert len(bare_wish(piece * 300)) <= 2000
