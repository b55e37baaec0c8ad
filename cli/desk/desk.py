"""What an operator does at the desk: each action asks the gateway and says in words what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from rich.console import Console

from cli.api_client import ApiClient
from cli.desk.screen import (
    describe_account,
    describe_refund,
    show_deliveries,
    show_event,
    show_events,
    show_inbox,
    show_purchases,
    show_replayed,
    show_thread,
)
from cli.desk.shapes import AccountRow, Delivery, Draft, Event, EventRow, InboxRow, Purchase, Replayed, TakeOver, Thread
from cli.desk.short_ids import Identified, choose, find, fits, read_full, shorten
from cli.terminal import tame
from core.errors import BadInput, NotFound

ALL = 500
INBOX = "muse inbox list"
DELIVERIES = "muse deliveries list"
EVENTS = "muse events list"
PURCHASES = "muse purchases list"
ACCOUNTS = "muse account list"
DONE = {
    "approve": "The draft was sent.",
    "edit": "Your words were sent.",
    "reject": "The draft was thrown away; nothing was sent.",
}
RESOLVED = {
    "sent": "Noted: it had arrived.",
    "not_sent": "Noted: it had not arrived, and it will not be sent again.",
    "again": "It is being sent once more.",
}


class Desk:
    """An operator's actions over the gateway's API; with `as_json` the raw answers are printed instead of words."""

    def __init__(self, api: ApiClient, console: Console, as_json: bool) -> None:
        """Ask through `api` and print to `console`."""
        self._api, self._console, self._as_json = api, console, as_json

    def list_inbox(self, waiting: bool, limit: int, tag: str | None = None) -> None:
        """Show the inbox, or those of it in which the fan wanted one thing."""
        _check_limit(limit)
        only = {"tag": tag} if tag else {}
        self._show("/api/inbox", list[InboxRow], show_inbox, waiting=str(waiting).lower(), limit=limit, **only)

    def show(self, given: str, inside: bool) -> None:
        """Show one conversation."""
        row = self._conversation(given)
        self._show(f"/api/conversations/{row.id}", Thread, lambda console, thread: show_thread(console, row, thread, inside))

    def decide(self, given: str, decision: str, text: str | None = None) -> None:
        """Approve, edit or reject a draft."""
        draft_id = self._id_of(self._find_draft, given)
        answer = self._api.post(f"/api/drafts/{draft_id}/{decision}", dict[str, Any], None if text is None else {"text": text})
        self._say(answer, DONE[decision])

    def take(self, given: str) -> None:
        """Take a conversation over."""
        row = self._conversation(given)
        answer = self._api.post(f"/api/conversations/{row.id}/take", dict[str, Any])
        leaving = len(msgspec.convert(answer, TakeOver).still_leaving)
        self._say(answer, f"The conversation with {tame(row.title)} is yours; muse inbox write {shorten(row.id)} …")
        if leaving and not self._as_json:
            self._console.print(f"{leaving} delivery was leaving already and could not be stopped.", style="yellow")

    def hand_back(self, given: str, adult_confirmed: bool = False) -> None:
        """Let the agent speak again; `adult_confirmed`: a fan who said to be under age is an adult after all."""
        row = self._conversation(given)
        query = "?adult=true" if adult_confirmed else ""
        answer = self._api.post(f"/api/conversations/{row.id}/handback{query}", dict[str, Any])
        self._say(answer, f"{row.influencer} answers {tame(row.title)} again.")

    def write(self, given: str, text: str) -> None:
        """Write as the operator."""
        row = self._conversation(given)
        answer = self._api.post(f"/api/conversations/{row.id}/messages", dict[str, Any], {"text": text})
        self._say(answer, f"Sent to {tame(row.title)}.")

    def list_deliveries(self, states: list[str], limit: int, before: str | None = None) -> None:
        """Show deliveries, those that need a person when no state is named; from `before` on, where it is given."""
        _check_limit(limit)
        wanted: dict[str, Any] = {"state": states} if states else {}
        if before is not None:
            wanted["before"] = self._id_of(self._find_delivery, before)
        self._show("/api/deliveries", list[Delivery], show_deliveries, limit=limit, **wanted)

    def resolve(self, given: str, outcome: str) -> None:
        """Say what became of a delivery."""
        delivery_id = self._id_of(self._find_delivery, given)
        answer = self._api.post(f"/api/deliveries/{delivery_id}/resolve", dict[str, Any], {"outcome": outcome})
        self._say(answer, RESOLVED[outcome])

    def list_events(self, states: list[str], limit: int) -> None:
        """Show what came in, what needs a person when no state is named."""
        _check_limit(limit)
        wanted = {"state": states} if states else {}
        self._show("/api/events", list[EventRow], show_events, limit=limit, **wanted)

    def show_event(self, given: str) -> None:
        """Show one event as it came."""
        self._show(f"/api/events/{self._id_of(self._find_event, given)}", Event, show_event)

    def replay_events(self, given: str | None, states: list[str], since: datetime | None) -> None:
        """Have one event read again, or all of some states since a moment, and show what came of it."""
        if given is not None:
            if states or since:
                raise BadInput("Name one event, or states and a moment; not both.")
            answers = [self._api.post(f"/api/events/{self._id_of(self._find_event, given)}/replay", dict[str, Any])]
        else:
            answers = list(self._replay_all({"states": states or ["unreadable", "unmatched"], "since": since}))
        if self._as_json:
            self._print_json(answers)
        else:
            show_replayed(self._console, msgspec.convert(answers, list[Replayed]))

    def _replay_all(self, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
        while answers := self._api.post("/api/events/replay", list[dict[str, Any]], order):
            yield from answers
            order = {**order, "after": answers[-1]["id"]}

    def list_purchases(self, limit: int) -> None:
        """Show what fans bought."""
        _check_limit(limit)
        self._show("/api/purchases", list[Purchase], show_purchases, limit=limit)

    def refund(self, given: str) -> None:
        """Have a payment given back."""
        purchase_id = self._id_of(self._find_purchase, given)
        answer = self._api.post(f"/api/purchases/{purchase_id}/refund", dict[str, Any])
        self._say(answer, describe_refund(msgspec.convert(answer, Purchase)))

    def set_account(self, address: str, change: dict[str, Any]) -> None:
        """Change how the account `<platform>/<key>` behaves."""
        rows = self._api.get("/api/accounts", list[AccountRow])
        found = next((row for row in rows if row.address == address), None)
        if found is None:
            raise NotFound(f"There is no account {address!r}; type: {ACCOUNTS}")
        answer = self._api.post(f"/api/accounts/{found.id}", dict[str, Any], change)
        self._say(answer, describe_account(msgspec.convert(answer, AccountRow)))

    def _conversation(self, given: str) -> InboxRow:
        rows = self._api.get("/api/inbox", list[InboxRow], limit=ALL)
        return find(rows, given, "conversation", lambda row: tame(row.title), INBOX)

    @staticmethod
    def _id_of(look: Callable[[str], Identified], given: str) -> UUID:
        """Find an id; one typed in full is passed on even when nothing here has it, so that the gateway says why."""
        try:
            return look(given).id
        except NotFound:
            if full := read_full(given):
                return full
            raise

    def _find_draft(self, given: str) -> Draft:
        """Find a draft by its own id, or by that of its conversation if it is the only one there."""
        waiting = self._api.get("/api/inbox", list[InboxRow], waiting="true", limit=ALL)
        drafts = [
            draft
            for row in waiting
            if row.held
            for draft in self._api.get(f"/api/conversations/{row.id}", Thread).drafts
            if fits(draft.id, given) or fits(row.id, given)
        ]
        return choose(drafts, given, "draft", lambda draft: tame(draft.reason), f"{INBOX} --waiting")

    def _find_delivery(self, given: str) -> Delivery:
        rows = self._api.get("/api/deliveries", list[Delivery], limit=ALL)
        return find(rows, given, "delivery", lambda row: f"{row.state}, {tame(row.text[:30])}", DELIVERIES)

    def _find_purchase(self, given: str) -> Purchase:
        rows = self._api.get("/api/purchases", list[Purchase], limit=ALL)
        return find(rows, given, "purchase", lambda row: f"{tame(row.title)}, {tame(row.fan)}", PURCHASES)

    def _find_event(self, given: str) -> EventRow:
        rows = self._api.get("/api/events", list[EventRow], limit=ALL)
        return find(rows, given, "event", lambda row: f"{row.state}, {row.platform}/{row.account}", EVENTS)

    def _show(self, path: str, kind: Any, show: Any, **query: object) -> None:
        answer = self._api.get(path, object, **query)
        if self._as_json:
            self._print_json(answer)
        else:
            show(self._console, msgspec.convert(answer, kind))

    def _say(self, answer: object, words: str) -> None:
        if self._as_json:
            self._print_json(answer)
        else:
            self._console.print(words)

    def _print_json(self, answer: object) -> None:
        self._console.file.write(msgspec.json.format(msgspec.json.encode(answer)).decode() + "\n")


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= ALL:
        raise BadInput(f"The limit must be between 1 and {ALL}.")
