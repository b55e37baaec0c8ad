"""What leaves is what the platform takes: deliveries and posts; and nothing that nobody has passed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from core.errors import Misconfigured, NotFound, Refused
from core.ids import new_id
from core.money import Money
from core.nouns import TurnInput
from core.outbound import AssetRef, FilesPart, PackPart, Part, PicturePart
from core.pictures import Finisher
from core.turns import Outcome, Send, Trace
from storage import assets
from storage.assets import MadeAsset
from studio.ai_marks import mark_in
from studio.keeping import Fitting, keep_finished
from studio.reading import read_provenance
from tests.conftest import TestDatabase
from tests.studio.made import JOB, NOW, ORIGIN, finisher, painted, painting, saved
from tests.workers.conftest import Crew
from tests.workers.press import Press
from tests.workers.steps import fan_says, states
from workers.jobs.deliver_messages import deliver_messages
from workers.outbox import Outbox

WIDE, TAKEN = 4400, 4096
"""Wider than Telegram is given, and how wide that is."""


@pytest.fixture
def fitted(crew: Crew, tmp_path: Path) -> Crew:
    """A crew whose pictures are fitted, as a running worker's are."""
    engine = crew.engine
    fitting = Fitting(engine.house.app, engine.house.blobs, lambda: finisher(tmp_path))
    outbox = Outbox("fitted", engine.house, engine.clock, engine.platforms, engine.figures, fitting=fitting)
    crew.engine = structs.replace(engine, fitting=fitting, outbox=outbox)
    crew.ctx = {"engine": crew.engine}
    return crew


@pytest.fixture
def press(fitted: Crew, database: TestDatabase) -> Press:
    return Press(fitted, fitted.bot.add_broadcast("Lunas", "lunas"), database.owner)


async def made(crew: Crew, folder: Path, width: int = WIDE, **more: Any) -> AssetRef:
    """Keep a picture that a model made."""
    engine, influencer = crew.engine, crew.account.influencer_id
    done = await finisher(folder).finish(painted(saved(painting(width, 300))), ORIGIN)
    kept = await keep_finished(engine.house.blobs, influencer, done)
    row = MadeAsset(
        asset=kept.asset, sha256=kept.sha256, size=kept.size, thumbnail_key=kept.thumbnail_key, marks=done.marks,
        **{"moderation": "passed", "judged_by": "tiny", "job_id": JOB, "model": "tiny/sd", "made_at": NOW, **more},
    )  # fmt: skip
    async with engine.house.app.unit(crew.account.agency_id) as unit:
        await assets.keep_made(unit, influencer, row)
    return kept.asset


async def say(crew: Crew, *parts: Part) -> None:
    """Let the agent answer in these parts, and send them."""

    async def think(turn: TurnInput) -> Outcome:
        return Outcome(Send(parts), Trace("test"))

    crew.thinker.answer = think
    chat = await fan_says(crew, "show me", 1)
    await crew.think()
    await deliver_messages(crew.ctx, str(crew.account.agency_id), str(chat))


async def test_pictures_of_messages_are_what_the_platform_takes_and_say_where_they_come_from(
    fitted: Crew, tmp_path: Path
) -> None:
    wide, small = await made(fitted, tmp_path), await made(fitted, tmp_path, 600)
    await say(fitted, PicturePart(new_id(), "for you (made by AI)", wide), FilesPart(new_id(), "Sea", (wide, small)))
    chat = fitted.fan.chat(fitted.bot)
    photos = [entry.files[0] for entry in chat.messages(kind="photo")]
    assert [one.width for one in photos] == [TAKEN, TAKEN, 600]
    told = read_provenance(photos[0].data)
    assert (told.made_by_ai, told.parents) == (True, ("the picture as it was made",))
    assert photos[2].data == await fitted.engine.house.blobs.get(small.blob_key), "what fits is left as it is"
    pack = PackPart(new_id(), new_id(), "Sea", "look", Money(5, "XTR"), "p-1", small, (wide, small))
    assert fitted.engine.fitting
    given = await fitted.engine.fitting.fit_part(fitted.account.agency_id, pack, "telegram")
    assert isinstance(given, PackPart)
    assert (given.preview, [one.width for one in given.items], given.items[1]) == (small, [TAKEN, 600], small)


async def test_a_picture_that_nobody_has_passed_stays_and_says_why(fitted: Crew, tmp_path: Path) -> None:
    held = await made(fitted, tmp_path, 600, moderation="held")
    await say(fitted, PicturePart(new_id(), "for you", held))
    assert fitted.fan.chat(fitted.bot).messages(kind="photo") == []
    assert [state for _, state in await states(fitted)] == ["not_sent"]


async def test_posts_too_and_what_a_model_made_says_so_whatever_was_asked(press: Press, tmp_path: Path) -> None:
    wide = await made(press.crew, tmp_path)
    out = await press.run((await press.plan("Sea", in_s=0, asset_ids=(wide.asset_id,), made_by_ai=False)).id)
    assert out.state == "published"
    (shown,) = press.broadcast.messages("bot")
    assert (shown.text, shown.files[0].width) == (f"Sea\n\n{mark_in('en').line}", TAKEN)


@pytest.mark.parametrize("more", [{"moderation": "held"}, {"moderation": "refused"}, {"made_for": "the fan"}])
async def test_held_ones_and_those_of_one_fan_are_in_no_post(press: Press, tmp_path: Path, more: dict[str, Any]) -> None:
    await fan_says(press.crew, "hi", 1)
    (fan,) = await press.ask("SELECT id FROM fans")
    given = {"made_for": fan} if "made_for" in more else more
    bad, good = await made(press.crew, tmp_path, 600, **given), await made(press.crew, tmp_path, 601)
    with pytest.raises(Refused, match="cannot be part of a pack or a post"):
        await press.plan(in_s=60, asset_ids=(good.asset_id, bad.asset_id))
    planned = await press.plan(in_s=0, asset_ids=(good.asset_id,))
    await press.ask("UPDATE assets SET moderation = 'refused' WHERE id = $1 RETURNING id", good.asset_id)
    failed = await press.run(planned.id)
    assert (failed.state, failed.error_class, press.shown()) == ("failed", "Refused", [])


async def test_nothing_is_opened_for_what_fits_and_a_broken_certificate_holds_back(fitted: Crew, tmp_path: Path) -> None:
    def broken() -> Finisher:
        raise Misconfigured("the certificate is over")

    house, agency = fitted.engine.house, fitted.account.agency_id
    fitting = Fitting(house.app, house.blobs, broken)
    small, wide = await made(fitted, tmp_path, 600), await made(fitted, tmp_path)
    assert await fitting.fit(agency, (small,), "telegram") == (small,)
    with pytest.raises(Misconfigured, match="certificate"):
        await fitting.fit(agency, (small, wide), "telegram")
    with pytest.raises(NotFound):
        await fitting.fit(agency, (structs.replace(small, asset_id=new_id()),), "telegram")
    assert await fitting.fit(agency, (), "nowhere") == ()
