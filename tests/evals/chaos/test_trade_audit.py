"""The audit of trade sees each way in which sales, pictures and posts differ from the ledger, and nothing where they fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from uuid import uuid4

import pytest
from msgspec.structs import replace

from evals.chaos.audit import Audit, Evidence, count
from evals.chaos.ledger import Books, Ledger, Made, OfferMade, PostMade, Sold
from evals.chaos.matching import Shown
from evals.chaos.trade import Bought
from evals.chaos.trade_audit import KINDS, Offered, Trades

Accounts: TypeAlias = tuple[Trades, Books]


def sound() -> Accounts:
    """One pack bought and kept, one paid twice and given back, a picture that arrived, a post that stands there."""
    person, pack, other = uuid4(), uuid4(), uuid4()
    trades = Trades(
        bought=[Bought("luna", "5", word, 250, 1.0) for word in ("one", "two")],
        offered=[Offered("luna", "5", word, 250) for word in ("one", "two", "three")],
        refunded=["two"],
        painted=["a lighthouse, seed 1", "a lighthouse, seed 2"],
        posts=["Good morning"],
        shown=[Shown("luna", "5", "70", "Made by AI", 2.0)],
    )
    books = Books(
        sales=[
            Sold(uuid4(), "one", person, [pack], 250, 250, False),
            Sold(uuid4(), "two", person, [pack, other], 250, 250, True),
        ],
        offers=[OfferMade(word, 250) for word in ("one", "two", "three")],
        pictures=[
            Made(uuid4(), "luna", "5", "done", "sent", ["70"], 0),
            Made(uuid4(), "luna", "5", "failed", None, [], 0),
        ],
        posts=[
            PostMade(uuid4(), "Good morning", "published"),
            PostMade(uuid4(), "Who knows", "unknown"),
            PostMade(uuid4(), "Never mind", "cancelled"),
        ],
    )
    return trades, books


def with_sale(accounts: Accounts, number: int, **changed: object) -> Accounts:
    trades, books = accounts
    sales = list(books.sales)
    sales[number] = replace(sales[number], **changed)
    return trades, replace(books, sales=sales)


def with_picture(accounts: Accounts, **changed: object) -> Accounts:
    trades, books = accounts
    return trades, replace(books, pictures=[replace(books.pictures[0], **changed)])


def with_trades(accounts: Accounts, **changed: object) -> Accounts:
    return replace(accounts[0], **changed), accounts[1]


WRONG: list[tuple[str, Callable[[Accounts], Accounts]]] = [
    ("wrong sale", lambda a: (a[0], replace(a[1], offers=a[1].offers[1:]))),  # an offer that nobody wrote down
    ("wrong sale", lambda a: (a[0], replace(a[1], offers=[replace(one, amount=200) for one in a[1].offers]))),
    ("wrong sale", lambda a: (a[0], replace(a[1], sales=a[1].sales[1:]))),  # paid, and not in the ledger
    ("wrong sale", lambda a: with_trades(a, bought=a[0].bought[1:])),  # in the ledger, and nobody paid
    ("wrong sale", lambda a: with_sale(a, 0, amount=249)),
    ("wrong sale", lambda a: with_sale(a, 0, offered=300)),
    ("wrong sale", lambda a: with_trades(with_sale(a, 1, given_back=False), refunded=[])),  # one pack kept twice
    ("wrong sale", lambda a: with_trades(a, refunded=[])),
    ("wrong sale", lambda a: with_trades(a, refunded=["two", "two"])),
    ("wrong sale", lambda a: with_trades(a, refunded=["one", "two"])),
    ("wrong picture", lambda a: with_trades(a, painted=["a lighthouse, seed 1"] * 2)),
    ("wrong picture", lambda a: with_picture(a, state="painting")),
    ("wrong picture", lambda a: with_picture(a, delivery=None)),
    ("wrong picture", lambda a: with_picture(a, platform_ids=["71"])),
    ("wrong picture", lambda a: with_picture(a, reserved=1)),
    ("wrong post", lambda a: with_trades(a, posts=["Good morning"] * 2)),
    ("wrong post", lambda a: with_trades(a, posts=["Good morning", "Nobody wrote this"])),
    ("wrong post", lambda a: with_trades(a, posts=["Good morning", "Never mind"])),  # cancelled, and there
    ("wrong post", lambda a: with_trades(a, posts=[])),  # published, and not there
    ("wrong post", lambda a: (a[0], replace(a[1], posts=[replace(a[1].posts[0], state="publishing")]))),
]


def find(accounts: Accounts) -> dict[str, int]:
    trades, books = accounts
    ledger = Ledger(chats=[], heard=[], turns=[], deliveries=[], stale_claims=[], claims=0, books=books)
    return {kind: n for kind, n in count(Audit(Evidence([], [], ledger, trades=trades)).findings()).items() if n}


def test_accounts_that_fit_have_no_findings() -> None:
    assert find(sound()) == {}


@pytest.mark.parametrize(("kind", "spoil"), WRONG)
def test_what_does_not_fit_is_found(kind: str, spoil: Callable[[Accounts], Accounts]) -> None:
    assert find(spoil(sound())).keys() == {kind}


def test_every_kind_is_tried() -> None:
    assert {kind for kind, _ in WRONG} == set(KINDS)
