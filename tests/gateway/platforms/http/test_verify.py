"""The adapter's own door: which of an account's keys are accepted, and by whose clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Misconfigured, Refused, Unauthorised
from core.inbound import InboundReach, WebhookRequest
from core.nouns import Account
from core.platforms import Framer
from evals.simulators.http.signing import new_pair, sign
from gateway.platforms.http.adapter import HttpPlatform
from gateway.platforms.http.rotation import (
    INBOUND_PUBLIC,
    INBOUND_SECRET,
    OUTBOUND_SECRET,
    PREVIOUS,
    accepting,
    fresh_keys,
    rotate,
    signing,
    under_way,
)

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
BODY = b'{"type":"fan.blocked","data":{"fan":{"id":"u-7"}}}'


class Wrist:
    """A clock that can be set."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


def request(keys: list[str], at: datetime = NOW, body: bytes = BODY) -> WebhookRequest:
    return WebhookRequest(body, sign(keys, "evt_1", body, at.timestamp()), {})


async def test_each_accepted_key_opens_the_door_and_no_other(make_account: Callable[..., Account]) -> None:
    http, (private, public) = HttpPlatform(Wrist()), new_pair()
    first = fresh_keys()
    second = rotate(first, public)
    account = make_account("http", **second)
    for key in (first[INBOUND_SECRET], second[INBOUND_SECRET], private):
        http.verify(account, request([key]))
    for key in (first[OUTBOUND_SECRET], second[OUTBOUND_SECRET], new_pair()[0], fresh_keys()[INBOUND_SECRET]):
        with pytest.raises(Unauthorised):
            http.verify(account, request([key]))


async def test_the_time_is_the_clocks(make_account: Callable[..., Account]) -> None:
    clock, keys = Wrist(), fresh_keys()
    http, account = HttpPlatform(clock), make_account("http", **keys)
    for seconds, late in ((-300, False), (300, False), (-301, True), (301, True)):
        clock.time = NOW + timedelta(seconds=seconds)
        if late:
            with pytest.raises(Unauthorised):
                http.verify(account, request([keys[INBOUND_SECRET]]))
        else:
            http.verify(account, request([keys[INBOUND_SECRET]]))


async def test_a_key_that_cannot_be_read_opens_nothing(make_account: Callable[..., Account]) -> None:
    keys = fresh_keys()
    account = make_account("http", **{**keys, INBOUND_PUBLIC: "whpk_spoilt"})
    with pytest.raises(Unauthorised):
        HttpPlatform(Wrist()).verify(account, request([keys[INBOUND_SECRET]]))


async def test_what_is_kept_can_be_read_again(make_account: Callable[..., Account]) -> None:
    http, account = HttpPlatform(Wrist()), make_account("http", **fresh_keys())
    assert isinstance(http, Framer)
    kept = http.frame(request([]))
    assert kept == b"webhook-id: evt_1\n\n" + BODY
    first, again = http.parse(account, kept), http.parse(account, kept)
    assert first == again
    (event,) = first
    assert isinstance(event, InboundReach)
    assert event.event_key == "evt_1"


def test_a_rotation_keeps_the_old_keys_until_it_is_finished() -> None:
    first = fresh_keys()
    second = rotate(first)
    assert accepting(second) == [second[INBOUND_SECRET], first[INBOUND_SECRET]]
    assert signing(second)[:2] == [second[OUTBOUND_SECRET], first[OUTBOUND_SECRET]]
    assert len(signing(second)) == 4
    assert set(second.values()) > set(first.values())
    with pytest.raises(Refused, match="--finish"):
        rotate(second)
    old = under_way(second)
    assert len(old) == 3
    assert all(name.endswith(PREVIOUS) for name in old)
    finished = {name: key for name, key in second.items() if name not in old}
    assert set(finished.values()).isdisjoint(first.values())


def test_an_apps_pair_is_rotated_when_it_gives_a_new_one() -> None:
    (_, one), (_, two) = new_pair(), new_pair()
    first = fresh_keys(one)
    assert rotate(first)[INBOUND_PUBLIC] == one
    second = rotate(first, two)
    assert accepting(second)[-2:] == [two, one]
    for wrong in (new_pair()[0], "whpk_short", fresh_keys()[INBOUND_SECRET]):
        with pytest.raises(Misconfigured):
            fresh_keys(wrong)
