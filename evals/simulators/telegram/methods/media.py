"""Photos and videos: one, several, or for Stars; and the download of files."""

from __future__ import annotations

import secrets

from evals.simulators.telegram.bots import Bot
from evals.simulators.telegram.errors import bad_request
from evals.simulators.telegram.files import DOWNLOAD_BYTES, UPLOAD_BYTES
from evals.simulators.telegram.formatting import read_caption
from evals.simulators.telegram.methods.messages import read_extras, show
from evals.simulators.telegram.nouns import Entry, Json, StoredFile
from evals.simulators.telegram.params import Params, Upload

MOST_STARS = 25_000
PAYLOAD_BYTES = 128


async def send_photo(bot: Bot, params: Params) -> object:
    """Send one photo, uploaded or by its file_id."""
    chat = bot.reach(params)
    photo = _take(bot, "photo", params.text("photo"), params, params.uploads.get("photo"))
    caption = read_caption(params)
    extras = read_extras(chat, params)
    bot.limiter.take(chat.person.id)
    entry = Entry("photo", "bot", 0.0, text=str(caption.get("caption", "")), files=(photo,))
    return show(bot, chat, extras, entry, {"photo": bot.files.photo_sizes(photo), **caption})


async def send_media_group(bot: Bot, params: Params) -> object:
    """Send an album of 2 to 10; every item is a message of its own, and they share a media_group_id."""
    chat = bot.reach(params)
    items = params.objects("media")
    if not 2 <= len(items) <= 10:
        raise bad_request("group send requires from 2 to 10 items")
    taken = [(_take_item(bot, item, params), read_caption(Params(item))) for item in items]
    extras = read_extras(chat, params)
    bot.limiter.take(chat.person.id, len(items))
    group = str(secrets.randbits(53))
    return [
        show(
            bot,
            chat,
            extras,
            Entry(file.kind, "bot", 0.0, text=str(caption.get("caption", "")), files=(file,), group=group),
            {"media_group_id": group, **_shown(bot, file), **caption},
        )
        for file, caption in taken
    ]


async def send_paid_media(bot: Bot, params: Params) -> object:
    """Send 1 to 10 items that the fan sees after paying `star_count` Stars."""
    chat = bot.reach(params)
    stars = params.integer("star_count")
    if not 1 <= stars <= MOST_STARS:
        raise bad_request("STARS_AMOUNT_INVALID")
    payload = params.text("payload")
    if len(payload.encode()) > PAYLOAD_BYTES:
        raise bad_request("PAYLOAD_INVALID")
    items = params.objects("media")
    if not 1 <= len(items) <= 10:
        raise bad_request("wrong number of paid media: from 1 to 10 are allowed")
    files = tuple(_take_item(bot, item, params) for item in items)
    caption = read_caption(params)
    extras = read_extras(chat, params)
    bot.limiter.take(chat.person.id)
    paid = [{"type": file.kind, **_shown(bot, file)} for file in files]
    text = str(caption.get("caption", ""))
    entry = Entry("paid_media", "bot", 0.0, text=text, files=files, price=stars, locked=True, payload=payload)
    return show(bot, chat, extras, entry, {"paid_media": {"star_count": stars, "paid_media": paid}, **caption})


async def get_file(bot: Bot, params: Params) -> object:
    """Return where a file can be fetched."""
    if not params.given("file_id"):
        raise bad_request("file_id not specified")
    file = bot.files.find(params.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.data) > DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {**file.as_file(), "file_path": file.path}


def _shown(bot: Bot, file: StoredFile) -> Json:
    if file.kind == "photo":
        return {"photo": bot.files.photo_sizes(file)}
    return {"video": {**file.as_size(), "duration": 1, "mime_type": file.mime}}


def _take_item(bot: Bot, item: Json, params: Params) -> StoredFile:
    kind, media = item.get("type"), item.get("media")
    if kind not in ("photo", "video"):
        raise bad_request(f'can\'t parse InputMedia: media type "{kind}" is not supported')
    if not isinstance(media, str) or not media:
        raise bad_request("can't parse InputMedia: media not found")
    return _take(bot, str(kind), media, params, None)


def _take(bot: Bot, kind: str, media: str, params: Params, upload: Upload | None) -> StoredFile:
    """Return the file that a call means: an upload, `attach://` with its name, or the id of a file this bot knows."""
    if media.startswith("attach://"):
        upload = params.uploads.get(media.removeprefix("attach://"))
        if upload is None:
            raise bad_request(f'the attached file "{media.removeprefix("attach://")}" was not found')
    if upload is not None:
        return _keep(bot, kind, upload.data)
    if not media:
        raise bad_request(f"there is no {kind} in the request")
    if media.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")  # the simulator never leaves the machine
    file = bot.files.find(media)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return file


def _keep(bot: Bot, kind: str, data: bytes) -> StoredFile:
    if not data:
        raise bad_request("file must be non-empty")
    if len(data) > UPLOAD_BYTES:
        raise bad_request("file is too big")
    return bot.files.keep_photo(data) if kind == "photo" else bot.files.keep(kind, data)
