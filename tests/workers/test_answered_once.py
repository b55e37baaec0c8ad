"""One question before a payment, and two workers who answer it."""

from __future__ import annotations

import pytest

from core.nouns import Account
from gateway.platforms.telegram.adapter import TelegramPlatform
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
