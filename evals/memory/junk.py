"""What is kept of fans' messages by the product's own write path: precision, recall, junk, and whether the newest word wins.

Each message is one fan's, each dialogue another's: they come in as a platform's events, are claimed and read as turns, the
extractor reads the burst, and the ledger's commit makes the facts true. What is counted is what the rows say afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import mean
from uuid import UUID

from msgspec import Struct

from core.ids import new_id
from core.inbound import InboundMessage, Sender
from core.nouns import Account, TurnInput
from core.outbound import Part
from core.ports import FactExtractor
from core.turns import Outcome, Refuse, RememberFact, Trace
from evals.memory.labels import GROUPS, HALVES, Case, Dialogue, Label, load_cases, load_dialogues
from memory.extraction import RuleExtractor
from memory.facts import apply_remember_fact
from storage import leases, turns
from storage.accounts import find_account, put_account, put_influencer
from storage.conversations import load_conversation
from storage.effects import EffectHandlers
from storage.facts import FactRow, Whose, list_facts
from storage.house import House
from storage.ingress import Arrival, ingest
from storage.turns import Committing, Reader

BEGIN = datetime(2026, 5, 1, 12, tzinfo=UTC)
HANDLERS: EffectHandlers = {RememberFact: apply_remember_fact}
AT_ONCE = 50
LEASE_S = 60.0
WORKER = "labelled"


class Tally(Struct):
    """Counts over some messages: facts kept rightly and wrongly, labels missed, messages, and those that left junk behind."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    messages: int = 0
    littered: int = 0

    @property
    def precision(self) -> float:
        """Return the share of kept facts that should be, in 0..1."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Return the share of labelled facts that are kept, in 0..1."""
        return self.right / max(1, self.right + self.missed)

    def add(self, labels: Sequence[Label], facts: Sequence[FactRow]) -> None:
        """Count what was kept of one message."""
        left = list(labels)
        wrong = 0
        for fact in facts:
            meant = next((label for label in left if label.fits(fact.kind, fact.text)), None)
            if meant is None:
                wrong += 1
            else:
                left.remove(meant)
                self.right += 1
        self.wrong += wrong
        self.missed += len(left)
        self.messages += 1
        self.littered += wrong > 0


class Told(Struct, frozen=True):
    """How a dialogue ended: whether what should holds and nothing else that is gone; `ms` from the last message to the row."""

    dialogue: Dialogue
    right: bool
    ms: float


class Report(Struct, frozen=True):
    """Figures over the labelled set, by half, language and group."""

    tallies: dict[tuple[str, str, str], Tally]
    told: tuple[Told, ...]

    def over(self, half: str, *, language: str | None = None, groups: Sequence[str] = GROUPS) -> Tally:
        """Return the sum over a half, of a language and of groups."""
        total = Tally()
        for (of_half, of_language, group), one in self.tallies.items():
            if of_half == half and language in (None, of_language) and group in groups:
                for field in one.__struct_fields__:
                    setattr(total, field, getattr(total, field) + getattr(one, field))
        return total

    def figures(self) -> list[dict[str, object]]:
        """Return all figures as plain values, for a JSON file."""
        return [
            {"name": f"labelled {half}: {name}", "value": round(value, 4), "unit": unit}
            for half in HALVES
            for name, value, unit in self._of_half(half)
        ]

    def _of_half(self, half: str) -> list[tuple[str, float, str]]:
        total = self.over(half)
        idle = self.over(half, groups=("junk", "never"))
        won = [told for told in self.told if told.dialogue.half == half and told.dialogue.holds]
        ended = [told for told in self.told if told.dialogue.half == half and not told.dialogue.holds]
        right = [told.ms for told in (*won, *ended) if told.right]
        return [
            ("messages", float(total.messages), "messages"),
            ("precision of stored facts", total.precision, "share"),
            ("recall of stored facts", total.recall, "share"),
            ("junk among stored facts", 1.0 - total.precision, "share"),
            ("idle or forbidden messages that left a fact", idle.littered / max(1, idle.messages), "share"),
            ("newest word wins", mean(told.right for told in won) if won else 0.0, "share"),
            ("taken back and forgotten", mean(told.right for told in ended) if ended else 0.0, "share"),
            ("corrections known in the turn that hears them", len(right) / max(1, len(won) + len(ended)), "share"),
            ("correction known after", mean(right) if right else 0.0, "ms"),
        ]

    def table(self) -> str:
        """Return the figures as a table for people."""
        lines = [f"{'':46}" + "".join(f"{half:>12}" for half in HALVES)]
        columns = [self._of_half(half) for half in HALVES]
        for row in zip(*columns, strict=True):
            lines.append(f"{row[0][0]:46}" + "".join(f"{_show(value, unit):>12}" for _, value, unit in row))
        for language in sorted({language for _, language, _ in self.tallies}):
            cells = [self.over(half, language=language) for half in HALVES]
            shown = "".join(f"{f'{cell.precision:.2f} / {cell.recall:.2f}':>12}" for cell in cells)
            lines.append(f"{f'precision / recall, {language}':46}{shown}")
        return "\n".join(lines)


async def run(house: House, agency_id: UUID, extractor: FactExtractor | None = None) -> Report:
    """Let fans say the labelled set in a scratch house and count what is kept. Raises `Unavailable` without Postgres."""
    reads = extractor or RuleExtractor()
    stage = _Stage(house, await _open_account(house, agency_id), reads)
    return Report(await _count_cases(stage), tuple([await _play(stage, dialogue) for dialogue in load_dialogues()]))


class _Stage:
    """Fans who write to one account, and the turns that are made of it."""

    def __init__(self, house: House, account: Account, extractor: FactExtractor) -> None:
        self.house, self.account, self._extractor = house, account, extractor
        self._reader = Reader(house.seal)
        self._fans = 0

    def new_fan(self) -> str:
        """Return a handle that nobody had before."""
        self._fans += 1
        return f"labelled-{self._fans}"

    async def say(self, *said: tuple[str, int, int, str]) -> list[UUID]:
        """Let fans write (handle, number, minute, text), think the turns and return the conversations."""
        events = [
            InboundMessage(
                event_key=f"{handle}-{number}",
                at=BEGIN + timedelta(minutes=minute),
                sender=Sender(handle=handle),
                conversation_key=handle,
                message_key=str(number),
                text=text,
            )
            for handle, number, minute, text in said
        ]
        came = await ingest(
            self.house.app, [Arrival(self.account, event, b"{}", event.event_key, 0.0, 0.0) for event in events]
        )
        await self._think()
        return [one.conversation_id for one in came if one.conversation_id is not None]

    async def holds(self, conversation_id: UUID) -> list[FactRow]:
        """Return what is known now of a conversation's fan, without what merely says that something ended."""
        async with self.house.app.unit(self.account.agency_id) as unit:
            found = await load_conversation(unit, conversation_id)
            facts = await list_facts(unit, Whose(found.fan_id, found.influencer_id))
        return [fact for fact in facts if fact.valid_to is None and fact.retracted_at is None]

    async def _think(self) -> None:
        while (claims := await leases.claim_turns(self.house.app, WORKER, LEASE_S, AT_ONCE, AT_ONCE)).leases:
            for lease in claims.leases:
                async with self.house.app.unit(lease.agency_id) as unit:
                    read = await self._reader.gather(unit, lease)
                if read is not None:
                    await self._commit(read[0])

    async def _commit(self, turn: TurnInput) -> None:
        facts = await self._extractor.extract(turn.burst)
        outcome = Outcome(Refuse("measured"), Trace(brain=WORKER), tuple(facts))
        await turns.commit(self.house.app, turn, outcome, Committing(HANDLERS, _whole, BEGIN, 0.0))


async def _count_cases(stage: _Stage) -> dict[tuple[str, str, str], Tally]:
    tallies: dict[tuple[str, str, str], Tally] = {}
    cases = load_cases()
    for start in range(0, len(cases), AT_ONCE):
        batch: list[Case] = cases[start : start + AT_ONCE]
        conversations = await stage.say(*((stage.new_fan(), 1, 0, case.text) for case in batch))
        for case, conversation in zip(batch, conversations, strict=True):
            tally = tallies.setdefault((case.half, case.language, case.group), Tally())
            tally.add(case.labels, await stage.holds(conversation))
    return tallies


async def _play(stage: _Stage, dialogue: Dialogue) -> Told:
    fan = stage.new_fan()
    for number, text in enumerate(dialogue.says):
        began = time.perf_counter()
        (conversation,) = await stage.say((fan, number, dialogue.at(number), text))
    known = await stage.holds(conversation)
    ms = (time.perf_counter() - began) * 1000
    there = all(any(label.fits(fact.kind, fact.text) for fact in known) for label in dialogue.labels)
    gone = not any(word.casefold() in fact.text.casefold() for word in dialogue.gone for fact in known)
    return Told(dialogue, there and gone, ms)


async def _open_account(house: House, agency_id: UUID) -> Account:
    key = f"labelled-{new_id().hex[-8:]}"
    async with house.app.unit(agency_id) as unit:
        influencer = await put_influencer(unit, key, key, {"name": key}, key)
        account = Account(new_id(), agency_id, influencer.id, "telegram", key, "webhook", sandbox=True, autonomy="auto")
        await put_account(unit, house.seal, account)
    return await find_account(house.app, house.seal, "telegram", key)


def _whole(part: Part) -> list[Part]:
    return [part]


def _show(value: float, unit: str) -> str:
    return f"{value:.0f}" if unit in ("messages", "turns") else f"{value:.1f} ms" if unit == "ms" else f"{value:.3f}"
