"""One question before a payment, and two workers who answer it."""

from __future__ import annotations

import pytest

from core.nouns import Account
from gateway.platforms.telegram.adapter import TelegramPlatform
from storage.checkouts import Decision, settle_answered
from tests.workers.test_payments import Sale, sale  # noqa: F401 — a fixture
from workers.jobs.answer_checkout import answer_checkout


async def test_a_yes_that_was_taken_stands_whoever_hears_first_of_its_repeat(
    sale: Sale,  # noqa: F811 — the fixture by its name
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two workers answer one question: the second is told that it is over before the first has written down its yes."""
    answer, asked = TelegramPlatform.answer_checkout, list[str]()

    async def answer_twice(self: TelegramPlatform, account: Account, query_key: str, refusal: str | None) -> None:
        asked.append(query_key)
        await answer(self, account, query_key, refusal)
        if len(asked) == 1:
            await answer_checkout(sale.crew.ctx, *sale.where)

    monkeypatch.setattr(TelegramPlatform, "answer_checkout", answer_twice)
    assert await sale.pay(await sale.offer()) is not None
    assert len(asked) == 2
    assert await sale.ask("SELECT accepted AND reason IS NULL FROM checkouts")


async def test_a_repeat_that_comes_too_late_takes_no_yes_back(sale: Sale) -> None:  # noqa: F811 — the fixture by its name
    """The other order: the yes is written down when the second worker hears that it is over."""
    assert await sale.pay(await sale.offer()) is not None
    asked = await sale.ask("SELECT id FROM checkouts")
    async with sale.crew.engine.house.app.unit(sale.crew.account.agency_id) as unit:
        await settle_answered(unit, asked, Decision(accepted=True, reason=None), "The query is too old.")
    assert await sale.ask("SELECT accepted AND reason IS NULL FROM checkouts")
