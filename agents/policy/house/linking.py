"""One fan in two chats: /link gives a code, the code in the other chat joins the two, /unlink parts them again.

What a code is worth was looked up when the turn was read (`TurnInput.link_try`); the commit looks again.
"""

from __future__ import annotations

import re
import secrets
from uuid import UUID

from agents.policy.rule import Case, Example, InboundRule, Ruling, examples
from core.turns import CountLinkTry, EndLinks, OfferLink, RedeemLink

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_COMMAND = re.compile(r"^/(link|unlink)(?:@\w+)?\s*$", re.I)
SAID = {"late": "link_late", "own": "link_own", "linked": "link_already", "barred": "link_barred"}


def judge(case: Case) -> Ruling | None:
    """Answer a command or a code; nobody is linked who wants no messages or may be a minor."""
    turn = case.turn
    if turn.fan.opted_out_at is not None or turn.fan.minor_signal_at is not None:
        return None
    if turn.link_try is not None:
        return _try(case, turn.link_try.message_id, turn.link_try.state, turn.link_try.code_id)
    asked = {m.id: found[1].lower() for m in case.fan_messages() if (found := _COMMAND.match(m.text.strip()))}
    if not asked:
        return None
    if "unlink" in asked.values():
        if not turn.fan.also:
            return Ruling(say=(case.word("link_none"),), covers=frozenset(asked))
        return Ruling(say=(case.word("link_ended"),), effects=(EndLinks(),), covers=frozenset(asked))
    code = make_code()
    return Ruling(
        say=(case.word("link_code").replace("{code}", code),), effects=(OfferLink(_bare(code)),), covers=frozenset(asked)
    )


def _try(case: Case, message_id: UUID, state: str, code_id: UUID | None) -> Ruling:
    covers = frozenset([message_id])
    if state == "good" and code_id is not None:
        effect = RedeemLink(code_id, case.word("link_there"))
        return Ruling(say=(case.word("link_done"),), effects=(effect,), covers=covers)
    wrong = (CountLinkTry(),) if state == "unknown" else ()
    return Ruling(say=(case.word(SAID.get(state, "link_wrong")),), effects=wrong, covers=covers)


def make_code() -> str:
    """Return a fresh code as it is shown: two groups of four out of 31 letters and digits, some 39 bits."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


def _bare(code: str) -> str:
    return code.replace("-", "")


RULE = InboundRule(
    name="linking",
    judge=judge,
    good=(*examples("link", "send me the link", "/linked", "/link@"), Example("/link", opted_out=True)),
    bad=(
        Example("/link", kind="command"),
        Example("/LINK@LunaBot", kind="command", language="de"),
        Example("/unlink", kind="command"),
        Example("K7QM-2XPD", link="good"),
        Example("/link K7QM2XPD", link="unknown"),
        Example("K7QM-2XPD", link="late", language="fr"),
        Example("K7QM-2XPD", link="own"),
        Example("K7QM-2XPD", link="linked"),
        Example("K7QM-2XPD", link="barred"),
    ),
)
