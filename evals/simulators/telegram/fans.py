"""The hands of a person who uses Telegram: writes to bots, buys, blocks."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Sequence

from evals.simulators.telegram.bots import Bot
from evals.simulators.telegram.business import Connection
from evals.simulators.telegram.chats import Chat
from evals.simulators.telegram.files import measure
from evals.simulators.telegram.formatting import units
from evals.simulators.telegram.nouns import Entry, Json, Person, now
from evals.simulators.telegram.params import Params

PRE_CHECKOUT_S = 10.0


class TelegramUser:
    """One person. What they do makes updates at once; the bot gets them by webhook or long poll.

    Every action raises `ValueError` when the person could not do it in the app.
    """

    def __init__(self, person: Person) -> None:
        self.person = person

    @property
    def id(self) -> int:
        """Return the Telegram user id, which is the private chat's id too."""
        return self.person.id

    def chat(self, bot: Bot) -> Chat:
        """Return the chat with a bot, as this person sees it."""
        return bot.chat(self.person)

    def start(self, bot: Bot, payload: str = "") -> Entry:
        """Press Start, with the payload of a deep link if there is one; a bot that was blocked may write again."""
        if self.chat(bot).blocked:
            self.unblock(bot)
        self.chat(bot).opened = True
        return self.send_text(bot, f"/start {payload}".rstrip())

    def send_text(self, bot: Bot, text: str, reply_to: Entry | None = None) -> Entry:
        """Write a text; a command at its start is marked as the app marks it."""
        if not text.strip() or units(text) > 4096:
            raise ValueError("The app sends texts of 1 to 4096 characters; push_raw_update takes anything.")
        content: Json = {"text": text}
        if text.startswith("/") and len(command := text.split(maxsplit=1)[0]) > 1:
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": units(command)}]
        return self._send(bot, Entry("text", "user", 0.0, text=text), content, reply_to)

    def send_photo(self, bot: Bot, data: bytes, caption: str = "") -> Entry:
        """Send a photo, with a caption or without."""
        return self._send_photo(bot, data, caption, None)

    def send_album(self, bot: Bot, photos: Sequence[bytes], caption: str = "") -> list[Entry]:
        """Send 2 to 10 photos together: an update each, joined by their media_group_id; the caption goes with the first."""
        if not 2 <= len(photos) <= 10:
            raise ValueError("An album has 2 to 10 photos.")
        group = str(secrets.randbits(53))
        return [self._send_photo(bot, data, "" if n else caption, group) for n, data in enumerate(photos)]

    def send_voice(self, bot: Bot, data: bytes, seconds: int = 3) -> Entry:
        """Send a voice message."""
        file = bot.files.keep("voice", data)
        voice = {**file.as_file(), "duration": seconds, "mime_type": file.mime}
        return self._send(bot, Entry("voice", "user", 0.0, files=(file,)), {"voice": voice})

    def send_sticker(self, bot: Bot, data: bytes, emoji: str = "🙂") -> Entry:
        """Send a sticker."""
        file = bot.files.keep("sticker", data, 512, 512)
        sticker = {**file.as_size(), "type": "regular", "is_animated": False, "is_video": False, "emoji": emoji}
        return self._send(bot, Entry("sticker", "user", 0.0, text=emoji, files=(file,)), {"sticker": sticker})

    def edit(self, bot: Bot, entry: Entry, text: str) -> Entry:
        """Change a text of one's own; the bot gets an edited_message."""
        if entry.sender != "user" or entry.kind != "text":
            raise ValueError("Only a text of one's own can be edited.")
        entry.text, entry.edited_at = text, time.monotonic()
        entry.message = {**entry.message, "text": text, "edit_date": now()}
        bot.feed.push("edited_message", entry.message, self.id)
        self.chat(bot).changed()
        return entry

    def block(self, bot: Bot) -> int | None:
        """Stop the bot: it gets a my_chat_member update and may not write any more."""
        return self._set_blocked(bot, True)

    def unblock(self, bot: Bot) -> int | None:
        """Let the bot write again."""
        return self._set_blocked(bot, False)

    def buy(self, bot: Bot, entry: Entry) -> int | None:
        """Unlock paid media; the bot hears of it only if it gave a payload, and then the update's id is returned."""
        if entry.kind != "paid_media" or not entry.locked or entry.deleted:
            raise ValueError(f"There is nothing to buy in {entry}.")
        entry.locked = False
        bot.charge(self.person, entry.price or 0, entry.payload, "paid_media")
        for chat in (self.chat(bot), *(connection.chat(self.person) for connection in bot.connections.values())):
            chat.changed()
        if not entry.payload:
            return None
        purchase = {"from": self.person.as_user(), "paid_media_payload": entry.payload}
        return bot.feed.push("purchased_paid_media", purchase, self.id)

    async def pay(self, bot: Bot, entry: Entry, seconds: float = PRE_CHECKOUT_S) -> Entry | None:
        """Pay an invoice: ask the bot first, then send successful_payment; None when it said no or nothing within `seconds`."""
        if entry.kind != "invoice" or not entry.locked:
            raise ValueError(f"There is nothing to pay in {entry}.")
        terms: Json = {"currency": "XTR", "total_amount": entry.price, "invoice_payload": entry.payload}
        answer = await self._ask(bot, "pre_checkout_query", terms, seconds)
        if answer is None or not answer.boolean("ok"):
            return None
        charge = bot.charge(self.person, entry.price or 0, entry.payload, "invoice")
        entry.locked = False
        payment = {**terms, "telegram_payment_charge_id": charge.id, "provider_payment_charge_id": ""}
        paid = Entry("payment", "user", 0.0, price=entry.price, payload=entry.payload)
        return self._send(bot, paid, {"successful_payment": payment})

    def react(self, bot: Bot, entry: Entry, *emoji: str) -> int | None:
        """Put emoji under a message, in place of those put there before; none takes them back."""
        if entry.deleted or not entry.message_id:
            raise ValueError(f"There is nothing to react to in {entry}.")
        old, entry.reactions = entry.reactions, emoji
        self.chat(bot).changed()
        change: Json = {
            "chat": self.person.as_chat(),
            "message_id": entry.message_id,
            "user": self.person.as_user(),
            "date": now(),
            "old_reaction": [{"type": "emoji", "emoji": one} for one in old],
            "new_reaction": [{"type": "emoji", "emoji": one} for one in emoji],
        }
        return bot.feed.push("message_reaction", change, self.id)

    def connect(self, bot: Bot, can_reply: bool = True) -> Connection:
        """Connect a bot to one's own chats, as people with Telegram Business may."""
        connection = Connection(bot, self.person, can_reply)
        bot.connections[connection.id] = connection
        connection.tell()
        return connection

    async def press(self, bot: Bot, entry: Entry, data: str, seconds: float = 15.0) -> Params | None:
        """Press a button under a message; return the bot's answer, None when it gave none within `seconds`."""
        content: Json = {"message": entry.message, "chat_instance": str(self.id), "data": data}
        return await self._ask(bot, "callback_query", content, seconds)

    async def _ask(self, bot: Bot, kind: str, content: Json, seconds: float) -> Params | None:
        query_id, answer = bot.ask(seconds)
        bot.feed.push(kind, {"id": query_id, "from": self.person.as_user(), **content}, self.id)
        await asyncio.wait([answer], timeout=seconds)
        return answer.result() if answer.done() else None

    def _send_photo(self, bot: Bot, data: bytes, caption: str, group: str | None) -> Entry:
        photo = bot.files.keep("photo", data, *measure(data))
        content: Json = {"photo": bot.files.photo_sizes(photo)}
        content |= {**({"caption": caption} if caption else {}), **({"media_group_id": group} if group else {})}
        return self._send(bot, Entry("photo", "user", 0.0, text=caption, files=(photo,), group=group), content)

    def _send(self, bot: Bot, entry: Entry, content: Json, reply_to: Entry | None = None) -> Entry:
        chat = self.chat(bot)
        if chat.blocked or not chat.opened or not self.person.active:
            raise ValueError(f"{self.person.first_name} has blocked the bot, never started it, or is gone.")
        entry.message = bot.message(chat, self.person, content, reply_to)
        entry.message_id, entry.at = int(str(entry.message["message_id"])), time.monotonic()
        chat.add(entry)
        entry.update_id = bot.feed.push("message", entry.message, self.id)
        return entry

    def _set_blocked(self, bot: Bot, blocked: bool) -> int | None:
        chat = self.chat(bot)
        if chat.blocked == blocked or not chat.opened:
            raise ValueError("There is nothing to change: never started, or blocked or unblocked already.")
        chat.blocked = blocked
        here: Json = {"user": bot.profile.as_user(), "status": "member"}
        gone: Json = {"user": bot.profile.as_user(), "status": "kicked", "until_date": 0}
        change = {
            "chat": self.person.as_chat(),
            "from": self.person.as_user(),
            "date": now(),
            "old_chat_member": here if blocked else gone,
            "new_chat_member": gone if blocked else here,
        }
        return bot.feed.push("my_chat_member", change, self.id)
