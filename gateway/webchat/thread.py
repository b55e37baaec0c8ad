"""A conversation as its fan sees it: nothing of drafts, turns, states or other people."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.nouns import Account, Fan, Message
from gateway.webchat.wording import PageWords
from shop.purchases import Gallery, galleries_of
from storage.unit import Unit

SHOWN_STATES = {None: "sent", "sent": "sent", "pending": "pending", "sending": "pending", "unknown": "sent"}


class PictureView(Struct, frozen=True):
    """A picture of a bought pack."""

    url: str
    width: int
    height: int


class PackView(Struct, frozen=True):
    """An offered pack; `items` are empty until it is bought. `old_price`: what it costs without a promo, where it has one."""

    offer_id: UUID
    title: str
    caption: str
    price: str
    owned: bool
    preview: str | None
    items: list[PictureView]
    old_price: str | None = None


class MadeView(Struct, frozen=True):
    """A picture that was made for the fan; `alt` is what the page reads out, and says that an AI made it."""

    url: str
    width: int
    height: int
    alt: str


class ThreadItem(Struct, frozen=True, rename={"from_": "from"}):
    """One thing in the chat. `from_` is fan, influencer, operator or system; `key` is the page's own key of a fan's message."""

    id: UUID
    from_: str
    kind: str
    text: str
    at: datetime
    state: str
    key: str | None = None
    pack: PackView | None = None
    picture: MadeView | None = None


async def show_items(unit: Unit, account: Account, fan: Fan, messages: list[Message], words: PageWords) -> list[ThreadItem]:
    """Turn rows into what the page shows; what never left is left out."""
    offers = [UUID(m.meta["offer_id"]) for m in messages if m.kind == "pack"]
    shown = await galleries_of(unit, fan.id, offers) if offers else {}
    return [_item(account, m, shown, words) for m in messages if m.delivery_state in SHOWN_STATES]


def _item(account: Account, message: Message, galleries: dict[UUID, Gallery], words: PageWords) -> ThreadItem:
    authors = {"agent": "influencer"}
    pack = None
    if message.kind == "pack":
        pack = _pack(account, message, galleries.get(UUID(message.meta["offer_id"])))
    return ThreadItem(
        id=message.id,
        from_=authors.get(message.author, message.author),
        kind="text" if message.kind == "command" else message.kind,
        text=_text_of(message, words),
        at=message.sent_at,
        state=SHOWN_STATES[message.delivery_state],
        key=message.platform_message_id if message.direction == "in" else None,
        pack=pack,
        picture=_made(account, message, words),
    )


def _made(account: Account, message: Message, words: PageWords) -> MadeView | None:
    if message.kind != "media" or "asset_id" not in message.meta or message.delivery_state not in ("sent", "unknown"):
        return None
    meta = message.meta
    url = f"/chat/{account.key}/media/{meta['asset_id']}"
    return MadeView(url, meta["width"], meta["height"], meta.get("alt") or words.say("made"))


def _text_of(message: Message, words: PageWords) -> str:
    if message.kind == "purchase":
        title = message.meta.get("title")
        return words.say("unlocked", title=title) if title else words.say("unlocked_some")
    return message.text


def _pack(account: Account, message: Message, gallery: Gallery | None) -> PackView:
    def url(asset_id: UUID) -> str:
        return f"/chat/{account.key}/media/{asset_id}"

    owned = gallery is not None and gallery.owned
    items = [PictureView(url(i.asset_id), i.width, i.height) for i in gallery.items] if gallery and owned else []
    preview = url(gallery.preview.asset_id) if gallery and gallery.preview else None
    return PackView(
        offer_id=UUID(message.meta["offer_id"]),
        title=message.meta["title"],
        caption=message.text,
        price=message.meta["price"],
        owned=owned,
        preview=preview,
        items=items,
        old_price=message.meta.get("old_price"),
    )
