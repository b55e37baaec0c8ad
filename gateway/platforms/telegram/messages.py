"""What a fan wrote: words, files and commands, the same in the bot's own chats and in those of a connection."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from core.inbound import AnyInbound, InboundEdit, InboundMessage, InboundOther, MediaRef, Sender
from core.nouns import Account
from gateway.platforms.commands import read_command
from gateway.platforms.foreign import clean, moment
from gateway.platforms.telegram import wire


class Reading(Struct, frozen=True):
    """One update that is being read: its key, the moment it is read at, and the account it came to."""

    key: str
    now: datetime
    account: Account

    @property
    def bot_id(self) -> int | None:
        """Return the bot's own user id, which stands before its token; none where there is no token."""
        number = self.account.secrets.get("token", "").partition(":")[0]
        return int(number) if number.isdecimal() and number.isascii() else None

    def other(self, kind: str, at: datetime | None = None) -> InboundOther:
        """Keep the update without acting on it."""
        return InboundOther(event_key=self.key, at=at or self.now, kind=kind)


def read_message(reading: Reading, message: wire.Message) -> AnyInbound:
    """Read a message of a private chat with the bot; payments have been taken out before."""
    if message.chat.type != "private":
        return reading.other("message outside a private chat", moment(message.date))
    return read_talk(reading, message, str(message.chat.id), None)


def read_talk(reading: Reading, message: wire.Message, chat: str, connection: str | None) -> AnyInbound:
    """Read what a fan wrote in a chat, of a connection or of the bot's own."""
    at, media = moment(message.date) or reading.now, _media(message)
    if message.text is None and message.caption is None and not media:
        return reading.other("message without text or file", at)
    text = words_of(message)
    command = None if media else read_command(text)
    return InboundMessage(
        event_key=reading.key,
        at=at,
        sender=sender_of(message),
        conversation_key=chat,
        message_key=str(message.message_id),
        kind="media" if media else "command" if command else "text",
        text=command or text,
        media=media,
        group_key=clean(message.media_group_id) if message.media_group_id else None,
        reply_to=str(message.reply_to_message.message_id) if message.reply_to_message else None,
        connection_key=connection,
    )


def read_edit(reading: Reading, message: wire.Message) -> AnyInbound:
    """Read an edit in a private chat with the bot."""
    at = moment(message.edit_date) or moment(message.date) or reading.now
    if message.chat.type != "private":
        return reading.other("edited_message outside a private chat", at)
    return InboundEdit(
        event_key=reading.key,
        at=at,
        sender=sender_of(message),
        conversation_key=str(message.chat.id),
        message_key=str(message.message_id),
        text=words_of(message),
    )


def sender_of(message: wire.Message) -> Sender:
    """Return who wrote; a private chat has its user's id where the sender is missing."""
    return read_sender(message.sender or wire.User(message.chat.id))


def read_sender(user: wire.User) -> Sender:
    """Return a user in our words."""
    name = clean(f"{user.first_name} {user.last_name}").strip()
    return Sender(
        handle=str(user.id),
        username=clean(user.username) if user.username else None,
        display_name=name or None,
        language=clean(user.language_code) if user.language_code else None,
        is_bot=user.is_bot,
    )


def words_of(message: wire.Message) -> str:
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
