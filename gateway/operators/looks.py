"""How influencers look in pictures: the persona's look, and the faces and LoRAs that they are kept to."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Meta, Struct

from core.errors import BadInput, Misconfigured, Refused
from core.nouns import Look
from core.pictures import PictureRequest, PictureWish
from gateway.doorway import Doorway
from gateway.operators.auth import provide_operator
from storage.accounts import Operator, find_influencer
from storage.references import Attestation, Reference, list_references, own_picture, revoke_reference
from studio.categories import load_categories
from studio.prompts import compose
from studio.references import LARGEST_BYTES, record_face, record_lora
from studio.styles import load_style, look_of, painting_of

Words = Annotated[str, Meta(max_length=200)]
Ground: TypeAlias = Literal["generated", "consenting_adult_owner"]


class LookPage(Struct, frozen=True):
    """How an influencer looks, the categories of pictures that there are, and all references; revoked ones stay as evidence."""

    influencer: str
    name: str
    look: Look
    categories: list[str]
    references: list[Reference]


class NewFace(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A face to keep pictures to: `picture` in base64, or `asset_id` of a picture made here.

    `ground` is `generated` (made here, which is checked), or `consenting_adult_owner` with `owner` (of age) and `document`.
    """

    ground: Ground
    picture: bytes = b""
    asset_id: UUID | None = None
    owner: Words | None = None
    document: Words | None = None
    label: Words = ""
    weight: Annotated[float, Meta(ge=0, le=1)] = 0.6


class NewLora(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A LoRA by its repository, folder or file; the ground is that of the pictures which it was trained on."""

    source: Annotated[str, Meta(min_length=1, max_length=400)]
    ground: Ground
    owner: Words | None = None
    document: Words | None = None
    label: Words = ""
    weight: Annotated[float, Meta(ge=0, le=2)] = 1.0


class Because(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a reference is taken back."""

    because: Annotated[str, Meta(min_length=1, max_length=200)]


class Trial(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish, and the model whose way of speaking is wanted. Nothing is painted."""

    wish: PictureWish
    model: Annotated[str, Meta(min_length=1, max_length=200)] = "stable-diffusion-xl"


class Tried(Struct, frozen=True):
    """What that model would be asked, and what was chosen for it."""

    request: PictureRequest
    category: str
    scene: str
    outfit: str


@get("/influencers/{influencer:str}/look", summary="Show how an influencer looks in pictures")
async def show_look(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], influencer: FromPath[str]
) -> LookPage:
    """Return the look of the persona in force, with its references."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        found = await find_influencer(unit, influencer)
        references = await list_references(unit, found.id)
    return LookPage(found.slug, found.name, look_of(found), list(load_categories()), references)


@post("/influencers/{influencer:str}/look/try", status_code=HTTP_200_OK, summary="Show which prompt a wish becomes")
async def try_wish(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], influencer: FromPath[str], data: JSONBody[Trial]
) -> Tried:
    """Build a request as for a picture, and paint nothing; a wish that is refused answers 400 with the reason."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        found = await find_influencer(unit, influencer)
        try:
            style = await load_style(unit, found, painting_of(doorway.settings, data.model), from_fan=False)
        except Misconfigured as error:
            raise Refused(str(error)) from None
    made = compose(look_of(found), data.wish, style)
    return Tried(made.request, made.category, made.scene, made.outfit)


@post(
    "/influencers/{influencer:str}/references",
    status_code=HTTP_201_CREATED,
    summary="Record a face that pictures are kept to",
    request_max_body_size=LARGEST_BYTES * 4 // 3 + 10_000,
)
async def add_face(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], influencer: FromPath[str], data: JSONBody[NewFace]
) -> Reference:
    """Keep the picture, and that this operator attests its ground now. A fan's picture is refused whatever is attested."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        found = await find_influencer(unit, influencer)
        asset = None if data.asset_id is None else await own_picture(unit, found.id, data.asset_id)
    if (asset is None) == (not data.picture):
        raise BadInput("Give either `picture` or `asset_id`.")
    picture = data.picture if asset is None else await doorway.house.blobs.get(asset.blob_key)
    attested = Attestation(data.ground, operator.name, doorway.clock.now(), data.owner, data.document)
    return await record_face(
        doorway.house, operator.agency_id, found.id, picture, attested, label=data.label, weight=data.weight
    )


@post("/influencers/{influencer:str}/loras", status_code=HTTP_201_CREATED, summary="Record a LoRA that pictures are made with")
async def add_lora(
    doorway: NamedDependency[Doorway], operator: NamedDependency[Operator], influencer: FromPath[str], data: JSONBody[NewLora]
) -> Reference:
    """Record it, and that this operator attests now what it was trained on."""
    attested = Attestation(data.ground, operator.name, doorway.clock.now(), data.owner, data.document)
    async with doorway.house.app.unit(operator.agency_id) as unit:
        found = await find_influencer(unit, influencer)
        return await record_lora(unit, found.id, data.source, attested, label=data.label, weight=data.weight)


@post(
    "/influencers/{influencer:str}/references/{reference_id:uuid}/revoke",
    status_code=HTTP_200_OK,
    summary="Take a face or LoRA back",
)
async def revoke(
    doorway: NamedDependency[Doorway],
    operator: NamedDependency[Operator],
    influencer: FromPath[str],
    reference_id: FromPath[UUID],
    data: JSONBody[Because],
) -> Reference:
    """From now on nothing is painted by it; what waits to be painted by it fails, and says why."""
    async with doorway.house.app.unit(operator.agency_id) as unit:
        found = await find_influencer(unit, influencer)
        return await revoke_reference(unit, found.id, reference_id, operator.name, data.because.strip(), doorway.clock.now())


router = Router(
    "/api",
    route_handlers=[show_look, try_wish, add_face, add_lora, revoke],
    dependencies={"operator": Provide(provide_operator)},
    tags=["Looks"],
    security=[{"operator": []}],
)
