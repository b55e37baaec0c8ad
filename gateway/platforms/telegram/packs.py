"""A pack as paid media: checked against Telegram's limits before anything leaves."""

from __future__ import annotations

import io

import aiohttp
import msgspec

from core.errors import BadInput
from core.outbound import AssetRef, PackPart
from core.ports import Blobs
from gateway.platforms.pieces import measure
from gateway.platforms.sniff import PICTURES, sniff

CAPTION_LIMIT = 1024
STARS = range(1, 25_001)
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
    if measure(part.caption, "utf16") > CAPTION_LIMIT:
        raise BadInput(f"A pack's caption holds at most {CAPTION_LIMIT} characters; split it first.")


async def paid_media(chat_id: int, part: PackPart, blobs: Blobs) -> aiohttp.FormData:
    """Build the body of sendPaidMedia with the pictures inside. Raises `BadInput`, and `NotFound` for a lost picture."""
    check(part)
    form = aiohttp.FormData()
    form.add_field("chat_id", str(chat_id))
    form.add_field("star_count", str(part.price.amount))
    form.add_field("payload", part.payload)
    if part.caption.strip():
        form.add_field("caption", part.caption)
    names = [f"item{number}" for number in range(len(part.items))]
    media = [{"type": "photo", "media": f"attach://{name}"} for name in names]
    form.add_field("media", msgspec.json.encode(media).decode())
    for name, item in zip(names, part.items, strict=True):
        data, mime = await _picture(item, blobs)
        form.add_field(name, io.BytesIO(data), filename=f"{name}.{mime.partition('/')[2]}", content_type=mime)
    return form


async def _picture(item: AssetRef, blobs: Blobs) -> tuple[bytes, str]:
    data = await blobs.get(item.blob_key)
    mime = sniff(data)
    if mime not in PICTURES:
        raise BadInput("A pack's file is no JPEG, PNG or WebP picture.")
    if len(data) > PHOTO_BYTES:
        raise BadInput("A pack's picture is larger than the 10 MB that Telegram takes.")
    return data, mime
