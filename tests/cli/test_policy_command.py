"""`muse policy`: a text explained, rules and packs listed."""

from __future__ import annotations

import json

import pytest

from cli.main import run


def test_a_message_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "test", "I want to kill myself", "--without-model", "--region", "us-ca", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["pack"]["code"] == "us-ca"
    assert found["verdict"] == "held for a person by crisis"
    assert "988" in found["fan_reads"][0]
    assert found["rules"]["age"] == "nothing found"
    assert found["sentences"][0]["crisis"]["chance"] >= 0


def test_a_reply_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "test", "I'm a real person", "--reply"]) == 0
    assert "gives way" in capsys.readouterr().out


def test_a_reply_is_judged_for_where_it_goes(capsys: pytest.CaptureFixture[str]) -> None:
    for platform, verdict in (("telegram", "may leave"), ("http", "gives way")):
        assert run(["policy", "test", "Write to me on Telegram.", "--reply", "--platform", platform]) == 0
        assert verdict in capsys.readouterr().out


def test_rules_and_packs_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"crisis", "injection", "humanity"} <= {rule["name"] for rule in found["rules"]}
    assert all(rule["purpose"] for rule in found["rules"])
    assert {"strictest", "us-ca", "us-ny", "eu"} <= {pack["code"] for pack in found["packs"]}


@pytest.mark.parametrize(
    "words", [["test", " "], ["test", "hi", "--region", "mars"], ["counts", "--year", "3"], ["bench", "--clinc", "/nowhere"]]
)
def test_wrong_words_get_a_clear_no(words: list[str]) -> None:
    assert run(["policy", *words]) == 2
