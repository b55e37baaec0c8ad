"""What an update means: one update becomes one event, and nothing that Telegram sends is an error."""

from __future__ import annotations

from datetime import datetime

from msgspec import Raw

from core.errors import BadInput
from core.inbound import AnyInbound, InboundOther, InboundReach, InboundReaction
from core.nouns import Account
from gateway.platforms.foreign import Long, clean, decode, moment
from gateway.platforms.telegram import business, messages, payments, wire
from gateway.platforms.telegram.messages import Reading, read_sender

REACH = {"kicked": False, "member": True}
PAID_REACTION = "⭐"


def read_update(raw: bytes | Raw, now: datetime, account: Account) -> AnyInbound:
    """Turn one update into its event; `now` stands where the update has no date. Raises `BadInput` without an id."""
    update = decode(raw, dict[str, Raw])
    if "update_id" not in update:
        raise BadInput("This is no Telegram update: it has no update_id.")
    reading = Reading(str(decode(update["update_id"], Long)), now, account)
    kind, body = wire.content(update)
    try:
        return _read(reading, kind, body)
    except BadInput:
        return InboundOther(event_key=reading.key, at=now, kind=kind, readable=False)


def _read(reading: Reading, kind: str, body: Raw) -> AnyInbound:
    match kind:
        case "message":
            message = decode(body, wire.Message)
            return payments.read_service(reading, message) or messages.read_message(reading, message)
        case "edited_message":
            return messages.read_edit(reading, decode(body, wire.Message))
        case "business_message":
            return business.read_message(reading, decode(body, wire.Message))
        case "edited_business_message":
            return business.read_edit(reading, decode(body, wire.Message))
        case "deleted_business_messages":
            return business.read_delete(reading, decode(body, wire.DeletedMessages))
        case "business_connection":
            return business.read_connection(reading, decode(body, wire.Connection))
        case "pre_checkout_query":
            return payments.read_checkout(reading, decode(body, wire.PreCheckout))
        case "purchased_paid_media":
            return payments.read_paid_media(reading, decode(body, wire.PaidMediaPurchase))
        case "message_reaction":
            return _reaction(reading, decode(body, wire.ReactionChange))
        case "my_chat_member":
            return _reach(reading, decode(body, wire.MemberUpdate))
        case _:
            return reading.other(kind)


def _reach(reading: Reading, change: wire.MemberUpdate) -> AnyInbound:
    at = moment(change.date) or reading.now
    reachable = REACH.get(change.new_chat_member.status)
    if change.chat.type != "private" or reachable is None:
        return reading.other("my_chat_member", at)
    chat, sender = str(change.chat.id), read_sender(change.sender)
    return InboundReach(event_key=reading.key, at=at, sender=sender, conversation_key=chat, reachable=reachable)


def _reaction(reading: Reading, change: wire.ReactionChange) -> AnyInbound:
    at = moment(change.date) or reading.now
    if change.chat.type != "private" or change.user is None:
        return reading.other("message_reaction outside a private chat", at)
    return InboundReaction(
        event_key=reading.key,
        at=at,
        sender=read_sender(change.user),
        conversation_key=str(change.chat.id),
        message_key=str(change.message_id),
        emoji=tuple(_emoji(one) for one in change.new_reaction),
    )


def _emoji(one: wire.ReactionType) -> str:
    """Name a reaction: the emoji itself, or what stands for one that has no sign of its own."""
    if one.type == "paid":
        return PAID_REACTION
    return clean(one.emoji or f"custom:{one.custom_emoji_id or one.type}")
