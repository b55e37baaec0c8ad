"""Pictures on their way up: a pack as paid media, open ones that were paid for or made for the fan. Checked first."""

from __future__ import annotations

import io

import aiohttp
import msgspec

from core.errors import BadInput
from core.outbound import AssetRef, FilesPart, PackPart, PicturePart
from core.ports import Blobs
from core.sniffing import PICTURES, sniff
from gateway.platforms.pieces import measure
from gateway.platforms.telegram.chats import Where

CAPTION_LIMIT = 1024
MOST_STARS = 25_000
STARS = range(1, MOST_STARS + 1)
ITEMS = range(1, 11)
PAYLOAD_BYTES = range(1, 129)
PHOTO_BYTES = 10_000_000


def check(part: PackPart) -> None:
    """Hold a pack to what sendPaidMedia takes. Raises `BadInput`."""
    if part.price.unit != "XTR":
        raise BadInput(f"Telegram sells for Stars only; this pack costs {part.price}.")
    if part.price.amount not in STARS:
        raise BadInput(f"A pack on Telegram costs 1 to 25000 Stars, not {part.price.amount}.")
    if len(part.items) not in ITEMS:
        raise BadInput(f"A pack on Telegram holds 1 to 10 pictures, not {len(part.items)}.")
    if len(part.payload.encode("utf-8", "replace")) not in PAYLOAD_BYTES:  # without one Telegram reports no purchase
        raise BadInput("A pack's payload must be 1 to 128 bytes long.")
    if measure(caption_of(part), "utf16") > CAPTION_LIMIT:
        raise BadInput(f"A pack's caption holds at most {CAPTION_LIMIT} characters; split it first.")


def caption_of(part: PackPart) -> str:
    """Return what stands under a pack: its caption, and what it costs without the promo that it is offered under."""
    reduced = f"{part.old_price} → {part.price}" if part.old_price else ""
    return "\n\n".join(text for text in (part.caption.strip(), reduced) if text)


async def paid_media(where: Where, part: PackPart, blobs: Blobs) -> aiohttp.FormData:
    """Build the body of sendPaidMedia with the pictures inside. Raises `BadInput`, and `NotFound` for a lost picture."""
    check(part)
    form = _form(where)
    form.add_field("star_count", str(part.price.amount))
    form.add_field("payload", part.payload)
    if caption := caption_of(part):
        form.add_field("caption", caption)
    await _add_media(form, part.items, blobs)
    return form


async def open_pictures(where: Where, part: FilesPart, blobs: Blobs) -> tuple[str, aiohttp.FormData]:
    """Build the call that shows pictures openly: one by sendPhoto, 2 to 10 by sendMediaGroup. Raises as `paid_media`."""
    if len(part.items) not in ITEMS:
        raise BadInput(f"Telegram shows 1 to 10 pictures at once, not {len(part.items)}; split them first.")
    form = _form(where)
    if len(part.items) == 1:
        await add_picture(form, "photo", part.items[0], blobs)
        return "sendPhoto", form
    await _add_media(form, part.items, blobs)
    return "sendMediaGroup", form


async def one_picture(where: Where, part: PicturePart, blobs: Blobs) -> aiohttp.FormData:
    """Build the body of sendPhoto for a picture that was made for the fan, with its caption. Raises as `paid_media`."""
    if measure(part.caption, "utf16") > CAPTION_LIMIT:
        raise BadInput(f"A picture's caption holds at most {CAPTION_LIMIT} characters; split it first.")
    form = _form(where)
    if part.caption.strip():
        form.add_field("caption", part.caption)
    await add_picture(form, "photo", part.item, blobs)
    return form


def _form(where: Where) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in where.fields().items():
        form.add_field(name, str(value))
    return form


async def _add_media(form: aiohttp.FormData, items: tuple[AssetRef, ...], blobs: Blobs) -> None:
    names = [f"item{number}" for number in range(len(items))]
    media = [{"type": "photo", "media": f"attach://{name}"} for name in names]
    form.add_field("media", msgspec.json.encode(media).decode())
    for name, item in zip(names, items, strict=True):
        await add_picture(form, name, item, blobs)


async def add_picture(form: aiohttp.FormData, name: str, item: AssetRef, blobs: Blobs) -> None:
    """Put a picture of ours into a form. Raises `BadInput` for one that Telegram does not take, `NotFound` for a lost one."""
    data, mime = await _picture(item, blobs)
    form.add_field(name, io.BytesIO(data), filename=f"{name}.{mime.partition('/')[2]}", content_type=mime)


async def _picture(item: AssetRef, blobs: Blobs) -> tuple[bytes, str]:
    data = await blobs.get(item.blob_key)
    mime = sniff(data)
    if mime not in PICTURES:
        raise BadInput("A pack's file is no JPEG, PNG or WebP picture.")
    if len(data) > PHOTO_BYTES:
        raise BadInput("A pack's picture is larger than the 10 MB that Telegram takes.")
    return data, mime
