"""A fan who sends a picture or a recording hears the truth: nobody looked."""

from __future__ import annotations

from agents.policy.rule import Case, Example, InboundRule, Ruling


def judge(case: Case) -> Ruling | None:
    """Say once that it was not looked at, unless the chat model looks; words that came with it are answered as usual."""
    seen = {picture.message_id for picture in case.turn.pictures}
    sent = [message for message in case.fan_messages() if message.kind == "media" and message.id not in seen]
    if not sent:
        return None
    return Ruling(
        say=(case.pick_line("media"),),
        covers=frozenset(message.id for message in sent if not message.text.strip()),
        note="The fan sent a file that you cannot see or hear; the house has just said so. Do not guess what it shows.",
    )


RULE = InboundRule(
    name="media",
    judge=judge,
    good=(Example("did you see my photo?"), Example("I took a picture today")),
    bad=(
        Example("", kind="media", meta={"media": [{"kind": "photo"}]}),
        Example("that's my dog", kind="media", meta={"media": [{"kind": "photo"}]}),
        Example("", kind="media", meta={"media": [{"kind": "voice"}]}),
    ),
)
