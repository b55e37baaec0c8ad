"""What a model hands to tools is made fit for the ledger first."""

from __future__ import annotations

import json

from agents.tool import clean_arguments


def test_arguments_hold_nothing_that_the_ledger_cannot_write() -> None:
    given = {"wi\x00sh": "a\x00 picture \ud83d of me 🙂", "more": ["\ud800", {"n": 3, "on": True, "none": None}]}
    clean = clean_arguments(given)
    assert clean == {"wish": "a picture  of me 🙂", "more": ["", {"n": 3, "on": True, "none": None}]}
    json.dumps(clean, ensure_ascii=False).encode()
