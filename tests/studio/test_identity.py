"""Likeness: real loading code over tiny weights, a score where it can be measured, and painting anew below the least."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.errors import BadInput, Misconfigured, SettingInvalid, Unavailable, Withdrawn
from core.pictures import Painted, PaintOrder, PaintWatch, PictureRequest
from studio.encoders import VisionEncoder, open_encoder
from studio.identity import STEP, Likeness, close_encoder, paint_alike, score
from tests.studio.painting import SheetPainter, Watch, colour_of, order, sheet
from tests.studio.tiny_encoder import make_clip, make_dino

ASKED = PictureRequest(prompt="a sheet", model="sheets", width=64, height=64, seed=3)


class Wheel:
    """An encoder that sees the mean colour; what it sees is a unit vector."""

    name = "wheel"

    async def encode(self, pictures: Sequence[bytes]) -> list[list[float]]:
        from studio.encoders import open_rgb

        found = []
        for data in pictures:
            mean = [float(value) + 1 for value in open_rgb(data).resize((1, 1)).getpixel((0, 0))]
            length = sum(value * value for value in mean) ** 0.5
            found.append([value / length for value in mean])
        return found


@pytest.mark.parametrize("make", [make_clip, make_dino])
async def test_a_picture_resembles_itself_most(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # one of two
    encoder = open_encoder(str(make(tmp_path)), device="cpu")
    try:
        one, other = sheet((200, 40, 40), stripe=20), sheet((20, 60, 200), stripe=50)
        same = await score(one, [one], encoder)
        assert same == pytest.approx(1.0, abs=1e-5)
        unlike = await score(one, [other], encoder)
        assert unlike is not None
        assert unlike < 0.9999
        assert await score(one, [other, sheet((200, 40, 40), kind="JPEG", stripe=20)], encoder) > unlike
        with pytest.raises(BadInput, match="PNG, JPEG or WebP"):
            await score(b"no picture", [one], encoder)
    finally:
        await close_encoder(encoder)


async def test_without_encoder_or_reference_there_is_no_score(tmp_path: Path) -> None:
    assert open_encoder("") is None
    assert await score(sheet((1, 2, 3)), [sheet((1, 2, 3))], None) is None
    assert await score(sheet((1, 2, 3)), [], Wheel()) is None
    made = await paint_alike(SheetPainter(), [order(ASKED, sheet((9, 9, 9)))], Watch(), Likeness(tries=5))
    assert [(one.score, one.tries) for one in made] == [(None, 1)]


async def test_a_wrong_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="MUSE_IMAGE_ENCODER"):
        open_encoder("no model at all")
    empty = VisionEncoder(str(tmp_path))
    with pytest.raises(Misconfigured, match="cannot be loaded as a vision model"):
        await empty.encode([sheet((1, 1, 1))])
    await close_encoder(empty)


async def test_what_is_unlike_is_painted_anew_and_the_best_is_kept() -> None:
    wanted = sheet(colour_of(ASKED.seed + STEP))  # what the second try draws
    painter, watch = SheetPainter(), Watch()
    orders = [order(ASKED, wanted), order(ASKED, sheet(colour_of(ASKED.seed))), order(ASKED)]
    made = await paint_alike(painter, orders, watch, Likeness(encoder=Wheel(), least=0.999, tries=4))
    assert [len(batch) for batch in painter.batches] == [3, 1]
    assert [one.tries for one in made] == [2, 1, 1]
    assert made[0].painted.seed == ASKED.seed + STEP
    assert made[0].score == pytest.approx(1.0, abs=1e-5)
    assert made[2].score is None


async def test_the_tries_end_and_the_best_of_them_stays() -> None:
    painter = SheetPainter()
    made = await paint_alike(
        painter, [order(ASKED, sheet((255, 0, 0)))], Watch(), Likeness(encoder=Wheel(), least=1.1, tries=3)
    )
    assert len(painter.batches) == 3
    scores = [await score(sheet(colour_of(ASKED.seed + STEP * n)), [sheet((255, 0, 0))], Wheel()) for n in range(3)]
    assert made[0].score == max(one for one in scores if one is not None)


class Failing(SheetPainter):
    """Paints once, and never again."""

    async def paint(self, orders: Sequence[PaintOrder], watch: PaintWatch) -> list[Painted]:
        if self.batches:
            raise Unavailable("gone")
        return await super().paint(orders, watch)


async def test_a_failure_to_do_better_loses_nothing() -> None:
    made = await paint_alike(
        Failing(), [order(ASKED, sheet((255, 0, 0)))], Watch(), Likeness(encoder=Wheel(), least=1.1, tries=3)
    )
    assert made[0].painted.seed == ASKED.seed
    with pytest.raises(Withdrawn):
        await paint_alike(SheetPainter(), [order(ASKED)], Watch(cancel_after=0), Likeness())
