"""What the gateway answers about packs and promos."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.money import Money


class Pack(Struct, frozen=True):
    """A pack as operators keep it."""

    id: UUID
    influencer: str
    slug: str
    title: str
    description: str
    tags: list[str]
    rating: str
    active: bool
    prices: dict[str, Money]
    pictures: list[UUID]
    sold: int
    embedded: bool

    @property
    def address(self) -> str:
        """Return how a person names it."""
        return f"{self.influencer}/{self.slug}"


class Kept(Struct, frozen=True):
    """A picture that was put into the vault."""

    asset_id: UUID


class Promo(Struct, frozen=True):
    """A promo as operators keep it."""

    id: UUID
    influencer: str
    slug: str
    title: str
    kind: str
    way: str
    percent: int | None
    amount: int | None
    unit: str | None
    take: int | None
    least: int | None
    per_fan: int
    total: int | None
    platforms: list[str]
    stacks: bool
    starts_at: datetime
    ends_at: datetime | None
    packs: list[str]
    codes: int
    redeemed: int
    held: int
    state: str

    @property
    def address(self) -> str:
        """Return how a person names it."""
        return f"{self.influencer}/{self.slug}"

    @property
    def gives(self) -> str:
        """Say what it does to a price."""
        money = str(Money(self.amount, self.unit)) if self.amount is not None and self.unit else ""
        if self.kind == "percentage":
            return f"{self.percent} % off"
        if self.kind == "fixed":
            return f"{money} off"
        if self.kind == "trial":
            return f"first purchase for {money}"
        return f"{self.take} packs, the cheapest free" if self.take else f"together for {money}"


class Code(Struct, frozen=True):
    """A code of a promo."""

    code: str
    once: bool
    fan_id: UUID | None
    redeemed: int
