"""How long a burst is waited for: the account's own time, the persona's, the platform's, the house's, in this order."""

from __future__ import annotations

import pytest

from core.ids import new_id
from core.nouns import Account, Pace
from core.platform_policy import PlatformPolicy, quiet_bound, quiet_time

HOUSE_S, BOUND_S = 1.5, 8.0


def account(own: float | None = None, **pace: object) -> Account:
    return Account(new_id(), new_id(), new_id(), "telegram", "luna", "webhook", False, "auto", own, pace=Pace(**pace))  # type: ignore[arg-type]  # what a test gives


@pytest.mark.parametrize(
    ("own", "persona", "platform", "expected"),
    [(0.0, 2.0, 3.0, 0.0), (None, 2.0, 3.0, 2.0), (None, None, 3.0, 3.0), (None, None, None, HOUSE_S)],
)
def test_the_nearest_says_how_long_to_be_quiet(
    own: float | None, persona: float | None, platform: float | None, expected: float
) -> None:
    policy = PlatformPolicy(text_limit=100, quiet_seconds=platform)
    assert quiet_time(account(own, quiet_s=persona), policy, HOUSE_S) == expected


def test_who_answers_each_message_by_itself_waits_for_no_burst() -> None:
    assert quiet_time(account(9.0, overlap="enqueue"), PlatformPolicy(text_limit=100), HOUSE_S) == 0.0


def test_the_bound_is_the_personas_or_the_houses_and_never_below_the_quiet_time() -> None:
    assert quiet_bound(account(), 1.5, BOUND_S) == BOUND_S
    assert quiet_bound(account(quiet_max_s=4.0), 1.5, BOUND_S) == 4.0
    assert quiet_bound(account(quiet_max_s=4.0), 6.0, BOUND_S) == 6.0
