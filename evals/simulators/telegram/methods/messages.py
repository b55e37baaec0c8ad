"""Texts: sent, edited, deleted; and the typing action."""

from __future__ import annotations

import time

from evals.simulators.telegram.bots import Bot
from evals.simulators.telegram.chats import Chat, typing
from evals.simulators.telegram.errors import bad_request
from evals.simulators.telegram.formatting import read_text
from evals.simulators.telegram.nouns import Entry, Json, now
from evals.simulators.telegram.params import Params

_RECORDED = ("video", "voice", "video_note")
ACTIONS = frozenset(
    {"typing", "upload_photo", "upload_document", "choose_sticker", "find_location"}
    | {f"{verb}_{what}" for verb in ("record", "upload") for what in _RECORDED}
)


async def send_message(bot: Bot, params: Params) -> object:
    """Send a text of 1 to 4096 UTF-16 code units."""
    text, entities = read_text(params)
    chat = bot.reach(params)
    extras = read_extras(chat, params)
    bot.limiter.take(chat.person.id)
    content: Json = {"text": text, **({"entities": entities} if entities else {})}
    return show(bot, chat, extras, Entry("text", "bot", 0.0, text=text), content)


async def edit_message_text(bot: Bot, params: Params) -> object:
    """Change a text that the bot sent."""
    text, entities = read_text(params)
    chat = bot.reach(params)
    entry = chat.find(params.integer("message_id"))
    if entry is None:
        raise bad_request("message to edit not found")
    if entry.sender != "bot":
        raise bad_request("message can't be edited")
    if entry.kind != "text":
        raise bad_request("there is no text in the message to edit")
    markup = params.json("reply_markup")
    if (text, markup) == (entry.text, entry.message.get("reply_markup")):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    bot.limiter.take(chat.person.id)
    changed = {k: v for k, v in entry.message.items() if k not in ("entities", "reply_markup")}
    changed |= {"text": text, "edit_date": now()}
    changed |= {**({"entities": entities} if entities else {}), **({"reply_markup": markup} if markup else {})}
    entry.text, entry.message, entry.edited_at = text, changed, time.monotonic()
    chat.changed()
    return entry.message


async def delete_message(bot: Bot, params: Params) -> object:
    """Take a message out of the chat, whoever wrote it."""
    chat = bot.reach(params)
    entry = chat.find(params.integer("message_id"))
    if entry is None:
        raise bad_request("message to delete not found")
    entry.deleted = True
    chat.changed()
    return True


async def send_chat_action(bot: Bot, params: Params) -> object:
    """Show that the bot is busy, for at most five seconds."""
    chat = bot.reach(params)
    action = params.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.add(typing("bot", action))
    return True


def read_extras(chat: Chat, params: Params) -> tuple[Json, Entry | None]:
    """Return the buttons and the message replied to. Raises `ApiError` when that is not there."""
    markup = params.json("reply_markup")
    if markup is not None and not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    shown: Json = {"reply_markup": markup} if markup and "inline_keyboard" in markup else {}
    reply = params.json("reply_parameters")
    if not isinstance(reply, dict):
        return shown, None
    found = chat.find(int(reply.get("message_id", 0)))
    if found is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return shown, found


def show(bot: Bot, chat: Chat, extras: tuple[Json, Entry | None], entry: Entry, content: Json) -> Json:
    """Put a message of the bot into the chat and return its Message object."""
    markup, reply_to = extras
    entry.message = bot.message(chat, bot.profile, {**content, **markup}, reply_to)
    entry.message_id, entry.at = int(str(entry.message["message_id"])), time.monotonic()
    chat.add(entry)
    return entry.message
