"""A bot's updates: numbered, kept until somebody took them, given out to the webhook or to long polls."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial

from msgspec import Struct

from evals.simulators.signals import Signal
from evals.simulators.telegram.errors import conflict
from evals.simulators.telegram.nouns import Json
from evals.simulators.telegram.webhook import Push, Retries, Webhook, WebhookPusher

FIRST_UPDATE_ID = 700_000_001
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class Waiting(Struct, frozen=True):
    """An update that nobody has taken yet; updates of one lane (a chat) go to the webhook one after the other."""

    update: Json
    lane: int


class UpdateFeed:
    """One bot's updates. `history` keeps every update ever made, `pushes` every POST to the webhook."""

    def __init__(self, retries: Retries, used_ids: int) -> None:
        self.pending: dict[int, Waiting] = {}
        self.history: dict[int, Json] = {}
        self.pushes: list[Push] = []
        self.allowed: Sequence[str] = ()
        self._next_id = FIRST_UPDATE_ID + used_ids
        self._taken: dict[int, Push] = {}
        self._again: list[Json] = []
        self._held_back: deque[float] = deque()
        self._poll = 0
        self._signal = Signal()
        self._pusher = WebhookPusher(retries, self._settle)

    @property
    def webhook(self) -> Webhook | None:
        """Return the webhook that is set."""
        return self._pusher.webhook

    def push(self, kind: str, content: object, lane: int) -> int | None:
        """Make an update; None when the bot did not ask for its kind."""
        if (kind not in self.allowed) if self.allowed else (kind in ON_REQUEST):
            return None
        return self.push_raw({kind: content}, lane)

    def push_raw(self, update: Json, lane: int = 0) -> int:
        """Give out an update as it is, numbered when it has no number."""
        given = update.get("update_id")
        update_id = given if isinstance(given, int) else self._next_id
        self._next_id = max(self._next_id, update_id) + 1
        update = {"update_id": update_id, **update}
        self.history[update_id] = update
        self.pending[update_id] = Waiting(update, lane)
        if self._held_back and self.webhook is not None:
            later = partial(self._pusher.enqueue, update_id, update, -update_id)
            asyncio.get_running_loop().call_later(self._held_back.popleft(), later)
        else:
            self._pusher.enqueue(update_id, update, lane)
        self._signal.notify()
        return update_id

    def number_from(self, update_id: int) -> None:
        """Give the next update this number, as Telegram picks a new one at random after a week without any."""
        self._next_id = update_id

    def hold_back(self, seconds: float) -> None:
        """Give the next update to the webhook only after `seconds`; later ones of the same chat overtake it."""
        self._held_back.append(seconds)

    async def redeliver(self, update_id: int, times: int = 1) -> list[Push]:
        """Give the same update out again, as Telegram does when it missed our answer; with a webhook, wait for its answers."""
        update = self.history[update_id]
        if self.webhook is None:
            self._again.extend([update] * times)
            self._signal.notify()
            return []
        posted = [await self._pusher.post(self.webhook, update_id, update, attempt=n + 1) for n in range(times)]
        self.pushes.extend(posted)
        return posted

    async def set_webhook(self, webhook: Webhook | None, drop_pending: bool) -> None:
        """Change who gets the updates; those that nobody has taken go to the new one."""
        await self._pusher.use(webhook)
        if drop_pending:
            self.pending.clear()
        self._poll += 1  # a poll that is waiting now must end
        self._signal.notify()
        for update_id, waiting in self.pending.items():
            self._pusher.enqueue(update_id, waiting.update, waiting.lane)

    async def poll(self, offset: int, limit: int, timeout_s: float) -> list[Json]:
        """Return updates from `offset` on, waiting for one. Raises `ApiError` 409 as soon as somebody else takes over."""
        if self.webhook is not None:
            raise conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
        self._poll += 1
        mine = self._poll
        self._signal.notify()
        self._confirm(offset)
        try:
            async with asyncio.timeout(timeout_s):
                while not (found := self._ready(limit)):
                    await self._signal.changed()
                    self._check_poll(mine)
                return found
        except TimeoutError:
            return []

    async def drained(self, timeout_s: float = 5.0) -> None:
        """Wait until every update was taken or given up. Raises `TimeoutError`."""

        def look() -> bool | None:
            return None if self.pending else True

        await self._signal.until(look, timeout_s, lambda: f"{len(self.pending)} update(s) not taken within {timeout_s} s.")

    async def acknowledged(self, update_id: int, timeout_s: float = 5.0) -> Push:
        """Return the POST that the webhook answered with 2xx. Raises `TimeoutError`."""

        def look() -> Push | None:
            return self._taken.get(update_id)

        return await self._signal.until(
            look, timeout_s, lambda: f"Update {update_id} was not acknowledged within {timeout_s} s."
        )

    async def wait_for_pushes(self, count: int, timeout_s: float = 5.0) -> list[Push]:
        """Return the POSTs to the webhook once there are at least `count`. Raises `TimeoutError`."""

        def look() -> list[Push] | None:
            return self.pushes if len(self.pushes) >= count else None

        return await self._signal.until(look, timeout_s, lambda: f"{len(self.pushes)} of {count} POSTs within {timeout_s} s.")

    async def close(self) -> None:
        """End the deliveries and every waiting poll."""
        await self._pusher.close()
        self._poll += 1
        self._signal.notify()

    def _confirm(self, offset: int) -> None:
        ids = list(self.pending)
        gone = ids[:offset] if offset < 0 else [update_id for update_id in ids if update_id < offset]
        for update_id in gone:
            del self.pending[update_id]

    def _ready(self, limit: int) -> list[Json]:
        # what was not confirmed yet comes in its turn: a number ahead of it would confirm what was never given out
        again = [update for update in self._again if update["update_id"] not in self.pending][:limit]
        self._again = []
        return [*again, *(waiting.update for waiting in list(self.pending.values())[: limit - len(again)])]

    def _check_poll(self, mine: int) -> None:
        if self.webhook is not None:
            raise conflict("terminated by setWebhook request")
        if self._poll != mine:
            raise conflict("terminated by other getUpdates request; make sure that only one bot instance is running")

    def _settle(self, push: Push, finished: bool) -> None:
        self.pushes.append(push)
        if push.taken:
            self._taken[push.update_id] = push
        if finished:
            self.pending.pop(push.update_id, None)
        self._signal.notify()
