"""A wish for a picture of one's own, told from a wish for pictures that there are."""

from __future__ import annotations

import pytest

from agents.reflex.custom import wants_new_picture

NEW = (
    "can you make me a picture of you on a bike?",
    "please take a photo of you with a red scarf",
    "I'd love a custom pic",
    "Make a selfie in the rain for me",
    "could you do a custom photo just for me",
    "machst du mir ein Foto am See?",
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
    "¿tienes fotos de la playa?",
    "I took a photo of my dog today",
    "what a nice picture",
)


@pytest.mark.parametrize("text", NEW)
def test_a_picture_that_is_to_be_made(text: str) -> None:
    assert wants_new_picture(text)


@pytest.mark.parametrize("text", NOT_NEW)
def test_anything_else_is_not(text: str) -> None:
    assert not wants_new_picture(text)
