"""The comparison of what was sold, painted and posted: what platform and provider saw, beside what the ledger says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from evals.chaos.ledger import Books, Made, Sold
from evals.chaos.matching import Shown
from evals.chaos.trade import Bought

KINDS = ("wrong sale", "wrong picture", "wrong post")


class Offered(Struct, frozen=True):
    """A pack as a fan saw it offered; `price` in Stars."""

    account: str
    chat: str
    payload: str
    price: int


class Trades(Struct, frozen=True):
    """What the outside saw of trade in a run.

    `refunded`: payloads whose Stars went back, once for each time. `painted`: what the provider was paid for, as the words of
    each order. `posts`: what stands in the broadcast chat.
    """

    bought: Sequence[Bought] = ()
    offered: Sequence[Offered] = ()
    refunded: Sequence[str] = ()
    painted: Sequence[str] = ()
    posts: Sequence[str] = ()
    shown: Sequence[Shown] = ()


def wrong_sales(trades: Trades, books: Books) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what does not fit of sales: as a sentence, and ids that lead to it."""
    offers = {offer.payload: offer for offer in books.offers}
    for one in trades.offered:
        made = offers.get(one.payload)
        if made is None:
            yield "A pack was offered that no offer is written of.", (one.account, one.chat, one.payload)
        elif made.amount != one.price:
            yield f"A pack was offered for {one.price}, and the ledger says {made.amount}.", (one.chat, one.payload)
    sold = {sale.payload: sale for sale in books.sales}
    for paid in trades.bought:
        sale = sold.get(paid.payload)
        if sale is None:
            yield "A payment is not in the ledger.", (paid.account, paid.chat, paid.payload)
        elif not sale.amount == sale.offered == paid.stars:
            yield f"Paid {paid.stars}, written {sale.amount}, offered {sale.offered}.", (f"purchase {sale.id}",)
    paid_for = {paid.payload for paid in trades.bought}
    for sale in books.sales:
        if sale.payload not in paid_for:
            yield "The ledger has a purchase that nobody paid for.", (f"purchase {sale.id}",)
    yield from _kept_twice(books.sales)
    yield from _given_back(trades, books.sales)


def _kept_twice(sales: Sequence[Sold]) -> Iterator[tuple[str, tuple[str, ...]]]:
    kept = Counter((sale.person, pack) for sale in sales if not sale.given_back for pack in sale.packs)
    for (person, pack), times in kept.items():
        if times > 1:
            yield f"One pack was sold {times} times to one person, and kept.", (f"fan {person}", f"pack {pack}")


def _given_back(trades: Trades, sales: Sequence[Sold]) -> Iterator[tuple[str, tuple[str, ...]]]:
    back = Counter(trades.refunded)
    for sale in sales:
        if back[sale.payload] != (1 if sale.given_back else 0):
            said = f"The ledger says that a payment was {'' if sale.given_back else 'not '}given back, the platform otherwise."
            yield said, (f"purchase {sale.id}",)


def wrong_pictures(trades: Trades, made: Sequence[Made]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what does not fit of pictures."""
    for words, times in Counter(trades.painted).items():
        if times > 1:
            yield f"The provider painted one picture {times} times.", (words[:80],)
    got = Counter((one.account, one.chat, one.key) for one in trades.shown)
    for one in made:
        if one.state not in ("done", "failed", "cancelled"):
            yield f"A picture never came to an end: it is {one.state}.", (f"job {one.id}",)
        elif one.state == "done" and one.delivery is None:
            yield "A picture was made and nobody sent it.", (f"job {one.id}",)
        elif one.delivery == "sent" and not any(got[one.account, one.chat, key] for key in one.platform_ids):
            yield "The ledger calls a picture sent that the fan never got.", (f"job {one.id}",)
        if one.reserved != 0:
            yield f"{one.reserved} credits of an ended picture are still set aside.", (f"job {one.id}",)


def wrong_posts(trades: Trades, books: Books) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what does not fit of posts."""
    stood = Counter(trades.posts)
    planned = {post.caption for post in books.posts}
    for words, times in stood.items():
        if times > 1:
            yield f"A post went out {times} times.", (words[:60],)
        if words not in planned:
            yield "A post stands there that is on no calendar.", (words[:60],)
    for post in books.posts:
        out = stood[post.caption] > 0
        if post.state in ("planned", "pending", "publishing"):
            yield f"A post never came to an end: it is {post.state}.", (f"post {post.id}",)
        elif out != (post.state == "published") and post.state != "unknown":
            yield f"A post is {post.state}, and it {'stands' if out else 'does not stand'} there.", (f"post {post.id}",)
