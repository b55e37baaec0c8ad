"""Tables and threads for the operator's eyes."""

from __future__ import annotations

from collections import Counter

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.desk.inside import show_inside
from cli.desk.shapes import AccountRow, Delivery, Draft, Event, EventRow, InboxRow, Message, Purchase, Replayed, Thread
from cli.desk.short_ids import shorten
from cli.terminal import tame, tell_age, tell_time
from core.money import Money

COLOURS = {"fan": "cyan", "agent": "magenta", "operator": "green", "system": "dim"}
STATES = {
    "unknown": "bold red",
    "not_sent": "red",
    "stopped": "yellow",
    "unmatched": "bold red",
    "unreadable": "red",
    "dropped": "dim",
    "pending": "dim",
    "sending": "dim",
}

OUTCOMES = {
    "taken": "taken",
    "known": "already known",
    "ignored": "of no meaning to us",
    "unmatched": "still unmatched",
    "unreadable": "still unreadable",
    "gone": "too old: the body is not kept any more",
}


def show_inbox(console: Console, rows: list[InboxRow]) -> None:
    """Print the inbox, what waits for a person first."""
    if not rows:
        console.print("Nobody waits for a person.", style="green")
        return
    table = _table("ID", "FAN", "WRITES TO", "IN THE HANDS OF", "WAITS", "LAST", "WANTED", "TROUBLE")
    for row in rows:
        waits = [f"{row.held} draft{'s' * (row.held > 1)}"] * bool(row.held)
        waits += [f"{len(row.pictures)} picture{'s' * (len(row.pictures) > 1)}"] * bool(row.pictures)
        waits += [f"{row.unanswered} unanswered"] * bool(row.unanswered)
        table.add_row(
            Text(shorten(row.id), "bold"),
            tame(row.title),
            f"{row.influencer} on {row.platform}",
            _hands(row.owner, row.owner_name),
            Text(", ".join(waits) or "–", "yellow" if row.held or row.pictures else ""),
            tell_age(row.last_message_at),
            tame(", ".join(row.tags)),
            Text(tame(row.last_error or ""), "red"),
        )
    console.print(table)
    for picture in [picture for row in rows for picture in row.pictures]:
        console.print(f"A picture waits for a person: muse image show|approve|reject {shorten(picture)}", style="yellow")


def show_thread(console: Console, row: InboxRow, thread: Thread, inside: bool) -> None:
    """Print a conversation, its drafts and, if wanted, the inside of its latest turn."""
    here = thread.conversation
    title = Text.assemble((tame(row.title), "bold cyan"), f" writes to {row.influencer} on {row.platform}/{row.account}, ")
    console.print(title.append("in the hands of ").append_text(_hands(here.owner, here.owner_name)))
    console.print(str(here.id), style="dim")
    if thread.tags:
        wanted = ", ".join(f"{tag.tag} ×{tag.times}" if tag.times > 1 else tag.tag for tag in thread.tags)
        console.print(f"wanted: {tame(wanted)}", style="dim")
    console.print()
    reactions = {one.message_id: " ".join(one.emoji) for one in thread.reactions}
    for message in thread.messages:
        line = _line(row, message)
        console.print(line.append(f"  ({tame(reactions[message.id])})", "cyan") if message.id in reactions else line)
    for draft in thread.drafts:
        console.print(_draft(draft))
    if inside and thread.latest_turn:
        console.print()
        show_inside(console, thread.latest_turn)


def show_deliveries(console: Console, rows: list[Delivery]) -> None:
    """Print deliveries with what went wrong."""
    if not rows:
        console.print("No delivery needs a person.", style="green")
        return
    table = _table("ID", "STATE", "TRIES", "WHEN", "CONVERSATION", "WHAT", "WHY")
    for row in rows:
        table.add_row(
            Text(shorten(row.id), "bold"),
            Text(row.state, STATES.get(row.state, "green")),
            str(row.attempts),
            tell_age(row.created_at),
            shorten(row.conversation_id),
            Text(("[pack] " if row.kind == "pack" else "") + tame(row.text), overflow="ellipsis", no_wrap=True),
            Text(tame(f"{row.error_class}: {row.error}" if row.error_class else row.error or "")),
        )
    console.print(table)


def show_purchases(console: Console, rows: list[Purchase]) -> None:
    """Print what fans bought and what became of it."""
    if not rows:
        console.print("Nothing was bought yet.")
        return
    table = _table("ID", "WHEN", "FAN", "PACK", "PAID", "ACCOUNT", "STATE")
    for row in rows:
        table.add_row(
            Text(shorten(row.id), "bold"),
            tell_age(row.purchased_at),
            tame(row.fan),
            tame(row.title),
            str(Money(row.amount, row.unit)) + (" (sandbox)" if row.sandbox else ""),
            f"{row.platform}/{row.account}",
            _purchase_state(row),
        )
    console.print(table)


def _purchase_state(row: Purchase) -> Text:
    if row.refunded_at is not None:
        return Text("refunded" + (f": {tame(row.refund_reason)}" if row.refund_reason else ""), "yellow")
    if row.refund_state == "refused":
        return Text(f"refund refused: {tame(row.refund_error or '')}", "bold red")
    if row.refund_state == "waiting":
        return Text("refund on its way" + (f": {tame(row.refund_error)}" if row.refund_error else ""), "yellow")
    if row.handover_state in ("waiting", "leaving"):
        return Text("pictures on their way", "dim")
    return Text("owned", "green")


def describe_refund(row: Purchase) -> str:
    """Say what happens to a payment that is given back."""
    return f"{Money(row.amount, row.unit)} go back to {tame(row.fan)}; muse purchases list shows when it is done."


def show_events(console: Console, rows: list[EventRow]) -> None:
    """Print events, newest first."""
    if not rows:
        console.print("No event needs a person.", style="green")
        return
    table = _table("ID", "STATE", "KIND", "WHEN", "ACCOUNT", "BYTES", "CONVERSATION", "TRAIL")
    for row in rows:
        where = shorten(row.conversation_id) if row.conversation_id else "–"
        account = f"{row.platform}/{row.account}"
        state = Text(row.state, STATES.get(row.state, ""))
        when = tell_age(row.received_at)
        table.add_row(
            Text(shorten(row.id), "bold"), state, tame(row.kind), when, account, str(row.bytes), where, row.correlation_id
        )
    console.print(table)


def show_event(console: Console, event: Event) -> None:
    """Print one event with its body as text; bytes that are none are shown as �."""
    show_events(console, [event])
    if event.body is None:
        console.print("(too old: the body is not kept any more)")
        return
    console.print(tame(event.body.decode(errors="replace")) or "(an empty body)")


def show_replayed(console: Console, rows: list[Replayed]) -> None:
    """Print what reading events again did, and how many came to what."""
    if not rows:
        console.print("There is no such event to read again.", style="green")
        return
    table = _table("ID", "NOW", "MESSAGES")
    for row in rows:
        table.add_row(Text(shorten(row.id), "bold"), Text(OUTCOMES.get(row.outcome, row.outcome)), str(row.messages))
    console.print(table)
    counted = Counter(row.outcome for row in rows)
    console.print(", ".join(f"{count} {OUTCOMES.get(outcome, outcome)}" for outcome, count in counted.items()))


def describe_account(row: AccountRow) -> str:
    """Say how an account behaves now."""
    capped = f" (set to {row.autonomy}, but {row.platform} allows no more)" if row.in_force != row.autonomy else ""
    quiet = f"{row.quiet_s:g} s" if row.quiet_s is not None else "the default"
    sandbox = "on" if row.sandbox else "off"
    sells = f", packs sold by {row.sell_by.replace('_', ' ')}" if row.sell_by == "invoice" else ""
    owners = f", business connections of {', '.join(map(tame, row.business_owners))} only" if row.business_owners else ""
    region = f", under the rules of {row.region}" if row.region else ""
    outside = [f"{owner} (recorded by {tame(who['by'])}, {who['at']})" for owner, who in row.business_authorised.items()]
    owners += f", models outside authorised by {', '.join(outside)}" if outside else ""
    rates = ", without the platform's rates" if row.rates == "off" else ""
    return (
        f"{row.address}: autonomy {row.in_force}{capped}, sandbox {sandbox}, quiet time {quiet}{sells}{owners}{region}{rates}."
    )


def describe_parts(draft: Draft) -> str:
    """Write the parts of a draft as a person reads them."""
    lines = []
    for part in draft.parts:
        lines.append(str(part["text"]) if part["part"] == "text" else f"[pack “{part['title']}”] {part['caption']}")
    return tame("\n".join(lines)) or "(no text; write one with `muse inbox edit`)"


def _line(row: InboxRow, message: Message) -> Text:
    who = {"fan": row.title, "agent": row.influencer, "operator": "operator", "system": "Muse"}.get(
        message.author, message.author
    )
    line = Text.assemble((f"{tell_time(message.sent_at):>12}  ", "dim"), (f"{tame(who)}: ", COLOURS.get(message.author, "")))
    if message.kind == "pack":
        line.append(f"[pack “{tame(str(message.meta.get('title', '')))}”, {message.meta.get('price', '')}] ", "yellow")
    elif message.kind not in ("text", "notice"):
        line.append(f"[{message.kind}] ", "yellow")
    line.append(tame(message.text))
    if message.persona_version is not None:
        line.append(f"  version {message.persona_version}", "dim")
    if message.delivery_state in STATES:
        line.append(f"  ({message.delivery_state})", STATES[message.delivery_state])
    return line


def _draft(draft: Draft) -> Panel:
    title = Text.assemble(("draft ", "yellow"), (shorten(draft.id), "bold yellow"), (f" waits: {tame(draft.reason)}", "yellow"))
    hint = Text(f"muse inbox approve|edit|reject {shorten(draft.id)}", "dim")
    return Panel(Text(describe_parts(draft)), title=title, subtitle=hint, title_align="left", subtitle_align="right")


def _hands(owner: str, name: str | None) -> Text:
    return Text(tame(name or owner), {"agent": "", "operator": "green", "paused": "yellow"}.get(owner, ""))


def _table(*columns: str) -> Table:
    table = Table(*columns, box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.columns[-1].overflow = "fold"
    return table
