"""What an update means: one update becomes one event, and nothing that Telegram sends is an error."""

from __future__ import annotations

from datetime import datetime

from msgspec import Raw

from core.errors import BadInput
from core.inbound import (
    AnyInbound,
    InboundEdit,
    InboundMessage,
    InboundOther,
    InboundPurchase,
    InboundReach,
    MediaRef,
    Sender,
)
from gateway.platforms.commands import read_command
from gateway.platforms.foreign import Long, clean, decode, moment
from gateway.platforms.telegram import wire

REACH = {"kicked": False, "member": True}


def read_update(raw: bytes | Raw, now: datetime, sandbox: bool) -> AnyInbound:
    """Turn one update into its event; `now` stands where the update has no date. Raises `BadInput` without an id."""
    update = decode(raw, dict[str, Raw])
    if "update_id" not in update:
        raise BadInput("This is no Telegram update: it has no update_id.")
    key = str(decode(update["update_id"], Long))
    kind, body = wire.content(update)
    try:
        return _read(key, kind, body, now, sandbox)
    except BadInput:
        return InboundOther(event_key=key, at=now, kind=kind, readable=False)


def _read(key: str, kind: str, body: Raw, now: datetime, sandbox: bool) -> AnyInbound:
    match kind:
        case "message":
            return _message(key, decode(body, wire.Message), now, sandbox)
        case "edited_message":
            return _edit(key, decode(body, wire.Message), now)
        case "my_chat_member":
            return _reach(key, decode(body, wire.MemberUpdate), now)
        case "purchased_paid_media":
            bought = decode(body, wire.PaidMediaPurchase)
            return InboundPurchase(
                event_key=key,
                at=now,
                sender=_sender(bought.sender),
                conversation_key=str(bought.sender.id),  # a private chat has its user's id
                payload=clean(bought.paid_media_payload),
                sandbox=sandbox,
            )
        case _:
            return InboundOther(event_key=key, at=now, kind=kind)


def _message(key: str, message: wire.Message, now: datetime, sandbox: bool) -> AnyInbound:
    at = moment(message.date) or now
    if message.chat.type != "private":
        return InboundOther(event_key=key, at=at, kind="message outside a private chat")
    sender, chat = _sender(message.sender or wire.User(message.chat.id)), str(message.chat.id)
    if message.successful_payment:
        return InboundPurchase(
            event_key=key,
            at=at,
            sender=sender,
            conversation_key=chat,
            payload=clean(message.successful_payment.invoice_payload),
            charge_key=clean(message.successful_payment.telegram_payment_charge_id),
            sandbox=sandbox,
        )
    media = _media(message)
    if message.text is None and message.caption is None and not media:
        return InboundOther(event_key=key, at=at, kind="message without text or file")
    text = _words(message)
    command = None if media else read_command(text)
    return InboundMessage(
        event_key=key,
        at=at,
        sender=sender,
        conversation_key=chat,
        message_key=str(message.message_id),
        kind="media" if media else "command" if command else "text",
        text=command or text,
        media=media,
        group_key=clean(message.media_group_id) if message.media_group_id else None,
        reply_to=str(message.reply_to_message.message_id) if message.reply_to_message else None,
    )


def _edit(key: str, message: wire.Message, now: datetime) -> AnyInbound:
    at = moment(message.edit_date) or moment(message.date) or now
    if message.chat.type != "private":
        return InboundOther(event_key=key, at=at, kind="edited_message outside a private chat")
    return InboundEdit(
        event_key=key,
        at=at,
        sender=_sender(message.sender or wire.User(message.chat.id)),
        conversation_key=str(message.chat.id),
        message_key=str(message.message_id),
        text=_words(message),
    )


def _reach(key: str, change: wire.MemberUpdate, now: datetime) -> AnyInbound:
    at = moment(change.date) or now
    reachable = REACH.get(change.new_chat_member.status)
    if change.chat.type != "private" or reachable is None:
        return InboundOther(event_key=key, at=at, kind="my_chat_member")
    chat = str(change.chat.id)
    return InboundReach(event_key=key, at=at, sender=_sender(change.sender), conversation_key=chat, reachable=reachable)


def _sender(user: wire.User) -> Sender:
    name = clean(f"{user.first_name} {user.last_name}").strip()
    return Sender(
        handle=str(user.id),
        username=clean(user.username) if user.username else None,
        display_name=name or None,
        language=clean(user.language_code) if user.language_code else None,
        is_bot=user.is_bot,
    )


def _words(message: wire.Message) -> str:
    """Return the text, or the words beside a file; a sticker's are its emoji."""
    emoji = message.sticker.emoji if message.sticker else None
    return clean(message.text or message.caption or emoji or "")


def _media(message: wire.Message) -> tuple[MediaRef, ...]:
    if message.photo:
        return (_ref("photo", max(message.photo, key=lambda size: (size.width * size.height, size.file_size or 0))),)
    files = (
        ("voice", message.voice),
        ("sticker", message.sticker),
        ("video", message.animation or message.video or message.video_note),
        ("audio", message.audio),
        ("document", message.document),
    )
    found = next(((kind, file) for kind, file in files if file), None)
    return (_ref(*found),) if found else ()


def _ref(kind: str, file: wire.File) -> MediaRef:
    mime = clean(file.mime_type) if file.mime_type else None
    return MediaRef(kind=kind, file_id=clean(file.file_id), mime=mime, bytes=file.file_size)
