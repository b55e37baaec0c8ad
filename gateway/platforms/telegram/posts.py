"""Posts in public: into a broadcast chat (Telegram calls it a channel) or a group, where the bot may post."""

from __future__ import annotations

import re

import aiohttp
import msgspec

from core.errors import BadInput
from core.outbound import AssetRef, Publication
from core.platform_policy import PublishPolicy
from core.ports import Blobs
from gateway.platforms.pieces import measure
from gateway.platforms.telegram.packs import CAPTION_LIMIT, ITEMS, add_picture

TARGET = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}|-100[0-9]{1,13}|-[0-9]{1,13}")
"""A public name, or a number below zero: a person's chat, whose number is above, is never posted into."""

PUBLISHING = PublishPolicy(
    text_limit=4096,
    caption_limit=CAPTION_LIMIT,
    most_pictures=ITEMS[-1],
    target_hint="the broadcast chat's @name, or its number such as -1001234567890",
)


def check(post: Publication) -> None:
    """Hold a post to what Telegram takes. Raises `BadInput` with what to change."""
    if not TARGET.fullmatch(post.target):
        raise BadInput(f"{post.target!r} is no place for posts on Telegram; name {PUBLISHING.target_hint}.")
    if len(post.items) > PUBLISHING.most_pictures:
        raise BadInput(f"A post on Telegram shows at most {PUBLISHING.most_pictures} pictures, not {len(post.items)}.")
    limit = PUBLISHING.caption_limit if post.items else PUBLISHING.text_limit
    length = measure(post.text, "utf16")
    if length > limit:
        what = "caption under pictures" if post.items else "post"
        raise BadInput(f"A {what} on Telegram holds at most {limit} characters, not {length}.")
    if not post.items and not post.text.strip():
        raise BadInput("A post needs words or pictures.")


async def call_of(post: Publication, blobs: Blobs) -> tuple[str, dict[str, object] | aiohttp.FormData]:
    """Build the call that publishes: words, one picture or several. Raises `BadInput`, and `NotFound` for a lost picture."""
    check(post)
    if not post.items:
        return "sendMessage", {"chat_id": post.target, "text": post.text}
    form = aiohttp.FormData()
    form.add_field("chat_id", post.target)
    if len(post.items) == 1:
        if post.text:
            form.add_field("caption", post.text)
        await add_picture(form, "photo", post.items[0], blobs)
        return "sendPhoto", form
    form.add_field("media", msgspec.json.encode(_media(post.items, post.text)).decode())
    for number, item in enumerate(post.items):
        await add_picture(form, f"item{number}", item, blobs)
    return "sendMediaGroup", form


def _media(items: tuple[AssetRef, ...], caption: str) -> list[dict[str, str]]:
    """Describe an album; its caption stands under the first picture."""
    described = [{"type": "photo", "media": f"attach://item{number}"} for number in range(len(items))]
    return [{**described[0], "caption": caption}, *described[1:]] if caption else described
