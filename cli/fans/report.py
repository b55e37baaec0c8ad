"""An export as a person reads it: who they are to us, what was said, what is remembered, what was bought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from storage.exports import SECTIONS, Rows


def write_report(held: Mapping[str, Rows], made_at: str) -> str:
    """Return the report as Markdown text."""
    lines = ["# What is held about you", "", f"Made {made_at}. `fan.json` holds the same, complete, for programs.", ""]
    for part in (_who(held), _talks(held), _memory(held), _shop(held), _rest(held)):
        lines += [*part, ""]
    return "\n".join(lines)


def _who(held: Mapping[str, Rows]) -> Iterator[str]:
    yield "## Where you write to us"
    for one in held["identities"]:
        name = f", shown as {one['display_name']}" if one["display_name"] else ""
        yield f"- {one['platform']}: {one['handle']}{name}, since {_day(one['created_at'])}"
    for link in held["links"]:
        yield f"- Two of these were said to be one person ({link['state']}): {link['evidence']}"
    for fan in held["fans"]:
        if fan["opted_out_at"]:
            yield f"- You asked for no more messages on {_day(fan['opted_out_at'])}."


def _talks(held: Mapping[str, Rows]) -> Iterator[str]:
    for chat in held["conversations"]:
        yield f"## Your chat with {chat['influencer']} on {chat['platform']}"
        for one in held["messages"]:
            if one["conversation_id"] == chat["id"]:
                gone = " (taken back)" if one["deleted_at"] else ""
                who = {"fan": "You", "agent": chat["influencer"]}.get(one["author"], one["author"])
                yield f"- {one['sent_at'][:16].replace('T', ' ')} **{who}**{gone}: {_line(one['text']) or one['kind']}"
        for one in held["summaries"]:
            if one["conversation_id"] == chat["id"]:
                yield f"- Summary made {_day(one['made_at'])}: {_line(one['text'])}"
        yield ""


def _memory(held: Mapping[str, Rows]) -> Iterator[str]:
    yield "## What is remembered of you"
    for fact in held["facts"]:
        ended = fact["retracted_at"] or fact["valid_to"]
        until = f" until {_day(ended)}" if ended else ""
        yield f"- {_line(fact['text'])} (since {_day(fact['valid_from'])}{until}; by {fact['made_by']})"


def _shop(held: Mapping[str, Rows]) -> Iterator[str]:
    yield "## What you bought"
    for one in held["purchases"]:
        back = f", given back {_day(one['refunded_at'])}" if one["refunded_at"] else ""
        yield f"- {one['title']}: {one['amount']} {one['unit']} (minor units), {_day(one['purchased_at'])}{back}"


def _rest(held: Mapping[str, Rows]) -> Iterator[str]:
    yield "## All that is held, counted"
    for name, query in SECTIONS.items():
        yield f"- {name}: {len(held[name])}. {query.doc}"
    for one in held["pictures"]:
        file = (one["asset"] or {}).get("file") or "not kept"
        yield f"- picture made for you: {file} ({_line(str((one.get('wish') or {}).get('text') or 'no words'))})"
    for file in held["files"]:
        yield f"- file: {file.get('file') or 'not kept'} ({file['kind']})"


def _day(moment: Any) -> str:
    return str(moment)[:10]


def _line(text: str) -> str:
    return " ".join(text.split())
