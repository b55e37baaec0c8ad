"""The sample data: everything a first look needs, loaded once, the same every time."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from pathlib import Path

import asyncpg
import pytest
from PIL import Image

from cli import vault
from cli.seed import load_samples
from core.money import Money
from core.settings import Settings
from personas.loader import LIBRARY, list_personas
from personas.packs import load_packs
from storage.accounts import find_account, find_influencer, find_operator, put_account, put_influencer
from storage.house import House
from storage.packs import list_for_sale, pack_pictures
from storage.personas import Making, put_version, roll_back
from storage.promo_rows import list_promos
from tests.conftest import TestDatabase

TABLES = (
    "agencies",
    "operators",
    "influencers",
    "persona_versions",
    "accounts",
    "packs",
    "pack_items",
    "pack_prices",
    "assets",
)


async def count_rows(database: TestDatabase) -> dict[str, int]:
    owner = await asyncpg.connect(database.owner)
    try:
        return {table: await owner.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}
    finally:
        await owner.close()


@pytest.fixture
def small_library(tmp_path: Path) -> Path:
    """Every persona of the library, with its first pack only: drawing takes time."""
    library = tmp_path / "library"
    for slug in list_personas():
        (library / slug).mkdir(parents=True)
        for file in (LIBRARY / slug).iterdir():
            text = file.read_text()
            if file.name == "packs.toml":
                text = "[[packs]]" + text.split("[[packs]]")[1]
            (library / slug / file.name).write_text(text)
    return library


async def test_everything_is_there_once_and_a_second_run_draws_nothing(
    settings: Settings, database: TestDatabase, house: House, small_library: Path
) -> None:
    steps: list[str] = []
    assert await load_samples(settings, steps.append, small_library) == list_personas()
    rows = await count_rows(database)
    steps.clear()
    await load_samples(settings, steps.append, small_library)
    assert await count_rows(database) == rows
    assert steps == [", ".join(list_personas())], "nothing is drawn again"
    assert (await find_operator(house.app, "test-operator-token")).name == "owner"
    for slug in list_personas():
        account = await find_account(house.app, house.seal, "webchat", slug)
        assert (account.inbound, account.sandbox, account.autonomy) == ("page", True, "auto")
        avatar = Image.open(io.BytesIO(await house.blobs.get(str(account.options["avatar"]))))
        assert avatar.size == (512, 512)
        seed = load_packs(small_library / slug)[0]
        async with house.app.unit(account.agency_id) as unit:
            influencer = await find_influencer(unit, slug)
            (pack,) = await list_for_sale(unit, influencer.id, influencer.id, "webchat", None, "")
            preview, items = await pack_pictures(unit, pack.id)
        assert (pack.slug, Money(pack.amount, pack.unit)) == (seed.slug, seed.prices["webchat"])
        assert len(items) == seed.pictures
        assert preview is not None
        assert preview.asset_id not in {item.asset_id for item in items}
        for item in items:
            assert (
                Image.open(io.BytesIO(await house.blobs.get(item.blob_key))).size == (item.width, item.height) == (1080, 1350)
            )


async def test_what_an_operator_changed_stays(settings: Settings, house: House, small_library: Path) -> None:
    await load_samples(settings, lambda _: None, small_library)
    slug = list_personas()[0]
    account = await find_account(house.app, house.seal, "webchat", slug)
    async with house.app.unit(account.agency_id) as unit:
        influencer = await find_influencer(unit, slug)
        await put_influencer(unit, slug, "Renamed", {**influencer.persona, "tagline": "new"}, "their-own")
        await put_account(unit, house.seal, type(account)(**{**_fields(account), "autonomy": "approve"}))
    await load_samples(settings, lambda _: None, small_library)
    assert (await find_account(house.app, house.seal, "webchat", slug)).autonomy == "approve"
    async with house.app.unit(account.agency_id) as unit:
        assert (await find_influencer(unit, slug)).name == "Renamed"


async def test_a_changed_sample_becomes_a_new_version_unless_an_operator_chose_another(
    settings: Settings, house: House, small_library: Path
) -> None:
    await load_samples(settings, lambda _: None, small_library)
    mine, theirs = list_personas()[:2]
    account = await find_account(house.app, house.seal, "webchat", theirs)
    async with house.app.unit(account.agency_id) as unit:
        first = await find_influencer(unit, theirs)
        own = Making({**first.persona, "tagline": "theirs"}, "their-own", "ana")
        assert await put_version(unit, first.id, own)
    for slug in (mine, theirs):
        file = small_library / slug / "persona.toml"
        file.write_text(re.sub(r"(?m)^tagline = .*$", 'tagline = "Changed."', file.read_text()))
    steps: list[str] = []
    await load_samples(settings, steps.append, small_library)
    assert [step for step in steps if "version" in step] == [f"a new version of {mine}"]
    async with house.app.unit(account.agency_id) as unit:
        changed, kept = await find_influencer(unit, mine), await find_influencer(unit, theirs)
        assert (changed.persona_version, changed.persona["tagline"]) == (2, "Changed.")
        assert (kept.persona_version, kept.persona["tagline"]) == (2, "theirs")
        await roll_back(unit, changed.id, 1, "ana")
    await load_samples(settings, lambda _: None, small_library)
    async with house.app.unit(account.agency_id) as unit:
        assert (await find_influencer(unit, mine)).persona_version == 1, "rolled back by a person, it stays so"


def _fields(account: object) -> dict[str, object]:
    return {name: getattr(account, name) for name in account.__struct_fields__}  # type: ignore[attr-defined]  # a msgspec struct


def test_pictures_come_out_the_same_and_differ_from_each_other() -> None:
    scene = "an empty Atlantic beach at dusk, violet sky, long waves"
    assert vault.draw_scene(scene, "a") == vault.draw_scene(scene, "a")
    assert len({vault.draw_scene(scene, "a").data, vault.draw_scene(scene, "b").data, vault.draw_scene("rope", "a").data}) == 3


def test_words_that_name_nothing_become_a_landscape() -> None:
    picture = Image.open(io.BytesIO(vault.draw_scene("something nobody ever painted at night", "x").data))
    colours = picture.resize((8, 10)).getcolors()
    assert colours is not None
    assert len(colours) > 20


def test_a_preview_tells_nothing_of_its_picture() -> None:
    picture = vault.draw_scene("two glasses of pale wine on a parapet under the Milky Way", "x")
    preview = Image.open(io.BytesIO(vault.blur(picture).data)).convert("L")
    rows = [preview.crop((0, y, preview.width, y + 1)).tobytes() for y in range(0, preview.height, 40)]
    assert max(abs(a - b) for row in rows for a, b in pairwise(row)) <= 6


@pytest.mark.parametrize("slug", list_personas())
def test_every_scene_of_the_library_has_a_painter(slug: str) -> None:
    from cli.vault.scenes import SUBJECTS

    for pack in load_packs(LIBRARY / slug):
        for scene in pack.scenes:
            assert any(mark in scene.lower() for mark, _ in SUBJECTS), scene


def test_a_drawing_is_kept_for_the_next_stack(tmp_path: Path) -> None:
    drawn: list[str] = []

    def draw(words: str) -> vault.Picture:
        drawn.append(words)
        return vault.draw_scene(words, "x")

    first = vault.draw_once(draw, "rope", folder=tmp_path)
    assert vault.draw_once(draw, "rope", folder=tmp_path) == first
    assert vault.draw_once(draw, "soup", folder=tmp_path) != first
    assert drawn == ["rope", "soup"]
    for file in tmp_path.iterdir():
        file.write_bytes(b"half a pic")
    assert vault.draw_once(draw, "rope", folder=tmp_path) == first, "a broken file is drawn anew"


async def test_the_samples_have_honest_promos(settings: Settings, small_library: Path, house: House) -> None:
    """Nothing about them is scarce: no end, no number, and what the fan does not have to hurry for."""
    for slug in list_personas():
        whole, few = (LIBRARY / slug / "packs.toml").read_text(), small_library / slug / "packs.toml"
        few.write_text(f"{few.read_text()}\n[[promos]]{whole.partition('[[promos]]')[2]}")
    await load_samples(settings, lambda _: None, small_library)
    account = await find_account(house.app, house.seal, "webchat", "luna")
    async with house.app.unit(account.agency_id) as unit:
        promos = await list_promos(unit)
    assert {promo.influencer for promo in promos} == set(list_personas())
    assert {(promo.ends_at, promo.total, promo.state) for promo in promos} == {(None, None, "stands")}
    assert sum(promo.codes for promo in promos if promo.influencer == "luna") == 1
