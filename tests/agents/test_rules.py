"""One contract over all policy rules: their own good examples pass, their bad ones do not, and every rule is listed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

import agents.policy
from agents.policy.care import opt_out
from agents.policy.rule import Case, Example, InboundRule, Reply, ReplyRule
from agents.policy.rules import INBOUND, REPLY
from agents.policy.wording import FOLDER, load_wording
from core.ids import new_id
from core.nouns import LinkTry, Message
from personas.loader import list_personas, load_from_library
from tests.agents.conftest import NOW, make_turn, reply, say

LUNA = load_from_library("luna")


def make_case(example: Example) -> Case:
    window = (*exchanges(example), *spoken_before(example))
    turn = make_turn(
        say(example.text, example.kind, **example.meta),
        window=window,
        fan_language=example.language,
        fan_opted_out_at=NOW if example.opted_out else None,
        conversation_disclosed_at=NOW if example.disclosed else None,
    )
    tried = LinkTry(turn.burst[0].id, example.link, new_id()) if example.link else None
    noticed = None if example.noticed_h is None else example.noticed_h * 3600
    return Case(
        structs.replace(turn, flurry_s=example.flurry_s, link_try=tried, regions=example.regions, noticed_s=noticed),
        LUNA if example.persona_age else structs.replace(LUNA, age=None),
    )


def spoken_before(example: Example) -> tuple[Message, ...]:
    """What the fan said in messages before, and what the persona said last; `silent_h` hours ago, where that is told."""
    said = [say(text) for text in example.earlier]
    if example.before:
        said.append(reply(example.before))
    if example.silent_h is None:
        return tuple(said)
    at = NOW - timedelta(hours=example.silent_h)
    return tuple(structs.replace(message, sent_at=at) for message in (*said, reply("hm.")))


def exchanges(example: Example) -> tuple[Message, ...]:
    """What went before: the persona speaks once a minute, the fan answers after so many seconds."""
    said: list[Message] = []
    for number in range(example.exchanges):
        at = NOW - timedelta(minutes=example.exchanges - number)
        said.append(structs.replace(reply(f"line {number}"), sent_at=at))
        text = example.text if example.repeated else f"answer {number}"
        said.append(structs.replace(say(text), sent_at=at + timedelta(seconds=example.answer_s)))
    return tuple(said)


def inbound(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.name}-{example.text[:30]}-{number}")
        for rule in INBOUND
        for number, example in enumerate(getattr(rule, kind))
    ]


def replies(kind: str) -> list[object]:
    return [pytest.param(rule, text, id=f"{rule.name}-{text[:30]}") for rule in REPLY for text in getattr(rule, kind)]


@pytest.mark.parametrize(("rule", "example"), inbound("good"))
def test_good_messages_pass(rule: InboundRule, example: Example) -> None:
    assert rule.judge(make_case(example)) is None


@pytest.mark.parametrize(("rule", "example"), inbound("bad"))
def test_bad_messages_are_caught(rule: InboundRule, example: Example) -> None:
    ruling = rule.judge(make_case(example))
    assert ruling is not None
    assert ruling.say or ruling.refuse or ruling.hold or ruling.risk or ruling.no_sale


@pytest.mark.parametrize(("rule", "text"), replies("good"))
def test_good_replies_pass(rule: ReplyRule, text: str) -> None:
    assert rule.judge(Reply(text)) is None


@pytest.mark.parametrize(("rule", "text"), replies("bad"))
def test_bad_replies_are_caught(rule: ReplyRule, text: str) -> None:
    assert rule.judge(Reply(text))


def test_every_rule_is_listed_and_named_after_its_file() -> None:
    files = [path.stem for path in Path(agents.policy.__path__[0]).glob("*/*.py") if path.stem != "__init__"]
    named = [rule.name for rule in (*INBOUND, *REPLY)]
    assert sorted(files) == sorted(named)
    assert all(rule.good and len(rule.bad) >= 3 for rule in (*INBOUND, *REPLY))


def test_every_line_that_is_shipped_passes_the_reply_rules() -> None:
    for slug in list_personas():
        persona = load_from_library(slug)
        lines = [line for lines in persona.lines.values() for line in lines] + [f.text for f in persona.biography]
        for line in [*lines, persona.greeting, persona.waiting]:
            flaws = [rule.judge(Reply(line)) for rule in REPLY]
            assert flaws == [None] * len(REPLY), line


def test_house_texts_are_complete_in_every_language() -> None:
    english = load_wording("en")
    languages = sorted(path.stem for path in FOLDER.glob("*.toml"))
    assert len(languages) >= 5
    for language in languages:
        texts = load_wording(language)
        assert texts.keys() == english.keys()
        assert "{name}" in str(texts["notice"])
        assert "STOP" in str(texts["notice"])
        assert "findahelpline.com" in str(texts["crisis"])


INES = load_from_library("ines")


@pytest.mark.parametrize(
    ("texts", "before", "platform", "told"),
    [
        (("hola",), (), "en-US", "es"),
        (("STOP",), ("hola, ¿cómo estás hoy?",), "en-US", "es"),
        (("STOP",), (), "en-US", "en"),
        (("STOP",), (), "de-DE", "es"),
        (("STOP",), (), None, "es"),
        (("ALTO",), (), "en-US", "es"),
        (("hi, how are you today?",), (), "es-MX", "en"),
        (("ich heiße Jonas und wohne in Hamburg",), (), "en", "de"),
    ],
)
def test_the_house_speaks_as_the_fan_writes(
    texts: tuple[str, ...], before: tuple[str, ...], platform: str | None, told: str
) -> None:
    turn = make_turn(
        *texts,
        persona=INES,
        window=tuple(say(text) for text in before),
        fan_language=platform,
        conversation_disclosed_at=None,
    )
    case = Case(turn, INES)
    stopped = opt_out.RULE.judge(case)
    if stopped:
        assert stopped.say == (load_wording(told)["stopped"],)
    else:
        assert case.word("stopped") == load_wording(told)["stopped"]
