"""A painted picture comes out marked in every way, tells nothing of any fan, and reads again as what it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from core.errors import BadInput, Misconfigured
from core.pictures import Finisher
from studio.authority import ROOT
from studio.finishing import Finish
from studio.fitting import FITS, fits
from studio.metadata import AI_MADE, model_name
from studio.reading import read_provenance
from tests.studio.made import JOB, NOW, ORIGIN, finisher, noise, painted, painting, saved, shown


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("house")


@pytest.fixture
def finish(house: Path) -> Finish:
    return finisher(house)


def root(house: Path) -> str:
    return (house / "secrets" / ROOT).read_text()


def right_lower(picture: Image.Image) -> Image.Image:
    return picture.convert("RGB").crop((picture.width // 2, picture.height * 9 // 10, picture.width, picture.height))


async def test_a_painting_comes_out_marked_in_every_way(finish: Finisher, house: Path) -> None:
    made = await finish.finish(painted(saved(painting(256, 384))), ORIGIN)
    assert (made.mime, made.width, made.height) == ("image/jpeg", 256, 384)
    assert made.marks == ("c2pa", "metadata")
    told = read_provenance(made.data, root(house))
    assert told.state == "own"
    assert told.made_by_ai
    assert told.problems == ()
    assert told.actions == ("c2pa.created",)
    assert told.models == ("tiny/sd",)
    assert told.title == "A picture of Luna"
    assert told.software.startswith("Muse")
    assert (told.metadata_source, told.metadata_software) == (AI_MADE, "Muse")
    exif = shown(made.data).getexif()
    assert exif[0x010E] == "Made with AI"
    assert exif[0x0131] == "Muse"
    assert str(JOB).encode() in made.data


async def test_others_see_a_sound_signature_of_somebody_unknown(finish: Finisher) -> None:
    made = await finish.finish(painted(saved(painting())), ORIGIN)
    told = read_provenance(made.data)
    assert told.state == "untrusted"
    assert told.made_by_ai
    assert told.problems == ("signingCredential.untrusted",)


async def test_a_list_of_authorities_makes_a_signer_trusted(finish: Finisher, house: Path, tmp_path: Path) -> None:
    elsewhere = await finisher(tmp_path).finish(painted(saved(painting())), ORIGIN)
    ours = await finish.finish(painted(saved(painting())), ORIGIN)
    assert read_provenance(elsewhere.data, root(house)).state == "untrusted"
    assert read_provenance(elsewhere.data, root(house), root(tmp_path)).state == "trusted"
    assert read_provenance(ours.data, root(house), root(tmp_path)).state == "own"


@pytest.mark.parametrize("place", [0.5, 0.75, 0.99])
async def test_a_changed_pixel_is_seen(finish: Finisher, house: Path, place: float) -> None:
    made = await finish.finish(painted(saved(noise(256, 256))), ORIGIN)
    forged = bytearray(made.data)
    forged[int(len(forged) * place)] ^= 1
    told = read_provenance(bytes(forged), root(house))
    assert told.state == "broken"
    assert "assertion.dataHash.mismatch" in told.problems


async def test_a_manifest_cannot_be_put_on_another_picture(finish: Finisher, house: Path) -> None:
    made = await finish.finish(painted(saved(painting(200, 200))), ORIGIN)
    head = made.data[: made.data.rindex(b"\xff\xdb")]
    other = saved(noise(200, 200), "JPEG")
    told = read_provenance(head + other[other.index(b"\xff\xdb") :], root(house))
    assert told.state == "broken"


async def test_a_picture_saved_anew_has_lost_its_manifest_and_says_so(finish: Finisher, house: Path) -> None:
    made = await finish.finish(painted(saved(painting())), ORIGIN)
    told = read_provenance(saved(shown(made.data), "PNG"), root(house))
    assert (told.state, told.made_by_ai) == ("none", False)


async def test_nothing_of_what_came_in_stays(finish: Finisher) -> None:
    private = saved(painting(), "JPEG", comment=b"words of a fan", xmp=b"<a>prompt of a fan</a>")
    made = await finish.finish(painted(private), replace(ORIGIN, model="/srv/secret-place/my-model"))
    for data in (made.data, made.thumbnail):
        assert b"of a fan" not in data
        assert b"secret-place" not in data


async def test_the_thumbnail_is_small_and_marked(finish: Finisher) -> None:
    made = await finish.finish(painted(saved(painting(1000, 500))), ORIGIN)
    assert shown(made.thumbnail).size == (320, 160)
    told = read_provenance(made.thumbnail)
    assert (told.state, told.made_by_ai) == ("none", True)


async def test_a_picture_begun_with_another_names_it(finish: Finisher, house: Path) -> None:
    base = await finish.finish(painted(saved(painting())), ORIGIN)
    made = await finish.finish(painted(saved(noise(96, 128))), ORIGIN, base.data)
    told = read_provenance(made.data, root(house))
    assert (told.state, told.made_by_ai) == ("own", True)
    assert told.actions == ("c2pa.opened", "c2pa.edited")
    assert told.parents == ("the picture it was begun with",)
    unsigned = await finish.finish(painted(saved(painting())), ORIGIN, saved(noise(96, 128), "WEBP"))
    assert read_provenance(unsigned.data, root(house)).state == "own"


@pytest.mark.parametrize("platform", FITS)
async def test_each_platform_gets_what_it_takes_signed_again(finish: Finisher, house: Path, platform: str) -> None:
    master = await finish.finish(painted(saved(painting(900, 1800))), ORIGIN)
    made = await finish.variant(master.data, platform, ORIGIN)
    assert fits(made.data, FITS[platform])
    assert shown(made.data).size == (made.width, made.height)
    told = read_provenance(made.data, root(house))
    assert (told.state, told.made_by_ai, told.metadata_source) == ("own", True, AI_MADE)
    if made.data == master.data:
        assert made.marks == ("c2pa", "metadata")
    else:
        assert told.parents == ("the picture as it was made",)
        assert told.actions[0] == "c2pa.opened"
        assert told.models == ("tiny/sd",)
    assert ("visible" in made.marks) == FITS[platform].label


async def test_a_variant_within_few_bytes_leaves_room_for_its_manifest(finish: Finisher, house: Path) -> None:
    master = await finish.finish(painted(saved(noise(2400, 2200))), ORIGIN)
    assert len(master.data) > FITS["x"].bytes
    made = await finish.variant(master.data, "x", ORIGIN)
    assert len(made.data) <= FITS["x"].bytes
    assert read_provenance(made.data, root(house)).state == "own"


@pytest.mark.parametrize(("labels", "master_has_it", "instagram_has_it"), [
    ("platform", False, True), ("always", True, True), ("never", False, False),
])  # fmt: skip
async def test_words_stand_on_the_picture_where_they_are_wanted(
    house: Path, labels: str, master_has_it: bool, instagram_has_it: bool
) -> None:
    finish = finisher(house, image_labels=labels)
    plain = saved(Image.new("RGB", (800, 800), (120, 160, 140)))
    master = await finish.finish(painted(plain), ORIGIN)
    variant = await finish.variant(master.data, "instagram", ORIGIN)
    for made, wanted in ((master, master_has_it), (variant, instagram_has_it)):
        lowest, highest = right_lower(shown(made.data)).convert("L").getextrema()
        assert isinstance(lowest, int)
        assert isinstance(highest, int)
        assert (highest - lowest > 100) == wanted
        assert ("visible" in made.marks) == wanted
    again = await finish.variant(variant.data, "instagram", ORIGIN)
    assert again.width == 800


async def test_the_smallest_picture_has_room_for_the_words(house: Path) -> None:
    finish = finisher(house, image_labels="always", image_label_words="Dieses Bild wurde von einer KI gemacht, ganz und gar")
    made = await finish.finish(painted(saved(Image.new("RGB", (64, 64), "green"))), ORIGIN)
    assert made.width == 64


async def test_pictures_are_enlarged_where_that_is_set(house: Path) -> None:
    finish = finisher(house, image_upscaler="lanczos", image_long_side=512)
    made = await finish.finish(painted(saved(painting(96, 128))), ORIGIN)
    assert (made.width, made.height) == (384, 512)
    larger = await finish.finish(painted(saved(painting(600, 300))), ORIGIN)
    assert (larger.width, larger.height) == (600, 300)


async def test_what_is_no_picture_is_refused(finish: Finisher) -> None:
    with pytest.raises(BadInput):
        await finish.finish(replace(painted(saved(painting())), data=b"<html>"), ORIGIN)


async def test_many_at_once_are_each_their_own(finish: Finisher, house: Path) -> None:
    async with asyncio.TaskGroup() as group:
        jobs = [group.create_task(finish.finish(painted(saved(painting(64 + 8 * n, 64))), ORIGIN)) for n in range(6)]
    widths = [shown(job.result().data).width for job in jobs]
    assert widths == [64 + 8 * n for n in range(6)]
    assert {read_provenance(job.result().data, root(house)).state for job in jobs} == {"own"}


async def test_a_finisher_tries_its_certificate(finish: Finish, house: Path) -> None:
    await finish.check(NOW)
    secret = finish._marks.signing
    broken = Finish(replace(finish._marks, signing=replace(secret, chain=secret.root)), finish._upscaler)
    with pytest.raises(Misconfigured):
        await broken.check(NOW)


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("stabilityai/sdxl-turbo", "stabilityai/sdxl-turbo"),
        ("replicate:owner/model", "replicate:owner/model"),
        ("/srv/models/luna-v2", "luna-v2"),
        ("~/models/luna", "luna"),
        ("./luna", "luna"),
        ("C:\\models\\luna", "luna"),
        ("a/b/c", "c"),
    ],
)
def test_a_folder_is_not_told(model: str, told: str) -> None:
    assert model_name(model) == told
