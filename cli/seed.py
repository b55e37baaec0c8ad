"""Sample data for a first look: an agency, its operator, and every persona of the library with a chat page and packs.

A second run finds everything there and changes nothing. A persona that has changed in the library becomes a new version, unless
an operator has put another one in force since; accounts and packs stay as they are.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from cli import vault
from core.ids import new_id
from core.nouns import Account
from core.outbound import AssetRef
from core.settings import Settings
from personas.loader import LIBRARY, list_personas, load_persona
from personas.packs import PackSeed, PromoSeed, load_packs, load_promos
from personas.schema import Persona
from storage import packs
from storage.accounts import list_accounts, put_account, put_agency, put_influencer, put_operator
from storage.house import House, open_house
from storage.personas import LIBRARY as SAMPLES
from storage.personas import Making, is_library, put_version
from storage.promo_rows import NewPromo, add_code, add_promo
from storage.unit import Unit

AGENCY = "demo"
OPERATOR = "owner"
PLATFORM = "webchat"


class Stored(Struct, frozen=True):
    """A picture that was put among the files; `size` in bytes."""

    asset: AssetRef
    sha256: bytes
    size: int


async def load_samples(settings: Settings, on_step: Callable[[str], None], library: Path = LIBRARY) -> list[str]:
    """Load what is not there yet; return the influencers' short names. Raises `Misconfigured`, `Unavailable`."""
    token = (Path(settings.data_dir) / "secrets" / "operator.token").read_text().strip()
    slugs = list_personas(library)
    async with open_house(settings, "seed", connections=2) as house:
        agency_id = await put_agency(house.app, AGENCY, "Demo agency")
        async with house.app.unit(agency_id) as unit:
            await put_operator(unit, OPERATOR, token)
            known = {account.key: account for account in await list_accounts(unit) if account.platform == PLATFORM}
        for slug in slugs:
            if slug not in known:
                on_step(f"drawing {slug}'s pictures")
                await _load_influencer(house, agency_id, library / slug)
            elif await _renew(house, known[slug], library / slug):
                on_step(f"a new version of {slug}")
    on_step(", ".join(slugs))
    return slugs


async def _renew(house: House, account: Account, folder: Path) -> bool:
    """Let a sample speak by its changed persona, if what is in force came from the library; return whether it changed."""
    persona = load_persona(folder)
    async with house.app.unit(account.agency_id) as unit:
        if not await is_library(unit, account.influencer_id):
            return False
        making = Making(persona.to_document(), persona.checksum, SAMPLES, "came with Muse")
        return await put_version(unit, account.influencer_id, making)


async def _load_influencer(house: House, agency_id: UUID, folder: Path) -> None:
    persona, seeds = load_persona(folder), load_packs(folder)
    likes = " ".join(tag for seed in seeds for tag in seed.tags)
    avatar = await _store(
        house, await asyncio.to_thread(vault.draw_once, vault.draw_avatar, persona.name, persona.accent, likes)
    )
    pictures = [await _pictures(house, persona, seed) for seed in seeds]
    async with house.app.unit(agency_id) as unit:
        document, why = persona.to_document(), "came with Muse"
        influencer = await put_influencer(unit, persona.slug, persona.name, document, persona.checksum, SAMPLES, why)
        for seed, (preview, items) in zip(seeds, pictures, strict=True):
            await _put_pack(unit, influencer.id, seed, preview, items)
        for promo in load_promos(folder):
            await _put_promo(unit, influencer.id, promo)
        account = Account(
            id=new_id(),
            agency_id=agency_id,
            influencer_id=influencer.id,
            platform=PLATFORM,
            key=persona.slug,
            inbound="page",
            sandbox=True,
            autonomy=persona.autonomy,
            options={"avatar": avatar.asset.blob_key},
        )
        await put_account(unit, house.seal, account)


async def _pictures(house: House, persona: Persona, seed: PackSeed) -> tuple[Stored, list[Stored]]:
    scenes = [seed.scenes[n % len(seed.scenes)] for n in range(seed.pictures)]
    async with asyncio.TaskGroup() as group:  # drawing leaves the interpreter for most of its time
        drawing = [
            group.create_task(asyncio.to_thread(vault.draw_once, vault.draw_scene, scene, f"{persona.slug}/{seed.slug}/{n}"))
            for n, scene in enumerate(scenes)
        ]
    drawn = [one.result() for one in drawing]
    items = [await _store(house, picture) for picture in drawn]
    return await _store(house, await asyncio.to_thread(vault.blur, drawn[0])), items


async def _store(house: House, picture: vault.Picture) -> Stored:
    sha256 = hashlib.sha256(picture.data).digest()
    key = f"assets/{sha256.hex()}"
    await house.blobs.put(key, picture.data, picture.mime)
    return Stored(AssetRef(new_id(), key, picture.mime, picture.width, picture.height), sha256, len(picture.data))


async def _put_pack(unit: Unit, influencer_id: UUID, seed: PackSeed, preview: Stored, items: list[Stored]) -> None:
    pack_id = await packs.put_pack(unit, influencer_id, seed.slug, seed.title, seed.description, seed.tags)
    for platform, price in seed.prices.items():
        await packs.put_price(unit, pack_id, platform, price.amount, price.unit)
    ids = [await packs.put_asset(unit, influencer_id, one.asset, one.sha256, one.size) for one in (preview, *items)]
    await packs.set_pictures(unit, pack_id, ids[0], ids[1:])


async def _put_promo(unit: Unit, influencer_id: UUID, seed: PromoSeed) -> None:
    new = NewPromo(
        id=new_id(),
        influencer_id=influencer_id,
        slug=seed.slug,
        title=seed.title,
        kind="percentage",
        way="code" if seed.code else "asked",
        percent=seed.percent,
        made_by=OPERATOR,
    )
    await add_promo(unit, new)
    if seed.code:
        await add_code(unit, new_id(), new.id, seed.code, once=False, fan_id=None)
