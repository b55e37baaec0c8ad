"""Photos, albums, paid media, files."""

import io

import aiohttp
import msgspec
import pytest

from tests.evals.simulators.telegram.conftest import make_picture


def multipart(media: list[dict] | None, files: dict[str, bytes], **params: object) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in {**params, **({"media": msgspec.json.encode(media).decode()} if media else {})}.items():
        form.add_field(name, str(value))
    for name, data in files.items():
        form.add_field(name, io.BytesIO(data), filename=f"{name}.jpg", content_type="image/jpeg")
    return form


async def test_a_photo_by_upload_then_by_its_id(api, telegram, luna, mia, session, picture):
    _, body = await api("sendPhoto", form=multipart(None, {"photo": picture}, chat_id=mia.id, caption="the sea"))
    sizes = body["result"]["photo"]
    assert [(size["width"], size["height"]) for size in sizes] == [(90, 68), (320, 240)]
    _, body = await api("sendPhoto", chat_id=mia.id, photo=sizes[-1]["file_id"])
    assert body["result"]["photo"][-1]["file_unique_id"] == sizes[-1]["file_unique_id"]
    shown = mia.chat(luna).messages(kind="photo")
    assert [(entry.text, entry.files[0].data == picture) for entry in shown] == [("the sea", True), ("", True)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a picture", "IMAGE_PROCESS_FAILED"),
        (make_picture(9000, 1001, "PNG"), "PHOTO_INVALID_DIMENSIONS"),
        (b"x" * (10 * 1024 * 1024 + 1), "is too big for a photo"),
        (b"", "file must be non-empty"),
    ],
)
async def test_a_photo_that_telegram_would_not_take(api, luna, mia, data, words):
    status, body = await api("sendPhoto", form=multipart(None, {"photo": data}, chat_id=mia.id))
    assert (status, words in body["description"]) == (400, True)
    assert mia.chat(luna).messages() == []


async def test_ids_of_other_bots_and_addresses_are_refused(api, telegram, luna, mia, picture):
    foreign = telegram.add_bot("Nova").files.keep_photo(picture).file_id
    voice = luna.files.keep("voice", b"ogg").file_id
    for photo, words in [
        (foreign, "wrong file identifier"),
        ("https://example.com/x.jpg", "failed to get HTTP URL content"),
        (voice, "can't use file of type Voice as Photo"),
        ("", "there is no photo in the request"),
    ]:
        status, body = await api("sendPhoto", chat_id=mia.id, photo=photo)
        assert (status, words in body["description"]) == (400, True)
    caption = (await api("sendPhoto", form=multipart(None, {"photo": picture}, chat_id=mia.id, caption="c" * 1025)))[1]
    assert caption["description"] == "Bad Request: message caption is too long"


async def test_an_album_out(api, luna, mia, picture):
    media = [{"type": "photo", "media": f"attach://p{n}", "caption": f"n{n}"} for n in range(2)]
    _, body = await api("sendMediaGroup", form=multipart(media, {"p0": picture, "p1": picture}, chat_id=mia.id))
    assert len({message["media_group_id"] for message in body["result"]}) == 1
    assert [entry.text for entry in await mia.chat(luna).wait_for(2, kind="photo")] == ["n0", "n1"]
    status, _ = await api("sendMediaGroup", form=multipart(media[:1], {"p0": picture}, chat_id=mia.id))
    assert status == 400


async def test_paid_media_is_locked_until_bought(api, luna, mia, picture):
    media = [{"type": "photo", "media": "attach://a"}, {"type": "video", "media": "attach://b"}]
    form = multipart(media, {"a": picture, "b": b"mp4"}, chat_id=mia.id, star_count=50, payload="offer-7", caption="Beach")
    _, body = await api("sendPaidMedia", form=form)
    paid = body["result"]["paid_media"]
    assert (paid["star_count"], [item["type"] for item in paid["paid_media"]]) == (50, ["photo", "video"])
    [offer] = mia.chat(luna).messages(kind="paid_media")
    assert (offer.price, offer.locked, str(offer)) == (50, True, "[locked, 50 Stars, 2 items] Beach")
    update = luna.feed.history[mia.buy(luna, offer)]
    assert update["purchased_paid_media"] == {"from": mia.person.as_user(), "paid_media_payload": "offer-7"}
    assert not offer.locked
    assert (await api("getMyStarBalance"))[1]["result"] == {"amount": 50}
    with pytest.raises(ValueError, match="nothing to buy"):
        mia.buy(luna, offer)
    again = [{"type": "photo", "media": paid["paid_media"][0]["photo"][-1]["file_id"]}]
    await api("sendPaidMedia", chat_id=mia.id, star_count=1, media=again)
    assert mia.buy(luna, mia.chat(luna).messages(kind="paid_media")[1]) is None  # no payload, no update


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"star_count": 0}, "STARS_AMOUNT_INVALID"),
        ({"star_count": 25_001}, "STARS_AMOUNT_INVALID"),
        ({"star_count": "many"}, 'invalid value of parameter "star_count" specified'),
        ({"payload": "ä" * 65}, "PAYLOAD_INVALID"),
        ({"media": []}, "from 1 to 10"),
        ({"media": [{"type": "photo", "media": "attach://a"}] * 11}, "from 1 to 10"),
        ({"media": [{"type": "photo", "media": "attach://zzz"}]}, 'attached file "zzz" was not found'),
        ({"media": [{"type": "sticker", "media": "attach://a"}]}, 'media type "sticker" is not supported'),
        ({"media": [{"type": "photo"}]}, "media not found"),
        ({"media": "{"}, "can't parse media JSON object"),
        ({"media": "{}"}, "expected an Array"),
    ],
)
async def test_wrong_paid_media(api, luna, mia, changes, words):
    params = {"chat_id": mia.id, "star_count": 5, "media": [{"type": "photo", "media": "attach://a"}], **changes}
    status, body = await api("sendPaidMedia", **params)
    assert (status, words in body["description"]) == (400, True)
    assert mia.chat(luna).messages() == []


async def test_a_fans_photo_can_be_fetched(api, telegram, luna, mia, session, picture):
    mia.send_photo(luna, picture, "me")
    message = (await api("getUpdates"))[1]["result"][-1]["message"]
    file = (await api("getFile", file_id=message["photo"][-1]["file_id"]))[1]["result"]
    assert file["file_size"] == len(picture)
    async with session.get(f"{telegram.base_url}/file/bot{luna.token}/{file['file_path']}") as response:
        assert await response.read() == picture
    for url, status in [(f"/file/bot{luna.token}/photos/none.jpg", 404), (f"/file/botwrong/{file['file_path']}", 401)]:
        async with session.get(telegram.base_url + url) as response:
            assert response.status == status
    assert (await api("getFile", file_id="nope"))[0] == (await api("getFile"))[0] == 400
    big = luna.files.keep("video", b"x" * (20 * 1024 * 1024 + 1))
    assert (await api("getFile", file_id=big.file_id))[1]["description"] == "Bad Request: file is too big"
