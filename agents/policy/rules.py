"""All rules, in the order in which their texts are said. A rule is one file and one line here."""

from __future__ import annotations

from agents.policy import (
    age,
    claims,
    commands,
    crisis,
    disclosure,
    honesty,
    humanity,
    leak,
    loop,
    media,
    opt_out,
    pressure,
    refusal,
    risk,
    size,
    support,
    unstated_age,
)
from agents.policy.rule import InboundRule, ReplyRule

INBOUND: tuple[InboundRule, ...] = (
    opt_out.RULE,
    crisis.RULE,
    age.RULE,
    unstated_age.RULE,
    loop.RULE,
    disclosure.RULE,
    commands.RULE,
    support.RULE,
    refusal.RULE,
    honesty.RULE,
    media.RULE,
    risk.RULE,
)

REPLY: tuple[ReplyRule, ...] = (
    size.RULE,
    leak.RULE,
    humanity.RULE,
    claims.RULE,
    pressure.RULE,
)
