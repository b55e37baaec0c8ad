"""Telegram's JSON as it comes: only the fields we use. Everything else in an update is kept raw by the ingress."""

from __future__ import annotations

from msgspec import Raw, Struct, field

from gateway.platforms.foreign import Long, clean

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "message_reaction",
    "my_chat_member",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
)
"""What we ask Telegram for. Other kinds may still arrive for a while after a change, and are kept."""

# What Telegram answers without a code of its own; the README says where each is documented.
GONE = (
    "chat not found",
    "user not found",
    "PEER_ID_INVALID",
    "USER_IS_BLOCKED",
    "INPUT_USER_DEACTIVATED",
    "business connection not found",
    "BUSINESS_CONNECTION_INVALID",
    "BUSINESS_PEER_INVALID",
)
"""Answered as 400 although it means 403: this chat cannot be written to."""

WINDOW_OVER = ("BUSINESS_PEER_USAGE_MISSING",)
"""The fan has not written for a day, so the connection may not write either."""

REFUNDED = ("CHARGE_ALREADY_REFUNDED",)
"""The Stars were given back before."""


class User(Struct, frozen=True):
    """A person or a bot."""

    id: Long
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    username: str | None = None
    language_code: str | None = None


class Chat(Struct, frozen=True):
    """Where a message stands; a private chat has its user's id."""

    id: Long
    type: str


class File(Struct, frozen=True):
    """Any file of a message, and the answer of getFile (which adds `file_path`). Sizes in bytes and pixels."""

    file_id: str
    file_size: Long | None = None
    mime_type: str | None = None
    file_path: str | None = None
    width: Long = 0
    height: Long = 0
    emoji: str | None = None
    is_animated: bool = False
    is_video: bool = False


class Payment(Struct, frozen=True):
    """A Stars invoice that was paid; `total_amount` in the smallest units of `currency`."""

    invoice_payload: str
    telegram_payment_charge_id: str
    total_amount: Long | None = None
    currency: str | None = None


class RefundedPayment(Struct, frozen=True):
    """A Stars payment that was given back."""

    invoice_payload: str
    telegram_payment_charge_id: str


class UpdateId(Struct, frozen=True):
    """An update of which only the id matters."""

    update_id: Long


class MessageId(Struct, frozen=True):
    """A message of which only the id matters."""

    message_id: Long


class Message(Struct, frozen=True):
    """One message; at most one of the file fields is meant, animation before the document that repeats it."""

    message_id: Long
    chat: Chat
    sender: User | None = field(name="from", default=None)
    date: Long | None = None
    edit_date: Long | None = None
    text: str | None = None
    caption: str | None = None
    media_group_id: str | None = None
    reply_to_message: MessageId | None = None
    photo: tuple[File, ...] = ()
    voice: File | None = None
    sticker: File | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    audio: File | None = None
    document: File | None = None
    successful_payment: Payment | None = None
    refunded_payment: RefundedPayment | None = None
    business_connection_id: str | None = None
    sender_business_bot: User | None = None
    is_from_offline: bool = False


class Member(Struct, frozen=True):
    """What somebody is in a chat; in a private chat `kicked` means that the fan blocked the bot."""

    status: str


class MemberUpdate(Struct, frozen=True):
    """A change of the bot's own standing in a chat."""

    chat: Chat
    sender: User = field(name="from")
    new_chat_member: Member
    date: Long | None = None


class PaidMediaPurchase(Struct, frozen=True):
    """A fan unlocked paid media; it carries no date and no charge id."""

    sender: User = field(name="from")
    paid_media_payload: str


class PreCheckout(Struct, frozen=True):
    """A fan is about to pay an invoice; `total_amount` in the smallest units of `currency`."""

    id: str
    sender: User = field(name="from")
    currency: str
    total_amount: Long
    invoice_payload: str


class Rights(Struct, frozen=True):
    """What a business connection allows, as far as we ask."""

    can_reply: bool = False


class Connection(Struct, frozen=True):
    """Somebody lets the bot speak in their chats; `can_reply` stood beside the id before `rights` came."""

    id: str
    user: User
    is_enabled: bool
    rights: Rights | None = None
    can_reply: bool = False


class DeletedMessages(Struct, frozen=True):
    """Messages of a connection's chat that were taken back."""

    business_connection_id: str
    chat: Chat
    message_ids: tuple[Long, ...]


class ReactionType(Struct, frozen=True):
    """One reaction: an emoji, a custom one by its id, or a paid one."""

    type: str
    emoji: str | None = None
    custom_emoji_id: str | None = None


class ReactionChange(Struct, frozen=True):
    """What somebody has put under a message, all of it as it stands now."""

    chat: Chat
    message_id: Long
    user: User | None = None
    date: Long | None = None
    new_reaction: tuple[ReactionType, ...] = ()


class Partner(Struct, frozen=True):
    """Who sent Stars, and for what."""

    type: str
    user: User | None = None
    paid_media_payload: str | None = None
    invoice_payload: str | None = None


class StarTransaction(Struct, frozen=True):
    """One movement of Stars, `date` in Unix seconds; a payment of a fan has a `source`, and its id is the charge's."""

    id: str
    date: int = 0
    source: Partner | None = None


class StarTransactions(Struct, frozen=True):
    """Movements of Stars, oldest first."""

    transactions: tuple[StarTransaction, ...] = ()


class Parameters(Struct, frozen=True):
    """Hints of a refusal; `retry_after` in seconds."""

    retry_after: float | None = None


class Answer(Struct, frozen=True):
    """Every answer of the Bot API."""

    ok: bool
    result: Raw = Raw(b"null")
    error_code: int | None = None
    description: str = ""
    parameters: Parameters = Parameters()


class WebhookInfo(Struct, frozen=True):
    """How Telegram stands with our webhook; an empty `url` means that there is none."""

    url: str
    pending_update_count: int = 0
    last_error_date: Long | None = None
    last_error_message: str | None = None


def content(update: dict[str, Raw]) -> tuple[str, Raw]:
    """Return the update's kind and body: its one field beside the id. The name is cut to what a person can read."""
    name, body = next(((name, body) for name, body in update.items() if name != "update_id"), ("empty", Raw(b"null")))
    return clean(name[:64]), body
