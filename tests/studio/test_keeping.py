"""Finished pictures among the files: kept once, fitted per platform, gone with their rows; and who may see which."""

from __future__ import annotations

import uuid

import asyncpg
import pytest
from msgspec.structs import replace

from core.errors import NotFound, Refused
from core.nouns import Account
from core.outbound import AssetRef
from core.pictures import Finished
from storage import assets, packs
from storage.assets import MadeAsset
from storage.exports import read_person
from storage.forgetting import forget, list_pending
from storage.house import House
from studio.finishing import Finish
from studio.keeping import Fitting, keep_finished
from studio.reading import read_provenance
from tests.conftest import Agency, TestDatabase, make_agency
from tests.shop.world import add_pack, start_chat
from tests.storage.world import make_account
from tests.studio.made import JOB, NOW, ORIGIN, finisher, painted, painting, saved


@pytest.fixture
async def luna(house: House, agency: Agency) -> Account:
    return await make_account(house, agency.id)


@pytest.fixture
def finish(tmp_path) -> Finish:  # type: ignore[no-untyped-def]  # a folder
    return finisher(tmp_path)


async def finished(finish: Finish, width: int = 600) -> Finished:
    return await finish.finish(painted(saved(painting(width, 400))), ORIGIN)


async def keep(house: House, luna: Account, made: Finished, **more: object) -> uuid.UUID:
    """Keep a finished picture as the queue does: the files first, then the row."""
    kept = await keep_finished(house.blobs, luna.influencer_id, made)
    row = MadeAsset(
        asset=kept.asset, sha256=kept.sha256, size=kept.size, thumbnail_key=kept.thumbnail_key, marks=made.marks,
        moderation="passed", judged_by="tiny", job_id=JOB, model="tiny/sd", made_at=NOW,
    )  # fmt: skip
    async with house.app.unit(luna.agency_id) as unit:
        return await assets.keep_made(unit, luna.influencer_id, replace(row, **more))


async def fitted(house: House, finish: Finish, agency_id: uuid.UUID, asset_id: uuid.UUID, platform: str) -> AssetRef:
    """Return a picture as a platform takes it."""
    item = AssetRef(asset_id, "as a message names it", "image/jpeg", 1, 1)
    (fit,) = await Fitting(house.app, house.blobs, lambda: finish).fit(agency_id, (item,), platform)
    return fit


async def found(house: House, luna: Account, asset_id: uuid.UUID) -> assets.Asset:
    async with house.app.unit(luna.agency_id) as unit:
        return await assets.find_asset(unit, asset_id)


async def test_the_same_picture_is_one_asset_and_keeps_what_was_decided(house: House, luna: Account, finish: Finish) -> None:
    made = await finished(finish)
    first = await keep(house, luna, made, moderation="held", reasons=("nobody looked",))
    async with house.app.unit(luna.agency_id) as unit:
        await assets.decide(unit, first, False, "ana")
    assert await keep(house, luna, made, moderation="passed") == first
    asset = await found(house, luna, first)
    assert (asset.moderation, asset.judged_by, asset.influencer, asset.made_by_ai) == ("refused", "ana", "Luna", True)
    assert await house.blobs.get(asset.blob_key) == made.data
    assert await house.blobs.get(asset.thumbnail_key or "") == made.thumbnail


async def test_held_pictures_are_decided_once(house: House, luna: Account, finish: Finish) -> None:
    asset_id = await keep(house, luna, await finished(finish), moderation="held")
    async with house.app.unit(luna.agency_id) as unit:
        await assets.decide(unit, asset_id, True, "ana")
        with pytest.raises(Refused, match="does not wait"):
            await assets.decide(unit, asset_id, False, "ben")


async def test_a_platform_gets_its_own_copy_once(house: House, luna: Account, finish: Finish) -> None:
    asset_id = await keep(house, luna, await finished(finish, 2000))
    args = (house, finish, luna.agency_id, asset_id)
    fit = await fitted(*args, "instagram")
    assert fit.asset_id == asset_id
    data = await house.blobs.get(fit.blob_key)
    assert read_provenance(data).parents == ("the picture as it was made",)
    assert await fitted(*args, "instagram") == fit
    as_made = await fitted(*args, "http")
    assert as_made.blob_key == (await found(house, luna, asset_id)).blob_key


async def test_what_no_model_made_is_fitted_and_not_marked(house: House, luna: Account, finish: Finish) -> None:
    data = saved(painting(2000, 400))
    await house.blobs.put("assets/drawn", data, "image/png")
    ref = replace((await keep_finished(house.blobs, luna.influencer_id, await finished(finish))).asset, blob_key="assets/drawn")
    async with house.app.unit(luna.agency_id) as unit:
        asset_id = await packs.put_asset(unit, luna.influencer_id, ref, b"sha", len(data))
    fit = await fitted(house, finish, luna.agency_id, asset_id, "instagram")
    told = read_provenance(await house.blobs.get(fit.blob_key))
    assert (fit.width, told.state, told.made_by_ai) == (1440, "none", False)


@pytest.mark.parametrize("moderation", ["held", "refused"])
async def test_nothing_leaves_that_nobody_has_passed(house: House, luna: Account, finish: Finish, moderation: str) -> None:
    asset_id = await keep(house, luna, await finished(finish), moderation=moderation)
    with pytest.raises(Refused, match=moderation):
        await fitted(house, finish, luna.agency_id, asset_id, "telegram")


async def test_a_picture_for_one_fan_or_a_held_one_is_in_no_pack(house: House, luna: Account, finish: Finish) -> None:
    chat = await start_chat(house, luna)
    own = await keep(house, luna, await finished(finish), made_for=chat.fan_id)
    held = await keep(house, luna, await finished(finish, 601), moderation="held")
    passed = await keep(house, luna, await finished(finish, 602))
    async with house.app.unit(luna.agency_id) as unit:
        pack = await add_pack(unit, luna.influencer_id, "sea")
        await assets.require_sharable(unit, [passed])
        await packs.set_pictures(unit, pack, passed, [passed])
    for bad in (own, held):
        async with house.app.unit(luna.agency_id) as unit:
            with pytest.raises(Refused, match="one fan"):
                await assets.require_sharable(unit, [passed, bad])
        for preview, items in ((bad, [passed]), (passed, [bad])):
            with pytest.raises(asyncpg.CheckViolationError):
                async with house.app.unit(luna.agency_id) as unit:
                    await packs.set_pictures(unit, pack, preview, items)


async def test_a_row_takes_its_files_along_but_not_those_of_another(house: House, luna: Account, finish: Finish) -> None:
    one, two = await finished(finish, 2000), await finished(finish, 2001)
    first, second = await keep(house, luna, one), await keep(house, luna, two)
    fit = await fitted(house, finish, luna.agency_id, first, "instagram")
    shared = await found(house, luna, first)
    async with house.app.unit(luna.agency_id) as unit:
        ref = replace(shared.ref(), asset_id=uuid.uuid4(), blob_key=shared.thumbnail_key or "")
        await packs.put_asset(unit, luna.influencer_id, ref, b"another row of the same file", 1)
        await assets.delete_asset(unit, first)
        with pytest.raises(NotFound):
            await assets.delete_asset(unit, first)
        gone = {key for pending in await list_pending(unit) for key in pending.items}
    assert gone == {shared.blob_key, fit.blob_key}
    assert (await found(house, luna, second)).width == 2001


async def test_a_forgotten_fan_takes_along_what_was_made_at_their_wish(house: House, luna: Account, finish: Finish) -> None:
    chat = await start_chat(house, luna)
    theirs = await keep(house, luna, await finished(finish), made_for=chat.fan_id)
    others = await keep(house, luna, await finished(finish, 601))
    key = (await found(house, luna, theirs)).blob_key
    async with house.app.unit(luna.agency_id) as unit:
        (shown,) = (await read_person(unit, chat.fan_id))["pictures"]
    assert shown["asset"]["id"] == str(theirs)
    await forget(house, luna.agency_id, chat.fan_id, NOW)
    async with house.app.unit(luna.agency_id) as unit:
        assert key in {item for pending in await list_pending(unit) for item in pending.items}
        with pytest.raises(NotFound):
            await assets.find_asset(unit, theirs)
    assert (await found(house, luna, others)).moderation == "passed"


async def test_an_agency_can_be_deleted_whole(house: House, luna: Account, finish: Finish, database: TestDatabase) -> None:
    asset_id = await keep(house, luna, await finished(finish, 2000))
    await fitted(house, finish, luna.agency_id, asset_id, "instagram")
    owner = await asyncpg.connect(database.owner)
    try:
        await owner.execute("DELETE FROM agencies WHERE id = $1", luna.agency_id)
        assert await owner.fetchval("SELECT count(*) FROM assets") == 0
    finally:
        await owner.close()


async def test_pictures_of_another_agency_are_not_there(
    house: House, luna: Account, finish: Finish, database: TestDatabase
) -> None:
    asset_id = await keep(house, luna, await finished(finish))
    other = await make_agency(database.owner, "other")
    with pytest.raises(NotFound):
        await fitted(house, finish, other.id, asset_id, "telegram")
