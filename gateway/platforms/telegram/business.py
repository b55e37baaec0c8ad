"""Telegram Business: chats in which the bot speaks in somebody's name, through a connection that they may end at any time."""

from __future__ import annotations

from core.errors import BadInput
from core.inbound import (
    AnyInbound,
    InboundConnection,
    InboundDelete,
    InboundEcho,
    InboundEdit,
    InboundOther,
)
from gateway.platforms.foreign import clean, moment
from gateway.platforms.telegram import wire
from gateway.platforms.telegram.chats import business_key
from gateway.platforms.telegram.messages import Reading, read_sender, read_talk, words_of


def read_connection(reading: Reading, connection: wire.Connection) -> InboundConnection:
    """Somebody lets the bot in, or out. Owners that the account does not name, where it names any, are not let in.

    Its date is that of the connection, not of the change; so the change is dated when we hear of it.
    """
    owner, named = str(connection.user.id), reading.account.options.get("business_owners") or ()
    rights = connection.rights.can_reply if connection.rights else connection.can_reply
    return InboundConnection(
        event_key=reading.key,
        at=reading.now,
        connection_key=clean(connection.id),
        owner_handle=owner,
        enabled=connection.is_enabled and (not named or owner in named),
        can_reply=rights,
    )


def read_message(reading: Reading, message: wire.Message) -> AnyInbound:
    """Read what was written in a connection's chat: by the fan, by ourselves, or by the chat's owner, who so takes over."""
    connection, chat = _where(message)
    if message.sender is None or message.chat.type != "private":
        return reading.other("business_message outside a private chat", moment(message.date))
    if message.sender.id == message.chat.id:
        return read_talk(reading, message, chat, connection)
    if message.is_from_offline:
        return reading.other("business_message by a greeting or a schedule", moment(message.date))
    bot = message.sender_business_bot
    return InboundEcho(
        event_key=reading.key,
        at=moment(message.date) or reading.now,
        conversation_key=chat,
        message_key=str(message.message_id),
        text=words_of(message),
        ours=bot is not None and bot.id == reading.bot_id,
    )


def read_edit(reading: Reading, message: wire.Message) -> AnyInbound:
    """Read an edit by the fan; what our side changes of its own words changes nothing here."""
    connection, chat = _where(message)
    at = moment(message.edit_date) or moment(message.date)
    if message.sender is None or message.sender.id != message.chat.id or message.chat.type != "private":
        return reading.other("edited_business_message of our side", at)
    return InboundEdit(
        event_key=reading.key,
        at=at or reading.now,
        sender=read_sender(message.sender),
        conversation_key=chat,
        message_key=str(message.message_id),
        text=words_of(message),
        connection_key=connection,
    )


def read_delete(reading: Reading, deleted: wire.DeletedMessages) -> InboundDelete | InboundOther:
    """Read which messages of a connection's chat are gone; Telegram says neither when nor by whom."""
    if deleted.chat.type != "private":
        return reading.other("deleted_business_messages outside a private chat")
    chat = business_key(clean(deleted.business_connection_id), deleted.chat.id)
    keys = tuple(str(number) for number in deleted.message_ids)
    return InboundDelete(event_key=reading.key, at=reading.now, conversation_key=chat, message_keys=keys)


def _where(message: wire.Message) -> tuple[str, str]:
    if not message.business_connection_id:
        raise BadInput("A business message names its connection.")
    connection = clean(message.business_connection_id)
    return connection, business_key(connection, message.chat.id)
