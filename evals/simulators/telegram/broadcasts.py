"""Broadcast chats (Telegram's word is "channel"): many read, and who is an administrator there posts."""

from __future__ import annotations

from evals.simulators.telegram.chats import Chat
from evals.simulators.telegram.errors import bad_request, forbidden
from evals.simulators.telegram.nouns import Json, Person

FIRST_ID = -1_001_000_000_001


class BroadcastChat(Chat):
    """A chat that a bot may post into while it is `admin` there; as the readers see it, in order."""

    def __init__(self, number: int, title: str, username: str, bot_name: str, *, admin: bool = True) -> None:
        super().__init__(Person(FIRST_ID - number, title, username or None), bot_name)
        self.admin = admin
        self.member = True
        self.opened = True

    @property
    def target(self) -> str:
        """Return how the chat is named in a call: by its public name, or by its number."""
        return f"@{self.person.username}" if self.person.username else str(self.person.id)

    def check_open(self) -> None:
        """Raise the `ApiError` that a bot gets when it may not post here."""
        if not self.member:
            raise forbidden("bot is not a member of the channel chat")
        if not self.admin:
            raise bad_request("need administrator rights in the channel chat")

    def dress(self, message: Json, sender: Person, bot: Person) -> Json:
        """Name the chat as the sender: readers do not see who posted."""
        chat: Json = {"id": self.person.id, "title": self.person.first_name, "type": "channel"}
        if self.person.username:
            chat["username"] = self.person.username
        return {**{k: v for k, v in message.items() if k != "from"}, "chat": chat, "sender_chat": chat}
