"""A bot as Telegram keeps it: its chats, files, updates and Stars."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping

from msgspec import Struct

from evals.simulators.telegram.broadcasts import BroadcastChat
from evals.simulators.telegram.business import Connection
from evals.simulators.telegram.chats import Chat
from evals.simulators.telegram.errors import bad_request
from evals.simulators.telegram.feed import UpdateFeed
from evals.simulators.telegram.files import FileShelf
from evals.simulators.telegram.limits import Limiter, Limits
from evals.simulators.telegram.nouns import Entry, Json, Person, now
from evals.simulators.telegram.params import Params
from evals.simulators.telegram.webhook import Retries


class Charge(Struct):
    """A payment in Stars that a bot received; `kind` is invoice or paid_media."""

    id: str
    user_id: int
    stars: int
    payload: str
    kind: str
    date: int
    refunded: bool = False


class Question(Struct):
    """A query (pre-checkout or button) that waits for the bot's answer."""

    answer: asyncio.Future[Params]
    expires_at: float


class Bot:
    """One bot. `feed` gives out its updates, `chat(person)` is what a fan sees."""

    def __init__(
        self,
        token: str,
        profile: Person,
        people: Mapping[int, Person],
        limits: Limits | None,
        retries: Retries,
        used_ids: int,
    ) -> None:
        self.token = token
        self.profile = profile
        self.people = people
        self.chats: dict[int, Chat] = {}
        self.broadcasts: dict[str, BroadcastChat] = {}
        self.connections: dict[str, Connection] = {}
        self.files = FileShelf(profile.id)
        self.feed = UpdateFeed(retries, used_ids)
        self.limiter = Limiter(limits)
        self.stars = 0
        self.charges: dict[str, Charge] = {}
        self.questions: dict[str, Question] = {}
        self._last_message_id = used_ids
        self._last_query_id = 0

    def chat(self, person: Person) -> Chat:
        """Return the chat with a person, opened or not."""
        if person.id not in self.chats:
            self.chats[person.id] = Chat(person, self.profile.first_name)
        return self.chats[person.id]

    def add_broadcast(self, title: str = "Lunas", username: str = "", *, admin: bool = True) -> BroadcastChat:
        """Make a broadcast chat with this bot in it, as an administrator or not."""
        made = BroadcastChat(len(self.broadcasts), title, username, self.profile.first_name, admin=admin)
        self.broadcasts[str(made.person.id)] = made
        if username:
            self.broadcasts[f"@{username}"] = made
        return made

    def reach(self, params: Params) -> Chat:
        """Return the chat that a call names. Raises the `ApiError` that fits when the bot may not write there."""
        if not params.given("chat_id"):
            raise bad_request("chat_id is empty")
        given = params.text("chat_id")
        if given in self.broadcasts:
            broadcast = self.broadcasts[given]
            broadcast.check_open()
            return broadcast
        person = self.people.get(int(given)) if given.lstrip("-").isdigit() else None
        if params.given("business_connection_id"):
            connection = self.connection(params)
            if person is None:
                raise bad_request("PEER_ID_INVALID")
            chat: Chat = connection.chat(person)
        elif person is None:
            raise bad_request("chat not found")
        else:
            chat = self.chat(person)
        chat.check_open()
        return chat

    def connection(self, params: Params) -> Connection:
        """Return the business connection that a call names. Raises `ApiError` for one that this bot never had."""
        found = self.connections.get(params.text("business_connection_id"))
        if found is None:
            raise bad_request("business connection not found")
        return found

    def charge(self, person: Person, stars: int, payload: str, kind: str) -> Charge:
        """Take a person's Stars, as `invoice` or `paid_media`."""
        charge = Charge(f"stars-{secrets.token_hex(8)}", person.id, stars, payload, kind, now())
        self.charges[charge.id] = charge
        self.stars += stars
        return charge

    def next_message_id(self) -> int:
        """Return the number of a new message; a bot's private chats share the numbers."""
        self._last_message_id += 1
        return self._last_message_id

    def ask(self, seconds: float) -> tuple[str, asyncio.Future[Params]]:
        """Open a query that the bot must answer within `seconds`; return its id and the answer to come."""
        self._last_query_id += 1
        query_id = f"{self.profile.id}{self._last_query_id:06d}"
        answer: asyncio.Future[Params] = asyncio.get_running_loop().create_future()
        self.questions[query_id] = Question(answer, time.monotonic() + seconds)
        return query_id, answer

    def answer(self, query_id: str, params: Params) -> None:
        """Take the bot's answer to a query. Raises `ApiError` when there is none, or no more."""
        question = self.questions.pop(query_id, None)
        if question is None or question.answer.done() or time.monotonic() > question.expires_at:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        question.answer.set_result(params)

    def message(self, chat: Chat, sender: Person, content: Json, reply_to: Entry | None = None) -> Json:
        """Build the Message object of something new in a chat."""
        message: Json = {
            "message_id": self.next_message_id(),
            "from": sender.as_user(),
            "chat": chat.person.as_chat(),
            "date": now(),
            **content,
        }
        if reply_to is not None:
            message["reply_to_message"] = {k: v for k, v in reply_to.message.items() if k != "reply_to_message"}
        return chat.dress(message, sender, self.profile)
