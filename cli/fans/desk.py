"""What an operator does with fans at the desk: each action asks the gateway and says in words what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from cli.api_client import ApiClient
from cli.desk.short_ids import choose, fits, read_full, shorten
from cli.terminal import tame


class FanRow(Struct, frozen=True):
    """One identity of a fan."""

    id: UUID
    platform: str
    handle: str
    name: str | None
    person_id: UUID | None
    created_at: datetime
    opted_out: bool
    minor_signal: bool

    @property
    def title(self) -> str:
        """Name the fan as a person would."""
        return f"{self.name} ({self.platform}/{self.handle})" if self.name else f"{self.platform}/{self.handle}"


class LinkRow(Struct, frozen=True):
    """One link between two fans."""

    id: UUID
    fan_id: UUID
    other_fan_id: UUID
    state: str
    way: str
    evidence: str
    confidence: float
    made_by: str
    made_at: datetime


class Person(Struct, frozen=True):
    """All identities of a person, and their links."""

    fans: list[FanRow]
    links: list[LinkRow]


class FanDesk:
    """An operator's actions over the gateway's API; with `as_json` the raw answers are printed instead of words."""

    def __init__(self, api: ApiClient, console: Console, as_json: bool) -> None:
        """Ask through `api` and print to `console`."""
        self._api, self._console, self._as_json = api, console, as_json

    def list_fans(self, words: str, limit: int) -> None:
        """Show fans."""
        self._show(self._api.get("/api/fans", list[dict[str, Any]], query=words, limit=limit), self._fans)

    def show(self, given: str) -> None:
        """Show a person."""
        found = self._api.get(f"/api/fans/{self.find(given).id}", dict[str, Any])
        self._show(found, self._person)

    def link(self, given: str, other: str, evidence: str, confidence: float) -> None:
        """Say that two fans are one person."""
        one, two = self.find(given), self.find(other)
        order = {"other": two.id, "evidence": evidence, "confidence": confidence}
        made = self._api.post(f"/api/fans/{one.id}/links", dict[str, Any], order)
        self._say(made, f"{one.title} and {two.title} are one person now; undo it with: muse fan split {shorten(two.id)}")

    def split(self, given: str) -> None:
        """Undo all links of a fan."""
        one = self.find(given)
        ended = self._api.post(f"/api/fans/{one.id}/split", list[dict[str, Any]])
        self._say(ended, f"{one.title} stands alone again; {len(ended)} link{'s' * (len(ended) != 1)} undone.")

    def list_links(self, state: str) -> None:
        """Show links in a state."""
        self._show(self._api.get("/api/links", list[dict[str, Any]], state=state), self._links)

    def decide(self, given: str, decision: str) -> None:
        """Confirm or reject a proposed link."""
        rows = self._api.get("/api/links", list[LinkRow], state="proposed", limit=500)
        full = (
            read_full(given)
            or choose(
                [row for row in rows if fits(row.id, given)], given, "link", lambda row: row.evidence, "muse fan links"
            ).id
        )
        answer = self._api.post(f"/api/links/{full}/{decision}", dict[str, Any])
        self._say(answer, "They are one person now." if decision == "confirm" else "Noted: they are two.")

    def find(self, given: str) -> FanRow:
        """Return the fan whom a person means. Raises `NotFound`, `BadInput`."""
        platform, slash, handle = given.partition("/")
        rows = self._api.get("/api/fans", list[FanRow], query=handle if slash else given, limit=500)
        if slash:
            found = [row for row in rows if (row.platform, row.handle) == (platform, handle)]
        else:
            found = list({row.id: row for row in rows if fits(row.id, given)}.values())
        return choose(found, given, "fan", lambda row: tame(row.title), "muse fan list")

    def _show(self, answer: Any, words: Any) -> None:
        if self._as_json:
            self._say(answer, "")
        else:
            words(answer)

    def _say(self, answer: Any, words: str) -> None:
        if self._as_json:
            print(msgspec.json.format(msgspec.json.encode(answer)).decode())
        else:
            self._console.print(tame(words), soft_wrap=True)

    def _fans(self, answer: Any) -> None:
        table = Table("ID", "FAN", "SINCE", "LINKED", "NOTES", box=None)
        for row in msgspec.convert(answer, list[FanRow]):
            notes = ["wants no messages"] * row.opted_out + ["says to be under age"] * row.minor_signal
            linked = shorten(row.person_id) if row.person_id else "–"
            table.add_row(shorten(row.id), tame(row.title), f"{row.created_at:%Y-%m-%d}", linked, ", ".join(notes) or "–")
        self._console.print(table)

    def _links(self, answer: Any) -> None:
        rows = msgspec.convert(answer, list[LinkRow])
        if not rows:
            self._console.print("There are none.")
        for row in rows:
            self._console.print(
                f"{shorten(row.id)}  {row.state}  {shorten(row.fan_id)} = {shorten(row.other_fan_id)}  by {tame(row.made_by)}"
                f" ({row.way}, {row.confidence:.0%}, {row.made_at:%Y-%m-%d}): {tame(row.evidence)}",
                soft_wrap=True,
            )

    def _person(self, answer: Any) -> None:
        person = msgspec.convert(answer, Person)
        self._fans(answer["fans"])
        if person.links:
            self._links(answer["links"])
