"""What an operator does with credits: each action asks the gateway and says in words what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from rich import box
from rich.console import Console
from rich.table import Table

from cli.api_client import ApiClient
from cli.terminal import tame, tell_time
from core.errors import BadInput

ALL = 500


class Balance(Struct, frozen=True):
    """What is left (none: without limit), set apart and spent."""

    available: int | None
    reserved: int
    spent: int


class Use(Struct, frozen=True):
    """One influencer's credits; a quota of none draws on the agency's."""

    influencer: str
    quota: int | None
    reserved: int
    spent: int


class Credits(Struct, frozen=True):
    """The agency's and everybody's."""

    agency: Balance
    influencers: list[Use]


class Movement(Struct, frozen=True):
    """One movement of credits."""

    id: UUID
    made_at: datetime
    kind: str
    source: str
    target: str
    amount: int
    influencer: str | None
    job_id: UUID | None
    made_by: str
    note: str


class CreditsDesk:
    """An operator's actions over the gateway's API; with `as_json` the raw answers are printed instead of words."""

    def __init__(self, api: ApiClient, console: Console, as_json: bool) -> None:
        """Ask through `api` and print to `console`."""
        self._api, self._console, self._as_json = api, console, as_json

    def show(self) -> None:
        """Show what is left, set apart and spent."""
        self._say(self._api.get("/api/credits", object))

    def grant(self, amount: int, note: str, key: str | None) -> None:
        """Give the agency credits, or take unused ones back."""
        body: dict[str, Any] = {"amount": amount, "note": note, "key": key}
        answer = self._api.post("/api/credits/grants", dict[str, Any], body)
        if not answer["booked"] and not self._as_json:
            self._console.print(f"A grant of the key {tame(key or '')} was booked before; nothing was changed.", style="yellow")
        self._say(answer)

    def set_quota(self, influencer: str, amount: int | None, note: str) -> None:
        """Set credits apart for an influencer, or let it draw on the agency's again."""
        self._say(self._api.post(f"/api/credits/quotas/{influencer}", object, {"amount": amount, "note": note}))

    def history(self, influencer: str | None, limit: int) -> None:
        """Show movements, newest first."""
        if not 1 <= limit <= ALL:
            raise BadInput(f"The limit must be between 1 and {ALL}.")
        only = {"influencer": influencer} if influencer else {}
        answer = self._api.get("/api/credits/history", object, limit=limit, **only)
        if self._as_json:
            self._print_json(answer)
        else:
            show_history(self._console, msgspec.convert(answer, list[Movement]))

    def renew_secret(self, drop_old: bool) -> None:
        """Make a key for the top-up webhook, or forget the older of two."""
        answer = self._api.post("/api/credits/secret", dict[str, Any], {"drop_old": drop_old})
        if self._as_json:
            self._print_json(answer)
        elif drop_old:
            self._console.print("The older key is forgotten.")
        else:
            self._console.print(f"The shop posts to {self._api.url}{answer['path']} (or the same path of your public address),")
            self._console.print("and signs with this key, which is not shown again:")
            self._console.print(str(answer["secret"]), soft_wrap=True)

    def _say(self, answer: object) -> None:
        if self._as_json:
            self._print_json(answer)
        else:
            show_credits(self._console, msgspec.convert(answer, Credits))

    def _print_json(self, answer: object) -> None:
        self._console.file.write(msgspec.json.format(msgspec.json.encode(answer)).decode() + "\n")


def show_credits(console: Console, found: Credits) -> None:
    """Print the agency's credits and everybody's use."""
    agency = found.agency
    left = "without limit: nothing was ever granted" if agency.available is None else f"{agency.available} left"
    console.print(f"The agency: {left}; {agency.reserved} set apart for jobs, {agency.spent} spent.")
    table = Table("INFLUENCER", "MAY USE", "SET APART", "SPENT", box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for use in found.influencers:
        may = "as the agency" if use.quota is None else str(use.quota)
        table.add_row(tame(use.influencer), may, str(use.reserved), str(use.spent))
    console.print(table)


def show_history(console: Console, rows: list[Movement]) -> None:
    """Print movements."""
    if not rows:
        console.print("No credits were moved yet.", style="green")
        return
    table = Table("WHEN", "WHAT", "CREDITS", "FROM", "TO", "FOR", "BY", "NOTE", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        what = row.kind.replace("_", " ")
        whom = tame(row.influencer or "")
        table.add_row(
            tell_time(row.made_at), what, str(row.amount), row.source, row.target, whom, tame(row.made_by), tame(row.note)
        )
    console.print(table)
