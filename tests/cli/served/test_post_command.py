"""`muse post` and `muse credits`, against the real gateway."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import aiohttp
import pytest
from PIL import Image

from cli.desk.short_ids import shorten
from core.ids import new_id
from storage import credits, posts
from storage.jobs import QUEUE
from storage.posts import NewPost, Settled
from tests.cli.served.terminal_user import TerminalUser
from tests.gateway.conftest import Gateway
from tests.shop.world import start_chat
from tests.studio.keeping import HELD, finish_picture

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d 18:00")


@pytest.fixture
def user(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> TerminalUser:
    return TerminalUser(gateway.url, Path(gateway.settings.data_dir), monkeypatch, capsys)


async def test_a_post_is_planned_shown_changed_and_taken_off(gateway: Gateway, user: TerminalUser) -> None:
    assert "Nothing stands" in await user.see("post", "list")
    await user.see("post", "place", "telegram/luna", "@lunas")
    printed = await user.see(
        "post", "add", "luna", "Good evening", "--on", "telegram/luna", "--at", TOMORROW, "--repeat", "weekly"
    )
    assert f"planned for {TOMORROW} Europe/Lisbon on telegram/luna:@lunas, and again" in printed
    (row,) = await user.read("post", "list", "-i", "luna", "-s", "planned")
    short = shorten(UUID(row["id"]))
    shown = await user.see("post", "show", short)
    for words in (short, TOMORROW, "planned", "telegram/luna:@lunas", "by ana", "Good evening"):
        assert words in shown
    assert "is changed" in await user.see(
        "post", "edit", short, "--caption", "Good night", "--at", TOMORROW.replace("18", "21", 1)
    )
    assert "Good night" in await user.see("post", "list")
    assert "off the calendar" in await user.see("post", "cancel", short)
    assert "brings no more posts" in await user.see("post", "cancel", short, "--series")
    code, printed = await user.type("post", "edit", short, "--caption", "x")
    assert (code, printed) == (5, "muse: The post is cancelled; it cannot be changed any more.\n")
    assert (await user.type("post", "edit", short))[0] == 2
    assert await gateway.house.redis.queued_jobs(queue_name=QUEUE) == [], "it is not soon"


async def test_a_post_goes_to_each_place_once_and_with_all_its_words(user: TerminalUser) -> None:
    """What was typed is planned, or refused; none of it is let go silently."""
    await user.see("post", "place", "telegram/luna", "@lunas")
    post = ("post", "add", "luna", "Hi", "--on", "telegram/luna:@lunas")
    at = ("--at", TOMORROW)
    for words, told in (
        ((*at, "--on", "telegram/luna"), "telegram/luna:@lunas is named twice"),
        ((*at, "--caption-on", "http/luna", "Other words"), "--caption-on http/luna: the post does not go there"),
        (("--at", TOMORROW[:10]), "is a day without its time"),
        ((*at, "--late", "-3"), "--late takes hours"),
        ((*at, "--late", "nan"), "--late takes hours"),
        ((*at, "--ai", "--not-ai"), "not allowed with"),
        ((*at, "--language", "english"), "two small letters"),
    ):
        code, printed = await user.type(*post, *words)
        assert (code, told in printed) == (2, True), printed
    assert await user.read("post", "list") == []
    both = await user.see(*post, *at, "--on", "telegram/luna:@others", "--caption-on", "telegram/luna", "Both")
    assert both.count("is planned") == 2


async def test_a_picture_of_the_vault_is_named_by_its_short_id(user: TerminalUser, tmp_path: Path) -> None:
    Image.new("RGB", (64, 80), "teal").save(tmp_path / "one.jpg")
    short = (await user.see("pack", "assets", "luna", "--add", str(tmp_path / "one.jpg"))).split()[-1]
    post = ("post", "add", "luna", "Look", "--on", "telegram/luna:@lunas", "--at", TOMORROW, "--picture")
    assert "is planned" in await user.see(*post, short)
    (row,) = await user.read("post", "list")
    assert [shorten(UUID(one)) for one in row["asset_ids"]] == [short]
    assert (await user.type(*post, "nosuch")) == (5, "muse: There is no picture 'nosuch'; type: muse pack assets luna\n")


async def test_a_set_of_made_pictures_goes_into_a_post_by_its_album_or_one_by_one(gateway: Gateway, user: TerminalUser) -> None:
    """What `muse image batch` made is sorted into an album, or named as `muse image list` names it."""
    agency, luna = gateway.telegram.agency_id, gateway.telegram.influencer_id
    made = [await finish_picture(gateway.house, agency, luna, n, wish=f"advent {n}", source="calendar") for n in (1, 2, 3)]
    jobs, pictures = [shorten(job) for job, _ in made], [str(asset) for _, asset in made]
    post = ("post", "add", "luna", "Look", "--on", "telegram/luna:@lunas", "--at", TOMORROW)
    assert "is planned" in await user.see(*post, "--picture", jobs[1], "--picture", pictures[0])
    await user.see("image", "album", "add", "Advent", jobs[2], "-i", "luna")
    await user.see("image", "album", "add", "Advent", jobs[0], "-i", "luna")
    assert "is planned" in await user.see(*post, "--album", "Advent")
    assert "is planned" in await user.see(*post, "--album", "Advent", "--picture", jobs[0])
    rows = await user.read("post", "list")
    assert [row["asset_ids"] for row in rows] == [
        [pictures[1], pictures[0]],
        [pictures[2], pictures[0]],
        [pictures[0], pictures[2]],
    ]
    assert all(row["made_by_ai"] for row in rows)
    assert "there are: Advent" in (await user.type(*post, "--album", "Lent"))[1]
    held, _ = await finish_picture(gateway.house, agency, luna, 4, **HELD)
    await user.see("image", "album", "add", "Advent", shorten(held), "-i", "luna")
    code, printed = await user.type(*post, "--album", "Advent")
    assert code == 5
    assert "is held or was refused" in printed
    for job in (*jobs, shorten(held)):
        await user.see("image", "album", "remove", "Advent", job, "-i", "luna")
    assert "no picture in the album 'Advent'" in (await user.type(*post, "--album", "Advent"))[1]


async def test_what_a_platform_would_not_take_is_refused_with_what_to_do(user: TerminalUser) -> None:
    for place, words in (
        ("telegram/luna:lunas", "name the broadcast chat's @name"),
        ("webchat/luna", "posts go out on http, telegram"),
        ("telegram/mara", "there are telegram/luna, webchat/luna"),
    ):
        code, printed = await user.type("post", "add", "luna", "Hello", "--on", place, "--at", TOMORROW)
        assert code == 2
        assert words in printed
    assert (await user.type("post", "place", "webchat/luna", "x"))[0] == 2
    assert (await user.type("post", "place", "telegram/luna", "12345"))[0] == 2
    assert (await user.type("post", "show", "zzz"))[0] == 5


async def test_a_proposal_waits_for_a_yes_and_then_names_no_chat(gateway: Gateway, user: TerminalUser) -> None:
    chat = await start_chat(gateway.house, gateway.telegram)
    at = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(minutes=2)
    proposed = NewPost(
        id=new_id(), influencer_id=chat.influencer_id, account_id=gateway.telegram.id, group_id=new_id(), state="proposed",
        local_at=at, zone="UTC", planned_at=at.replace(tzinfo=UTC), target="@lunas", caption="For Mia", made_by="agent",
        conversation_id=chat.id,
    )  # fmt: skip
    async with gateway.house.app.unit(chat.agency_id) as unit:
        await posts.add_post(unit, proposed)
    assert "proposed in conversation" in await user.see("post", "show", str(proposed.id))
    assert "goes out at" in await user.see("post", "approve", str(proposed.id))
    row = await user.read("post", "show", str(proposed.id))
    assert (row["state"], row["approved_by"], row["conversation_id"]) == ("planned", "ana", None)
    assert [job.function for job in await gateway.house.redis.queued_jobs(queue_name=QUEUE)] == ["PublishPost"]
    code, printed = await user.type("post", "approve", str(proposed.id))
    assert (code, printed) == (5, "muse: The post is planned; only a proposal waits for a yes.\n")


async def test_a_post_in_doubt_is_settled_and_whoever_looks_hears_of_it(gateway: Gateway, user: TerminalUser) -> None:
    await user.see("post", "add", "luna", "Doubtful", "--on", "telegram/luna:@lunas", "--at", TOMORROW)
    (row,) = await user.read("post", "list")
    await user.see("post", "publish-now", row["id"])
    assert (await user.type("post", "settle", row["id"], "published"))[0] == 5, "it is not in doubt"
    agency = gateway.telegram.agency_id
    async with gateway.house.app.unit(agency) as unit:
        await posts.fall_due(unit, row["id"], datetime.now(UTC))
        token = await posts.claim_post(unit, row["id"], "w1")
        assert token == 1
        await posts.settle_post(unit, row["id"], token, Settled("unknown", error=ValueError("lost")), datetime.now(UTC))
    assert "lost" in await user.see("post", "list", "-s", "unknown")
    events = f"{gateway.url}/api/calendar/events"
    async with (
        asyncio.timeout(20),
        aiohttp.ClientSession() as session,
        session.get(events, headers=gateway.operator) as stream,
    ):
        assert b"event: change" in await stream.content.readuntil(b"\r\n\r\n")
        assert "Noted: " in await user.see("post", "settle", row["id"], "failed")
        heard = await stream.content.readuntil(b"\r\n\r\n")
    assert b"event: post" in heard
    assert row["id"].encode() in heard
    assert b"Doubtful" not in heard
    assert "once more" in await user.see("post", "settle", row["id"], "again")
    assert (await user.read("post", "show", row["id"]))["state"] == "planned"


async def test_credits_are_shown_granted_and_set_apart(gateway: Gateway, user: TerminalUser) -> None:
    assert "without limit" in await user.see("credits", "show")
    assert "500 left" in await user.see("credits", "grant", "500", "--note", "March", "--key", "march")
    again = await user.see("credits", "grant", "700", "--key", "march")
    assert "500 left" in again, "the same key is booked once"
    assert "the key march was booked before; nothing was changed" in again
    assert "400 left" in await user.see("credits", "grant", "-100")
    quota = await user.read("credits", "quota", "luna", "150")
    assert (quota["agency"]["available"], quota["influencers"][0]["quota"]) == (250, 150)
    async with gateway.house.app.unit(gateway.telegram.agency_id) as unit:
        await credits.reserve(unit, gateway.telegram.influencer_id, 20, new_id())
    shown = await user.see("credits", "show")
    assert "20 set apart" in shown
    assert "130" in shown
    history = await user.see("credits", "history", "-i", "luna")
    assert "reserve" in history
    assert "March" not in history
    assert "March" in await user.see("credits", "history")
    assert "380 left" in await user.see("credits", "quota", "luna", "--none")
    code, printed = await user.type("credits", "quota", "luna", "1000")
    assert (code, printed) == (5, "muse: The agency has not so many credits left; grant it some first.\n")
    assert (await user.type("credits", "quota", "nobody", "1"))[0] == 5


async def test_the_key_of_the_top_up_webhook_is_shown_once(user: TerminalUser) -> None:
    printed = await user.see("credits", "secret")
    assert "/credits/demo/top-ups" in printed
    assert "whsec_" in printed
    await user.see("credits", "secret")
    assert (await user.type("credits", "secret"))[0] == 5, "two hold already"
    assert "forgotten" in await user.see("credits", "secret", "--drop-old")


async def test_a_time_that_is_none_is_wrong_usage(user: TerminalUser) -> None:
    code, printed = await user.type("post", "add", "luna", "Hello", "--on", "telegram/luna:@lunas", "--at", "now")
    assert code == 2, printed
