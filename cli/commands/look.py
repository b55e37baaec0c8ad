"""How influencers look in pictures: the look itself, what a wish becomes, and the faces and LoRAs that pictures are kept to."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from core.errors import BadInput

if TYPE_CHECKING:
    from cli.api_client import ApiClient

HELP = "Looks: how an influencer looks in pictures, which prompt a wish becomes, and the faces and LoRAs it is kept to."
GROUNDS = ("generated", "consenting_adult_owner")


class _Made(Struct, frozen=True):
    """A picture that was made here, as far as a reference needs it."""

    id: UUID
    asset_id: UUID | None = None


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="<action>", required=True)
    show = actions.add_parser("show", help="show the look of an influencer, and its references")
    _add_influencer(show)
    attempt = actions.add_parser("try", help="show which prompt a wish becomes; nothing is painted")
    _add_influencer(attempt)
    attempt.add_argument("wish", nargs="?", default="", help="what is to be seen, in a few words")
    attempt.add_argument("--category", default="portrait", metavar="NAME", help="the kind of picture (portrait)")
    attempt.add_argument("--seed", type=int, metavar="N", help="repeat what this seed chose")
    attempt.add_argument("--model", default="stable-diffusion-xl", metavar="NAME", help="whose way of speaking is wanted")
    _add_references(actions.add_parser("reference", help="faces that pictures are kept to: add, list, revoke"))
    lora = actions.add_parser("lora", help="record a LoRA that pictures are made with")
    _add_influencer(lora)
    lora.add_argument("source", help="its repository, folder or file")
    _add_attestation(lora, weight=1.0)


def _add_references(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="<verb>", required=True)
    add = verbs.add_parser("add", help="record a face; a picture that a fan sent is refused")
    _add_influencer(add)
    add.add_argument("picture", help="a PNG, JPEG or WebP file, or the id of a picture made here, as muse image list shows it")
    _add_attestation(add, weight=0.6)
    listing = verbs.add_parser("list", help="list faces and LoRAs with what they rest on; revoked ones stay as evidence")
    _add_influencer(listing)
    revoke = verbs.add_parser("revoke", help="take a face or LoRA back: nothing is painted by it any more")
    _add_influencer(revoke)
    revoke.add_argument("reference", help="its id, as the list shows it")
    revoke.add_argument("--because", required=True, metavar="WORDS", help="why")


def _add_influencer(parser: ArgumentParser) -> None:
    parser.add_argument("influencer", help="the influencer's short name, such as luna")


def _add_attestation(parser: ArgumentParser, *, weight: float) -> None:
    parser.add_argument("--ground", required=True, choices=GROUNDS, help="what it rests on; you attest it")
    parser.add_argument("--owner", metavar="NAME", help="with consent: whose likeness it is, a grown-up")
    parser.add_argument("--document", metavar="WORDS", help="with consent: where they agreed, such as a contract's number")
    parser.add_argument("--label", default="", metavar="WORDS", help="a name for people")
    parser.add_argument("--weight", type=float, default=weight, metavar="W", help=f"how strongly it counts ({weight:g})")


def run(arguments: Namespace) -> int:
    """Do what the action says. Raises `MuseError`."""
    from cli.api_client import open_api
    from cli.settings import read_settings

    settings = read_settings()
    api = open_api(settings)
    place = f"/api/influencers/{arguments.influencer}"
    if arguments.action == "try":
        return _try(api, place, arguments)
    if arguments.action == "lora":
        body = {**_attested(arguments), "source": arguments.source}
        return _say("Recorded", api.post(f"{place}/loras", dict[str, Any], body))
    if arguments.action == "reference" and arguments.verb == "add":
        body = {**_attested(arguments), **_picture(api, arguments.picture, arguments.influencer)}
        code = _say("Recorded", api.post(f"{place}/references", dict[str, Any], body))
        if not settings.image_face_adapter:
            print(
                "No face adapter is set: pictures are refused until MUSE_IMAGE_FACE_ADAPTER names one, or the face is revoked."
            )
        return code
    if arguments.action == "reference" and arguments.verb == "revoke":
        path = f"{place}/references/{_id(arguments.reference)}/revoke"
        return _say("Revoked", api.post(path, dict[str, Any], {"because": arguments.because}))
    page = api.get(f"{place}/look", dict[str, Any])
    if arguments.action == "show":
        _draw(page)
    return _list(page["references"])


def _try(api: ApiClient, place: str, arguments: Namespace) -> int:
    from cli.terminal import tame

    wish = {"text": arguments.wish, "category": arguments.category, "seed": arguments.seed}
    made = api.post(f"{place}/look/try", dict[str, Any], {"wish": wish, "model": arguments.model})
    request = made["request"]
    print(tame(request["prompt"]))
    print(tame(f"without: {request['negative']}"))
    print(f"{request['width']} × {request['height']}, seed {request['seed']}")
    return 0


def _attested(arguments: Namespace) -> dict[str, Any]:
    return {name: getattr(arguments, name) for name in ("ground", "owner", "document", "label", "weight")}


def _picture(api: ApiClient, given: str, influencer: str) -> dict[str, Any]:
    """Read a file, or find a picture by what muse image list shows of it; any other full id is one of the vault."""
    from cli.desk.short_ids import fits

    path = Path(given)
    if path.is_file():
        return {"picture": path.read_bytes()}
    made = [row for row in api.get("/api/images", list[_Made], influencer=influencer, limit=500) if fits(row.id, given)]
    if len(made) > 1:
        raise BadInput(f"{given!r} may mean {len(made)} pictures; type more of the id.")
    if made and made[0].asset_id is None:
        raise BadInput(f"{given!r} is not painted yet; see: muse image show {given}")
    if made:
        return {"asset_id": str(made[0].asset_id)}
    return {"asset_id": _id(given, "neither a file nor the id of a picture; type: muse image list")}


def _id(given: str, otherwise: str = "no id; type: muse look reference list NAME") -> str:
    try:
        return str(UUID(given))
    except ValueError:
        raise BadInput(f"{given!r} is {otherwise}.") from None


def _draw(page: dict[str, Any]) -> None:
    from cli.terminal import tame

    look = page["look"]
    print(tame(f"{page['name']}: {look['appearance'] or 'no looks are said yet (look.toml)'}"))
    print(tame(f"style: {look['style']}"))
    for name in ("wardrobe", "scenes", "avoid"):
        print(tame(f"{name}: {'; '.join(look[name]) or 'none'}"))
    print(f"categories: {', '.join(page['categories'])}")


def _list(references: list[dict[str, Any]]) -> int:
    for one in references:
        print(_line(one))
    if not references:
        print("No face and no LoRA is recorded.")
    return 0


def _say(done: str, reference: dict[str, Any]) -> int:
    print(f"{done}: {_line(reference)}")
    return 0


def _line(one: dict[str, Any]) -> str:
    from cli.terminal import tame

    ground = one["ground"] if one["ground"] != "consenting_adult_owner" else f"consent of {one['owner']}, {one['document']}"
    said = f"attested by {one['attested_by']} on {one['attested_at'][:10]}"
    gone = (
        f"; revoked on {one['revoked_at'][:10]} by {one['revoked_by']}: {one['revoked_because']}" if one["revoked_at"] else ""
    )
    label = f" “{one['label']}”" if one["label"] else ""
    return tame(f"{one['id']} {one['kind']}{label}, weight {one['weight']:g}, {ground}; {said}{gone}")
