"""Each platform gets a picture within its bounds; what fits already is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import BadInput
from core.settings import Settings
from core.sniffing import sniff_picture
from gateway.platforms.registry import open_platforms
from storage.blobs import open_blobs
from studio.fitting import FITS, Fit, fit_for_platform, fits, pack, shape
from studio.pictures import measure, read_picture
from tests.studio.made import noise, painting, saved, shown

AWKWARD = {
    "tall": saved(painting(40, 2000)),
    "wide": saved(painting(2000, 40)),
    "webp": saved(painting(300, 200), "WEBP"),
    "clear": saved(painting(300, 200).convert("RGBA")),
    "long": saved(painting(4500, 90), "JPEG"),
    "small": saved(painting(64, 64)),
}


@pytest.mark.parametrize("platform", FITS)
@pytest.mark.parametrize("kind", AWKWARD)
def test_what_comes_out_is_within_the_bounds(platform: str, kind: str) -> None:
    made = fit_for_platform(AWKWARD[kind], platform)
    assert fits(made, FITS[platform])
    assert fit_for_platform(made, platform) is made


@pytest.mark.parametrize("platform", FITS)
def test_what_fits_is_left_byte_for_byte(platform: str) -> None:
    data = saved(painting(800, 800), "JPEG")
    assert fit_for_platform(data, platform) is data


def test_too_many_bytes_are_made_fewer() -> None:
    fit = Fit(("image/jpeg", "image/png"), 60_000, 4096)
    data = saved(noise(500, 500))
    assert len(data) > 500_000
    made = pack(shape(read_picture(data), fit), fit, sniff_picture(data), spare=10_000)
    assert len(made) <= 50_000
    assert sniff_picture(made) == "image/jpeg"


def test_what_cannot_be_made_small_enough_is_refused() -> None:
    fit = Fit(("image/jpeg",), 1200, 4096)
    with pytest.raises(BadInput, match="small enough"):
        pack(noise(400, 400), fit, "image/jpeg")


def test_nothing_is_cut_off_where_proportions_are_bound() -> None:
    made = shown(fit_for_platform(saved(painting(1000, 100)), "instagram"))
    width, height = made.size
    assert width / height <= 1.91
    middle = height // 2
    left, right = made.getpixel((10, middle - 40)), made.getpixel((width - 10, middle + 40))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[0] > 200 > left[2]
    assert right[2] > 200 > right[0]


def test_a_large_picture_becomes_as_large_as_the_platform_shows() -> None:
    assert max(measure(fit_for_platform(saved(painting(3000, 2400), "JPEG"), "instagram"))) == 1440


async def test_every_platform_that_muse_knows_has_bounds(tmp_path: Path) -> None:
    known = open_platforms(Settings(), open_blobs(tmp_path.as_uri()))
    assert set(known) <= set(FITS)
    for platform in known.values():
        await platform.close()


def test_an_unknown_platform_is_named() -> None:
    with pytest.raises(BadInput, match="myspace"):
        fit_for_platform(AWKWARD["small"], "myspace")
