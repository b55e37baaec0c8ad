"""Tell every fan that they talk to an AI: at the first contact, and again as the rule pack of their region says."""

from __future__ import annotations

from agents.policy.rule import Case, Example, InboundRule, Ruling
from core.turns import NoteDisclosure

LINKED = frozenset({"webchat", "preview", "http", "telegram"})
"""Platforms on which a link to our own page may stand in a message."""


def judge(case: Case) -> Ruling | None:
    """Put the notice first while there is none on record, and a reminder once the last one is too long ago."""
    conversation, pack = case.turn.conversation, case.pack
    if conversation.disclosed_at is None:
        notice = case.word(pack.notice)
        if case.safety_url and case.turn.account.platform in LINKED:
            notice += "\n" + case.word("protocol").replace("{url}", case.safety_url)
        return _show(case, notice, "first", pack.notice)
    return _show(case, case.word(pack.again), "again", pack.again) if _is_due(case) else None


def _show(case: Case, wording: str, occasion: str, key: str) -> Ruling:
    return Ruling(say=(wording,), effects=(NoteDisclosure(wording, case.pack.code, occasion, key),))


def _is_due(case: Case) -> bool:
    """Whether the pack asks for a reminder by now."""
    pack, fan = case.pack, case.turn.fan
    since_h = (case.turn.noticed_s or 0.0) / 3600
    every_h = (pack.minors_again_h if fan.minor_signal_at is not None else None) or pack.again_h
    if _goes_on(case):
        return every_h is not None and since_h >= every_h
    return pack.daily and since_h >= 24.0


def _goes_on(case: Case) -> bool:
    """Whether this is still the talk of before; where nothing of it is in sight, it counts as such."""
    if not case.turn.window:
        return True
    silent_h = (case.moment - case.turn.window[-1].sent_at).total_seconds() / 3600
    return silent_h < case.pack.talk_ends_h


RULE = InboundRule(
    name="disclosure",
    judge=judge,
    good=(
        Example("hi"),
        Example("are you busy?"),
        Example("/help", kind="command"),
        Example("and then?", silent_h=0.5, noticed_h=2.9),
        Example("good morning", silent_h=13.0, noticed_h=15.0),
        Example("and then?", silent_h=0.5, noticed_h=5.0, regions=("us-ca",)),
    ),
    bad=(
        Example("hi", disclosed=False),
        Example("hallo", disclosed=False, language="de-AT"),
        Example("", kind="media", disclosed=False),
        Example("/start", kind="command", disclosed=False),
        Example("hi", disclosed=False, regions=("eu",)),
        Example("and then?", silent_h=0.5, noticed_h=3.0),
        Example("back again", silent_h=4.0, noticed_h=5.0),
        Example("good morning", silent_h=14.0, noticed_h=25.0),
        Example("and then?", silent_h=0.5, noticed_h=3.5, regions=("us-ca", "us-ny")),
        Example("and then?", silent_h=0.5, noticed_h=3.5, regions=("nowhere",)),
    ),
)
