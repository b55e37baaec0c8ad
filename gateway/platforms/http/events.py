"""An app's events: each becomes one of ours, and none that can be told apart is an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from msgspec import Raw

from core.errors import BadInput
from core.inbound import (
    AnyInbound,
    InboundDelete,
    InboundEcho,
    InboundEdit,
    InboundMessage,
    InboundOther,
    InboundPurchase,
    InboundReach,
    InboundReaction,
    InboundRefund,
    MediaRef,
    Sender,
)
from core.money import Money
from gateway.platforms.commands import read_command
from gateway.platforms.foreign import clean, decode
from gateway.platforms.http import wire

Reader = Callable[[str, datetime, Raw, bool], AnyInbound]


def read_events(kept: bytes, now: datetime, sandbox: bool) -> list[AnyInbound]:
    """Turn a framed body into its events; in a batch the id of each is the webhook's, a full stop, its place.

    `now` stands where an event has no time. Raises `BadInput` for what is no event at all.
    """
    webhook_id, body = wire.unframe(kept)
    event = decode(body, wire.Event)
    if event.type != wire.BATCH:
        return [_read(webhook_id, event, now, sandbox)]
    events = decode(event.data, list[Raw])
    if not 0 < len(events) <= wire.LONGEST_BATCH:
        raise BadInput(f"A batch holds 1 to {wire.LONGEST_BATCH} events.")
    return [_in_batch(f"{webhook_id}.{n}", raw, now, sandbox) for n, raw in enumerate(events)]


def _in_batch(key: str, raw: Raw, now: datetime, sandbox: bool) -> AnyInbound:
    try:
        return _read(key, decode(raw, wire.Event), now, sandbox)
    except BadInput:  # its neighbours are taken all the same
        return InboundOther(event_key=key, at=now, kind="event of a batch", readable=False)


def _read(key: str, event: wire.Event, now: datetime, sandbox: bool) -> AnyInbound:
    kind = clean(event.type[:64])
    reader = READERS.get(event.type)
    if reader is None:
        return InboundOther(event_key=key, at=now, kind=kind)
    try:
        return reader(key, _utc(event.timestamp) if event.timestamp else now, event.data, sandbox)
    except BadInput:
        return InboundOther(event_key=key, at=now, kind=kind, readable=False)


def _created(key: str, at: datetime, data: Raw, _sandbox: bool) -> AnyInbound:
    written = decode(data, wire.Written)
    message, text = written.message, clean(written.message.text)
    if not text.strip() and not message.media:
        raise BadInput("A message has a text or a file.")
    command = None if message.media else read_command(text)
    return InboundMessage(
        event_key=key,
        at=at,
        sender=_sender(written.fan),
        conversation_key=_chat(written),
        message_key=_id(message.id),
        kind="media" if message.media else "command" if command else "text",
        text=command or text,
        media=tuple(_file(one) for one in message.media),
        group_key=None if message.group is None else _id(message.group),
        reply_to=None if message.reply_to is None else _id(message.reply_to),
    )


def _edited(key: str, at: datetime, data: Raw, _sandbox: bool) -> AnyInbound:
    written = decode(data, wire.Written)
    return InboundEdit(
        event_key=key,
        at=at,
        sender=_sender(written.fan),
        conversation_key=_chat(written),
        message_key=_id(written.message.id),
        text=clean(written.message.text),
    )


def _deleted(key: str, at: datetime, data: Raw, _sandbox: bool) -> AnyInbound:
    deleted = decode(data, wire.Deleted)
    keys = tuple(_id(one) for one in deleted.messages)
    return InboundDelete(event_key=key, at=at, conversation_key=_id(deleted.conversation), message_keys=keys)


def _sent(key: str, at: datetime, data: Raw, _sandbox: bool) -> AnyInbound:
    echo = decode(data, wire.Echoed)
    return InboundEcho(
        event_key=key,
        at=at,
        conversation_key=_id(echo.conversation),
        message_key=_id(echo.message.id),
        text=clean(echo.message.text),
        ours=None if echo.by is None else echo.by == "muse",
    )


def _bought(key: str, at: datetime, data: Raw, sandbox: bool) -> AnyInbound:
    bought = decode(data, wire.Bought)
    return InboundPurchase(
        event_key=key,
        at=at,
        sender=_sender(bought.fan),
        conversation_key=_chat(bought),
        payload=clean(bought.payload),
        paid=None if bought.paid is None else Money(bought.paid.amount, bought.paid.unit),
        charge_key=None if bought.charge is None else _id(bought.charge),
        sandbox=sandbox or bought.test,
    )


def _refunded(key: str, at: datetime, data: Raw, _sandbox: bool) -> AnyInbound:
    refund = decode(data, wire.Refunded)
    return InboundRefund(
        event_key=key,
        at=at,
        sender=_sender(refund.fan),
        conversation_key=_chat(refund),
        charge_key=_id(refund.charge),
        payload=clean(refund.payload),
    )


def _reacted(key: str, at: datetime, data: Raw, _sandbox: bool) -> AnyInbound:
    reaction = decode(data, wire.Reacted)
    return InboundReaction(
        event_key=key,
        at=at,
        sender=_sender(reaction.fan),
        conversation_key=_chat(reaction),
        message_key=_id(reaction.message),
        emoji=tuple(clean(one) for one in reaction.emoji),
    )


def _blocked(key: str, at: datetime, data: Raw, _sandbox: bool) -> AnyInbound:
    return _reach(key, at, data, False)


def _unblocked(key: str, at: datetime, data: Raw, _sandbox: bool) -> AnyInbound:
    return _reach(key, at, data, True)


def _reach(key: str, at: datetime, data: Raw, reachable: bool) -> AnyInbound:
    who = decode(data, wire.FromFan)
    return InboundReach(event_key=key, at=at, sender=_sender(who.fan), conversation_key=_chat(who), reachable=reachable)


READERS: Mapping[str, Reader] = {
    "message.created": _created,
    "message.edited": _edited,
    "message.deleted": _deleted,
    "message.sent": _sent,
    "purchase.completed": _bought,
    "purchase.refunded": _refunded,
    "reaction.changed": _reacted,
    "fan.blocked": _blocked,
    "fan.unblocked": _unblocked,
}
"""What is understood, by its type."""


def _sender(fan: wire.Fan) -> Sender:
    return Sender(
        handle=_id(fan.id),
        username=clean(fan.username) if fan.username else None,
        display_name=clean(fan.name).strip() or None if fan.name else None,
        language=clean(fan.language) if fan.language else None,
        is_bot=fan.bot,
        vouched=tuple(clean(handle) for handle in fan.verified),
    )


def _chat(done: wire.FromFan) -> str:
    return _id(done.fan.id if done.conversation is None else done.conversation)


def _id(given: str | int) -> str:
    return clean(str(given))


def _file(media: wire.Media) -> MediaRef:
    return MediaRef(media.kind, clean(media.url), clean(media.mime) if media.mime else None, media.bytes)


def _utc(at: datetime) -> datetime:
    """Read a moment without zone as UTC. Raises `BadInput` at the ends of the calendar."""
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise BadInput("The time is outside the calendar.") from None
