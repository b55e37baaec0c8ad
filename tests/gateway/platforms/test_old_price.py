"""Where a price rests on a promo, the fan sees the old one beside it, on every platform."""

from __future__ import annotations

from core.ids import new_id
from core.money import Money
from core.outbound import PackPart
from gateway.platforms.http.adapter import _content
from gateway.platforms.telegram.packs import CAPTION_LIMIT, caption_of
from gateway.platforms.webchat.adapter import WebchatPlatform
from storage.turns import plan_parts

BEFORE = Money(500, "XTR")


def part(caption: str = "Waves.", old: Money | None = BEFORE) -> PackPart:
    return PackPart(new_id(), new_id(), "The sea", caption, Money(400, "XTR"), "p", None, (), old)


def test_telegrams_caption_ends_in_both_prices() -> None:
    assert caption_of(part()) == "Waves.\n\n500 Stars → 400 Stars"
    assert caption_of(part("")) == "500 Stars → 400 Stars"
    assert caption_of(part(old=None)) == "Waves."
    assert len(caption_of(part("x" * CAPTION_LIMIT))) > CAPTION_LIMIT, "so the words go before the pack"


def test_an_app_reads_both_prices_and_no_old_one_where_there_is_none() -> None:
    reduced, plain = _content(part())["pack"], _content(part(old=None))["pack"]
    assert isinstance(reduced, dict)
    assert isinstance(plain, dict)
    assert (reduced["price"], reduced["old_price"]) == ({"amount": 400, "unit": "XTR"}, {"amount": 500, "unit": "XTR"})
    assert "old_price" not in plain


def test_the_message_keeps_both_for_the_page() -> None:
    (planned,) = plan_parts((part(),), "agent", WebchatPlatform().split)
    assert (planned["meta"]["price"], planned["meta"]["old_price"]) == ("400 Stars", "500 Stars")
    (planned,) = plan_parts((part(old=None),), "agent", WebchatPlatform().split)
    assert "old_price" not in planned["meta"]
