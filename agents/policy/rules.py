"""All rules, in the order in which their texts are said. A rule is one file and one line here."""

from __future__ import annotations

from agents.policy.care import age, crisis, opt_out, unstated_age
from agents.policy.guard import advice, injection, leak, loop, media, personal, platform, risk, size
from agents.policy.house import commands, linking, support
from agents.policy.rule import InboundRule, ReplyRule
from agents.policy.selling import favours, guilt, limit, refusal, scarcity, urgency, vulnerable
from agents.policy.truth import claims, disclosure, honesty, humanity, meeting

INBOUND: tuple[InboundRule, ...] = (
    opt_out.RULE,
    crisis.RULE,
    age.RULE,
    unstated_age.RULE,
    loop.RULE,
    disclosure.RULE,
    commands.RULE,
    linking.RULE,
    support.RULE,
    limit.RULE,
    vulnerable.RULE,
    refusal.RULE,
    injection.RULE,
    honesty.RULE,
    media.RULE,
    risk.RULE,
)

REPLY: tuple[ReplyRule, ...] = (
    size.RULE,
    leak.RULE,
    humanity.RULE,
    claims.RULE,
    guilt.RULE,
    scarcity.RULE,
    urgency.RULE,
    favours.RULE,
    meeting.RULE,
    advice.RULE,
    personal.RULE,
    platform.RULE,
)
