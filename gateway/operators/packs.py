"""Packs and the vault's pictures: what there is to sell, at which price where."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Meta, Struct

from core.money import Money
from core.outbound import AssetRef
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from shop.previews import LARGEST_BYTES
from shop.shelving import NewPack, PackChange, Shelving
from storage import pack_rows
from storage.accounts import Operator
from storage.pack_rows import PackRow, VaultRow


class Priced(Struct, frozen=True):
    """What a pack costs on a platform from now on; without a price it is sold there no more."""

    platform: Annotated[str, Meta(min_length=1, max_length=40)]
    price: Money | None = None


async def provide_shelving(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator]) -> Shelving:
    """Return the operator's hands on the shelf."""
    return Shelving(doorway.house, doorway.policies, operator.agency_id)


@get("/packs", summary="List packs")
async def list_packs(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], influencer: FromQuery[str | None] = None
) -> list[PackRow]:
    """Return the agency's packs with prices by platform, those off sale last; `influencer` leaves only that one's."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        if influencer is not None:
            await pack_rows.find_influencer(unit, influencer)
        return await pack_rows.list_packs(unit, influencer)


@get("/packs/{pack_id:uuid}", summary="Show a pack")
async def show_pack(doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], pack_id: FromPath[UUID]) -> PackRow:
    """Return one pack."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        return await pack_rows.load_pack(unit, pack_id)


@post("/packs", status_code=HTTP_201_CREATED, summary="Make a pack")
async def add_pack(shelving: NamedDependency[Shelving], data: JSONBody[NewPack]) -> PackRow:
    """Make a pack of pictures in the vault; its preview is drawn from the first. A name that is taken answers 409."""
    return await shelving.add(data)


@post("/packs/{pack_id:uuid}/edit", status_code=HTTP_200_OK, summary="Change a pack")
async def edit_pack(shelving: NamedDependency[Shelving], pack_id: FromPath[UUID], data: JSONBody[PackChange]) -> PackRow:
    """Change words, rating or pictures. A pack that was offered may gain pictures and lose none: 409."""
    return await shelving.change(pack_id, data)


@post("/packs/{pack_id:uuid}/price", status_code=HTTP_200_OK, summary="Price a pack on a platform")
async def price_pack(shelving: NamedDependency[Shelving], pack_id: FromPath[UUID], data: JSONBody[Priced]) -> PackRow:
    """Set the price in the platform's own money, or sell the pack there no more. Open offers at another price fall."""
    return await shelving.price(pack_id, data.platform, data.price)


@post("/packs/{pack_id:uuid}/retire", status_code=HTTP_200_OK, summary="Take a pack off sale")
async def retire_pack(shelving: NamedDependency[Shelving], pack_id: FromPath[UUID], back: FromQuery[bool] = False) -> PackRow:
    """Sell a pack no more, or again with `back`; who bought it keeps it."""
    return await shelving.retire(pack_id, back)


@get("/influencers/{influencer:str}/assets", summary="List an influencer's pictures")
async def list_assets(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    influencer: FromPath[str],
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 200,
) -> list[VaultRow]:
    """Return the vault, newest first, with the packs that show each picture."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        await pack_rows.find_influencer(unit, influencer)
        return await pack_rows.list_vault(unit, influencer, limit)


@post(
    "/influencers/{influencer:str}/assets",
    status_code=HTTP_201_CREATED,
    summary="Put a picture into the vault",
    request_max_body_size=LARGEST_BYTES + 1,
)
async def keep_asset(
    request: Request[Any, Any, Any], shelving: NamedDependency[Shelving], influencer: FromPath[str]
) -> AssetRef:
    """Keep the picture that is the body, a JPEG, PNG or WebP of at most 10 MB; the same bytes are one picture."""
    return await shelving.keep(influencer, await request.body())


router = Router(
    "/api",
    route_handlers=[list_packs, show_pack, add_pack, edit_pack, price_pack, retire_pack, list_assets, keep_asset],
    dependencies={"operator": Provide(provide_operator), "shelving": Provide(provide_shelving)},
    tags=["Packs"],
    security=[{"operator": []}],
)
