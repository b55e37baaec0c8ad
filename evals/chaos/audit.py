"""The comparison: what fans sent, what the ledger says, what the platform got. Everything that does not fit is a finding."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from msgspec import Struct

from evals.chaos.brain import MARK, NONCE
from evals.chaos.desk import Held
from evals.chaos.ledger import Heard, Ledger, Sending, Thought
from evals.chaos.matching import Match, Shown, match_chat
from evals.chaos.town import Said
from evals.chaos.trade_audit import Trades, wrong_pictures, wrong_posts, wrong_sales

KINDS = (
    "lost",
    "answered twice",
    "out of order",
    "stale claim",
    "unknown not shown",
    "unaccounted",
    "wrong voice",
    "wrong sale",
    "wrong picture",
    "wrong post",
)


class Finding(Struct, frozen=True):
    """One thing that does not fit; `ids` lead to it in ledger and logs."""

    kind: str
    sentence: str
    ids: tuple[str, ...] = ()


class Evidence(Struct, frozen=True):
    """The three accounts of a run, the operators' own, and the unknown deliveries that the API showed."""

    said: Sequence[Said]
    shown: Sequence[Shown]
    ledger: Ledger
    held: Sequence[Held] = ()
    api_unknown: frozenset[str] = frozenset()
    trades: Trades = Trades()


class Audit:
    """One comparison of one run's evidence."""

    def __init__(self, evidence: Evidence) -> None:
        """Sort the evidence by chats."""
        self.evidence, ledger = evidence, evidence.ledger
        self.chats = {chat.id: (chat.account, chat.chat) for chat in ledger.chats}
        self.persons = {chat.id for chat in ledger.chats if chat.owner != "agent" or chat.owner_epoch > 1}
        self.turns: dict[UUID, Thought] = {turn.id: turn for turn in ledger.turns}
        self.by_turn: dict[UUID, list[Sending]] = defaultdict(list)
        by_chat: dict[tuple[str, str], list[Sending]] = defaultdict(list)
        for delivery in ledger.deliveries:
            if delivery.turn_id:
                self.by_turn[delivery.turn_id].append(delivery)
            by_chat[self.chats[delivery.conversation_id]].append(delivery)
        shown: dict[tuple[str, str], list[Shown]] = defaultdict(list)
        for one in evidence.shown:
            shown[one.account, one.chat].append(one)
        self.matches: dict[tuple[str, str], Match] = {
            place: match_chat(shown[place], by_chat[place]) for place in shown.keys() | by_chat.keys()
        }

    def findings(self) -> list[Finding]:
        """Return everything that does not fit."""
        return [
            *self._lost(),
            *self._twice(),
            *self._order(),
            *self._stale(),
            *self._unknown(),
            *self._unaccounted(),
            *self._voices(),
            *self._trades(),
        ]

    def _lost(self) -> Iterator[Finding]:
        heard: dict[tuple[str, str, str], Heard] = {}
        for message in self.evidence.ledger.heard:
            account, chat = self.chats[message.conversation_id]
            heard[account, chat, message.key] = message
        by_mark = {mark: message for message in self.evidence.ledger.heard for mark in MARK.findall(message.text)}
        for said in self.evidence.said:
            found = heard.get((said.account, said.chat, said.key)) or next(
                (by_mark[mark] for mark in MARK.findall(said.text) if mark in by_mark), None
            )
            if found is None:
                yield Finding("lost", "A message is not in the ledger.", (f"update {said.update_id}", said.text))
            elif why := self._unanswered(found):
                yield Finding("lost", why, (f"message {found.id}", f"conversation {found.conversation_id}", said.text))

    def _unanswered(self, message: Heard) -> str:
        """Say why a message has no visible end; empty when it has one."""
        if not message.answered:
            owner = next(chat.owner for chat in self.evidence.ledger.chats if chat.id == message.conversation_id)
            return "A message was never answered." if owner == "agent" else ""
        if message.answered_by is None:
            return "" if message.conversation_id in self.persons else "A message is marked as answered by nobody."
        turn = self.turns.get(message.answered_by)
        if turn is None:
            return "A message is answered by a turn that is not there."
        if turn.verdict == "hold":
            return "" if turn.drafted else "A held turn has no draft."
        if turn.verdict == "refuse":
            return f"A message was refused an answer: {turn.reason}."
        return self._undelivered(message, turn)

    def _undelivered(self, message: Heard, turn: Thought) -> str:
        parts = self.by_turn[turn.id]
        if not parts:
            return "A turn that answers has no delivery."
        match = self.matches[self.chats[message.conversation_id]]
        for part in parts:
            if part.state in ("pending", "sending"):
                return f"A part of an answer never left (delivery {part.id} is {part.state})."
            decided = message.conversation_id in self.persons or any(other.doubted for other in parts)
            if part.state == "dropped" and not decided:
                return f"A part of an answer was dropped though nobody took the conversation (delivery {part.id})."
            if part.state == "sent" and part.id not in match.arrived:
                return f"The ledger calls a part sent that the fan never got (delivery {part.id})."
        reached = [part for part in parts if part.id in match.arrived]
        marks = set(MARK.findall(message.text))
        spoken = any(NONCE.search(part.text) for part in parts)
        first = any(MARK.search(part.text) for part in reached)
        if spoken and first and marks and not marks & set(MARK.findall(" ".join(part.text for part in reached))):
            return f"An answer does not speak of a message that it answers (turn {turn.id})."
        return ""

    def _twice(self) -> Iterator[Finding]:
        keys = Counter(
            (message.conversation_id, mark) for message in self.evidence.ledger.heard for mark in MARK.findall(message.text)
        )
        for (conversation, mark), times in keys.items():
            if times > 1:
                yield Finding("answered twice", f"A message stands {times} times in the ledger.", (str(conversation), mark))
        answers: dict[str, list[Shown]] = defaultdict(list)
        for one in self.evidence.shown:
            for mark in set(MARK.findall(one.text)):
                answers[mark].append(one)
        for mark, given in answers.items():
            if len(given) > 1:
                ids = tuple(f"{one.account}/{one.chat} message {one.key}" for one in given)
                yield Finding("answered twice", f"A fan got {len(given)} answers to one message.", (mark, *ids))
        for place, match in self.matches.items():
            for one in match.repeated:
                yield Finding("answered twice", "A fan got one part twice.", (f"{place}", f"message {one.key}", one.text[:80]))

    def _order(self) -> Iterator[Finding]:
        for place, match in self.matches.items():
            for earlier, later in match.disorder:
                ids = (f"{place}", f"delivery {earlier.id}", f"delivery {later.id}")
                yield Finding("out of order", f"Part {later.seq} arrived before part {earlier.seq}.", ids)

    def _stale(self) -> Iterator[Finding]:
        for claim in self.evidence.ledger.stale_claims:
            said = f"A delivery of epoch {claim.delivery_epoch} was claimed in epoch {claim.epoch}."
            yield Finding("stale claim", said, (f"delivery {claim.id}", f"conversation {claim.conversation_id}"))
        for held in self.evidence.held:
            match = self.matches.get((held.account, held.chat))
            for one, delivery in match.pairs if match else ():
                theirs = delivery.author == "operator" or str(delivery.id) in held.leaving
                if held.since < one.at < held.until and not theirs and not delivery.doubted:
                    ids = (f"delivery {delivery.id}", f"conversation {held.conversation_id}")
                    yield Finding("stale claim", "The agent spoke while an operator held the conversation.", ids)

    def _unknown(self) -> Iterator[Finding]:
        ours = {str(d.id) for d in self.evidence.ledger.deliveries if d.state == "unknown"}
        for hidden in sorted(ours - self.evidence.api_unknown):
            yield Finding("unknown not shown", "A delivery is unknown and no operator can see it.", (f"delivery {hidden}",))

    def _unaccounted(self) -> Iterator[Finding]:
        for place, match in self.matches.items():
            for one in match.foreign:
                yield Finding(
                    "unaccounted", "The fan got what no delivery says.", (f"{place}", f"message {one.key}", one.text[:80])
                )
            for one, delivery in match.denied:
                said = f"The fan got what the ledger calls {delivery.state}."
                yield Finding("unaccounted", said, (f"delivery {delivery.id}", f"message {one.key}"))

    def _voices(self) -> Iterator[Finding]:
        for one in self.evidence.shown:
            if NONCE.search(one.text) and MARK.search(one.text) and not one.text.lower().startswith(one.account):
                yield Finding("wrong voice", f"{one.account} spoke in another's voice.", (f"message {one.key}", one.text[:80]))

    def _trades(self) -> Iterator[Finding]:
        trades, books = self.evidence.trades, self.evidence.ledger.books
        for kind, found in (
            ("wrong sale", wrong_sales(trades, books)),
            ("wrong picture", wrong_pictures(trades, books.pictures)),
            ("wrong post", wrong_posts(trades, books)),
        ):
            yield from (Finding(kind, sentence, ids) for sentence, ids in found)


def count(findings: Iterable[Finding]) -> dict[str, int]:
    """Count findings by kind, every kind named."""
    counted = Counter(finding.kind for finding in findings)
    return {kind: counted[kind] for kind in KINDS}
