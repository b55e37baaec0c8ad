"""`muse agency caps`: what is typed, what is kept, what is shown."""

from __future__ import annotations

import pytest

from cli.agency_caps import read_changes
from core.errors import BadInput


def test_changes_are_read_by_their_path() -> None:
    assert read_changes(["offers_a_day=5", "spend.EUR.month=20000", "spend.EUR.day=none"]) == {
        "offers_a_day": 5,
        "spend": {"EUR": {"month": 20000, "day": None}},
    }


@pytest.mark.parametrize("given", ["offers_a_day", "offers_a_day=-1", "offers_a_day=many", "=", "spend.EUR.month=1.5"])
def test_what_is_no_cap_is_refused(given: str) -> None:
    with pytest.raises(BadInput, match="no cap"):
        read_changes([given])
