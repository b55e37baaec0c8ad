"""What a fan got in one chat, laid beside the deliveries that should have brought it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

from msgspec import Struct

from evals.chaos.ledger import Sending

MAY_HAVE_ARRIVED = ("unknown", "sending")


class Shown(Struct, frozen=True):
    """One thing that a fan got; `at` is monotonic seconds."""

    account: str
    chat: str
    key: str
    text: str
    at: float


class Match(Struct, frozen=True):
    """What fits and what does not.

    `pairs`: in the order of arrival; `repeated`: got twice; `foreign`: no delivery says so; `denied`: the ledger says that it
    did not arrive; `disorder`: pairs of deliveries, the one that should have come first in front.
    """

    pairs: list[tuple[Shown, Sending]]
    arrived: set[UUID]
    repeated: list[Shown]
    foreign: list[Shown]
    denied: list[tuple[Shown, Sending]]
    disorder: list[tuple[Sending, Sending]]


def match_chat(shown: Sequence[Shown], deliveries: Sequence[Sending]) -> Match:
    """Match by the platform's ids; then by words what nobody could know to have arrived; then by words the rest."""
    by_id = {key: delivery for delivery in deliveries for key in delivery.platform_ids}
    pairs = [(one, by_id[one.key]) for one in shown if one.key in by_id]
    arrived = {delivery.id for _, delivery in pairs}
    rest = [one for one in shown if one.key not in by_id]
    unsure, denied = _by_words(deliveries, arrived, sure=False), _by_words(deliveries, arrived, sure=True)
    known = {delivery.text for delivery in deliveries if delivery.id in arrived}
    found = Match([], arrived, [], [], [], [])
    for one in rest:
        if unsure[one.text]:
            delivery = unsure[one.text].popleft()
            arrived.add(delivery.id)
            known.add(one.text)
            pairs.append((one, delivery))
        elif one.text in known:
            found.repeated.append(one)
        elif denied[one.text]:
            found.denied.append((one, denied[one.text].popleft()))
        else:
            found.foreign.append(one)
    found.pairs.extend(sorted(pairs, key=lambda pair: int(pair[0].key)))
    found.disorder.extend(_disorder(found.pairs, deliveries))
    return found


def _by_words(deliveries: Sequence[Sending], arrived: set[UUID], *, sure: bool) -> dict[str, deque[Sending]]:
    words: dict[str, deque[Sending]] = defaultdict(deque)
    for delivery in deliveries:
        may = delivery.state in MAY_HAVE_ARRIVED or (delivery.doubted and delivery.state in ("sent", "not_sent"))
        if delivery.id not in arrived and may is not sure:
            words[delivery.text].append(delivery)
    return words


def _disorder(pairs: Sequence[tuple[Shown, Sending]], deliveries: Sequence[Sending]) -> list[tuple[Sending, Sending]]:
    """Return neighbours that came in the wrong order; a reply that was in doubt may go on whenever a person lets it."""
    doubted = {(delivery.turn_id, delivery.correlation_id) for delivery in deliveries if delivery.doubted}
    sure = [delivery for _, delivery in pairs if (delivery.turn_id, delivery.correlation_id) not in doubted]
    return [(second, first) for first, second in pairwise(sure) if second.seq < first.seq]
