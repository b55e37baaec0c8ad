"""Incident 16: anyone could send in a conversation that somebody else held.

Every way to let words leave is refused to who does not hold the conversation: writing, approving, editing, sending again, and
saying that something arrived (for then the rest of the reply leaves).
"""

from __future__ import annotations

from uuid import UUID

import pytest

from core.errors import OutcomeUnknown, Refused
from core.outbound import TextPart
from core.turns import Hold
from storage import deliveries, drafts
from tests.conftest import Agency
from tests.storage.ledger_steps import claim_turn, commit, gathered, outcome
from tests.workers.conftest import Crew
from tests.workers.mail import MailPlatform, mailing
from tests.workers.steps import deliver, desk, fan_says, operator_says, states, take


async def hold_draft(crew: Crew, text: str) -> tuple[UUID, UUID]:
    house, agency = crew.engine.house, Agency(crew.account.agency_id, "demo")
    conversation = await fan_says(crew, "hi", 1)
    lease = await claim_turn(house, agency, conversation)
    assert lease
    await commit(house, await gathered(house, lease), outcome(Hold("approval", (TextPart(text),))))
    async with house.app.unit(agency.id) as unit:
        (draft,) = await drafts.held_drafts(unit, conversation)
    return conversation, draft.id


async def test_nobody_writes_in_a_conversation_that_they_do_not_hold(crew: Crew) -> None:
    conversation = await fan_says(crew, "hi", 1)
    with pytest.raises(Refused, match="Take the conversation first"):
        await operator_says(crew, conversation, "bob", "hello")
    await take(crew, conversation, "ana")
    with pytest.raises(Refused, match="only who holds it"):
        await operator_says(crew, conversation, "bob", "hello")
    with pytest.raises(Refused, match="in the hands of ana"):
        await take(crew, conversation, "bob")
    await deliver(crew, conversation)
    assert crew.said() == []


@pytest.mark.parametrize("text", [None, "other words"], ids=["approve", "edit"])
async def test_nobody_approves_a_draft_in_another_ones_conversation(crew: Crew, text: str | None) -> None:
    conversation, draft = await hold_draft(crew, "the draft")
    await take(crew, conversation, "ana")
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        with pytest.raises(Refused, match="in the hands of ana"):
            await drafts.approve(unit, draft, desk(crew, "bob"), text)
    await deliver(crew, conversation)
    assert crew.said() == []
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        await drafts.approve(unit, draft, desk(crew, "ana"), text)
    await deliver(crew, conversation)
    assert crew.said() == [text or "the draft"]


async def test_a_draft_that_was_approved_before_another_took_over_does_not_leave(crew: Crew) -> None:
    conversation, draft = await hold_draft(crew, "the draft")
    async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
        await drafts.approve(unit, draft, desk(crew, "bob"))
    await take(crew, conversation, "ana")
    await deliver(crew, conversation)
    assert crew.said() == []
    assert await states(crew) == [("the draft", "dropped")]


@pytest.mark.parametrize("outcome_", ["again", "sent", "not_sent"])
async def test_nobody_settles_a_delivery_in_another_ones_conversation(crew: Crew, outcome_: str) -> None:
    mail = MailPlatform()
    mail.before.append(OutcomeUnknown("The line broke."))
    async with mailing(crew, mail):
        conversation = await fan_says(crew, "hi", 1)
        await take(crew, conversation, "ana")
        await operator_says(crew, conversation, "ana", "ana's words")
        await deliver(crew, conversation)
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            (unknown,) = await deliveries.list_deliveries(unit, ["unknown"])
            with pytest.raises(Refused, match="in the hands of ana"):
                await deliveries.resolve(unit, unknown.id, outcome_, "bob")
        await deliver(crew, conversation)
        assert mail.calls == ["ana's words"]
        async with crew.engine.house.app.unit(crew.account.agency_id) as unit:
            await deliveries.resolve(unit, unknown.id, outcome_, "ana")
        await deliver(crew, conversation)
    assert mail.texts() == (["ana's words"] if outcome_ == "again" else [])
