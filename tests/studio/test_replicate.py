"""Pictures by Replicate's API: what is sent, every way in which it fails, and that nothing is ordered twice blindly."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from core.errors import (
    BadInput,
    CredentialExpired,
    Misconfigured,
    MuseError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    SettingInvalid,
    Unavailable,
    Withdrawn,
)
from core.pictures import Guides, Lora, PaintOrder, PictureRequest
from core.settings import Settings
from evals.simulators.replicate import FLUX, SDXL, ModelOnShelf, ReplicateSimulator
from studio.painters.replicate import ReplicatePainter, open_replicate
from studio.painters.replicate_api import ReplicateApi
from studio.painters.replicate_inputs import describe_input
from tests.studio.painting import Watch, order, sheet

XL = "replicate:stability-ai/sdxl"
ASKED = PictureRequest(prompt="a plain sheet", negative="text", model=XL, width=64, height=128, seed=4, steps=900, guidance=5.0)


@pytest.fixture
async def there() -> AsyncIterator[ReplicateSimulator]:
    async with ReplicateSimulator() as simulator:
        yield simulator


def painter_of(there: ReplicateSimulator, model: str = XL, token: str = "", **said: object) -> ReplicatePainter:
    api = ReplicateApi(there.url, token or there.token, ("replicate.delivery",), call_s=2.0)
    return ReplicatePainter(model, api, **{"poll_s": 0.01, "looks_s": (0.01, 0.01), **said})  # type: ignore[arg-type]  # by name


async def test_only_what_the_model_takes_is_sent_and_within_its_bounds(there: ReplicateSimulator) -> None:
    painter = painter_of(there)
    (made,) = await painter.paint([order(ASKED)], Watch())
    (ordered,) = there.predictions.values()
    assert ordered.input == {
        "prompt": "a plain sheet", "negative_prompt": "text", "seed": 4, "num_inference_steps": 500, "guidance_scale": 5.0,
        "width": 64, "height": 128, "num_outputs": 1,
    }  # fmt: skip
    assert (made.width, made.height, made.mime, made.model) == (64, 128, "image/png", XL)
    (headers,) = there.calls_of("create")
    assert headers["Prefer"] == "wait=5"
    assert headers["Cancel-After"] == "300s"
    assert all("authorization" not in {name.lower() for name in headers} for headers in there.calls_of("file"))
    await painter.close()


async def test_an_official_model_is_run_by_its_name_and_sized_by_its_shapes(there: ReplicateSimulator) -> None:
    painter = painter_of(there, "replicate:black-forest-labs/flux-schnell")
    await painter.paint([order(replace(ASKED, model=painter.name))], Watch())
    (ordered,) = there.predictions.values()
    assert ordered.model == FLUX
    assert ordered.input == {
        "prompt": "a plain sheet", "seed": 4, "num_inference_steps": 4, "aspect_ratio": "9:16", "num_outputs": 1,
        "output_format": "png",
    }  # fmt: skip
    await painter.close()


async def test_guides_go_as_small_files_or_are_refused(there: ReplicateSimulator) -> None:
    schema = SDXL.described()["latest_version"]["openapi_schema"]
    large = sheet((10, 200, 30), (2000, 1500), "PNG", stripe=700) + bytes(300_000)
    found = describe_input(PaintOrder(order(ASKED).id, ASKED, Guides(base=large)), schema)
    assert found["image"].startswith("data:image/jpeg;base64,")
    assert len(found["image"]) < 350_000
    assert found["prompt_strength"] == 0.6
    for wanted in (
        PaintOrder(order(ASKED).id, ASKED, Guides(face=sheet((1, 1, 1)))),
        order(replace(ASKED, loras=(Lora("a/b"),))),
        order(replace(ASKED, loras=(Lora("/a/b.safetensors"),))),
    ):
        with pytest.raises(BadInput, match=r"LoRA|reference face"):
            describe_input(wanted, schema)
    with pytest.raises(BadInput, match="takes no prompt"):
        describe_input(order(ASKED), {"components": {"schemas": {"Input": {"properties": {"audio": {}}}}}})


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, CredentialExpired, "refuses the token"),
        (402, Misconfigured, "no credit left"),
        (404, Misconfigured, "no such model"),
        (422, BadInput, "does not take this: width is odd"),
        (429, RateLimited, "pause"),
    ],
)
async def test_what_a_status_means(there: ReplicateSimulator, status: int, kind: type[MuseError], words: str) -> None:
    there.faults.refuse("create", status, retry_after="7", body=b'{"title": "no", "detail": "width is odd\\n"}')
    painter = painter_of(there)
    with pytest.raises(kind, match=words) as caught:
        await painter.paint([order(ASKED)], Watch())
    assert getattr(caught.value, "retry_after", 7.0) == 7.0
    assert there.token not in str(caught.value)
    assert not there.predictions
    await painter.close()


@pytest.mark.parametrize("fault", ["drop_after", "late", "garbage"])
async def test_an_order_whose_answer_was_lost_is_found_again(there: ReplicateSimulator, fault: str) -> None:
    if fault == "late":
        there.faults.late("create", 4.0)
    else:
        getattr(there.faults, fault)("create")
    painter = painter_of(there)
    (made,) = await painter.paint([order(ASKED)], Watch())
    assert made.seed == 4
    assert len(there.charged) == 1
    await painter.close()


async def test_an_order_that_cannot_be_found_is_unknown_and_a_later_try_takes_it(there: ReplicateSimulator) -> None:
    painter, wanted = painter_of(there), order(ASKED)
    there.faults.refuse("create", 500)  # not taken, but who knows
    with pytest.raises(OutcomeUnknown):
        await painter.paint([wanted], Watch())
    there.faults.refuse("list", 503)
    with pytest.raises(Unavailable):  # the list does not answer before ordering: nothing is ordered
        await painter.paint([wanted], Watch())
    assert not there.predictions
    await painter.close()
    blind, lost = painter_of(there, looks_s=()), order(replace(ASKED, seed=8))
    there.faults.drop_after("create")
    with pytest.raises(OutcomeUnknown):
        await blind.paint([lost], Watch())
    assert (await blind.paint([lost], Watch()))[0].seed == 8
    assert len(there.predictions) == 1
    await blind.close()


async def test_a_second_worker_takes_up_what_the_first_ordered(there: ReplicateSimulator) -> None:
    wanted = order(ASKED)
    there.faults.refuse("file", 500)
    first = painter_of(there)
    with pytest.raises(Unavailable):
        await first.paint([wanted], Watch())
    await first.close()
    second = painter_of(there)
    assert (await second.paint([wanted], Watch()))[0].seed == 4
    assert len(there.predictions) == 1
    (only,) = there.predictions.values()
    only.removed = True
    await second.paint([wanted], Watch())
    assert len(there.predictions) == 2
    await second.close()


async def test_a_batch_that_fails_in_part_does_not_order_the_rest_again(there: ReplicateSimulator) -> None:
    painter = painter_of(there)
    orders = [order(replace(ASKED, seed=seed)) for seed in (1, 2, 3)]
    there.next_fails = True
    with pytest.raises(Refused, match="could not paint"):
        await painter.paint(orders, Watch())
    watch = Watch()
    made = await painter.paint(orders, watch)
    assert [one.seed for one in made] == [1, 2, 3]
    assert len(there.predictions) == 4
    assert watch.steps[-1] == (3, 3)
    await painter.close()


async def test_called_off_here_is_called_off_there(there: ReplicateSimulator) -> None:
    there.run_s = 60.0
    painter = painter_of(there, wait_s=0)
    with pytest.raises(Withdrawn):
        await painter.paint([order(ASKED)], Watch(cancel_after=3))
    assert [one.status for one in there.predictions.values()] == ["canceled"]
    there.faults.refuse("cancel", 500)
    with pytest.raises(OutcomeUnknown, match="may be charged"):
        await painter.paint([order(replace(ASKED, seed=5))], Watch(cancel_after=3))
    await painter.close()
    hasty = painter_of(there, wait_s=0, at_most_s=0)
    with pytest.raises(Unavailable, match="within 0 seconds"):
        await hasty.paint([order(replace(ASKED, seed=6))], Watch())
    await hasty.close()


async def test_pictures_come_from_the_providers_own_hosts_alone(there: ReplicateSimulator) -> None:
    away = ReplicateApi("https://api.replicate.com/v1", "t", ("replicate.delivery",))
    for address in ("http://replicate.delivery/a.png", "https://evil.example/a.png", "https://notreplicate.delivery/a.png",
                    "https://127.0.0.1/a.png", "file:///etc/passwd"):  # fmt: skip
        with pytest.raises(Refused, match="not its own"):
            await away.fetch(address)
    there.faults.garbage("file")
    painter = painter_of(there)
    with pytest.raises(Refused, match="is no picture"):
        await painter.paint([order(ASKED)], Watch())
    await painter.close()


async def test_a_wrong_name_or_no_token_is_said_at_once() -> None:
    for model in ("replicate:sdxl", "replicate:a/b:123", "other:a/b"):
        with pytest.raises(SettingInvalid, match="replicate:owner/name"):
            open_replicate(model, Settings(replicate_token="t"))
    with pytest.raises(SettingInvalid, match="MUSE_REPLICATE_TOKEN"):
        open_replicate(XL, Settings())
    await open_replicate(XL, Settings(replicate_token="t")).close()


async def test_a_list_is_read_page_by_page_and_never_from_elsewhere() -> None:
    tiny = ModelOnShelf("a", "b", {"prompt": {}, "seed": {}})
    async with ReplicateSimulator(models=(tiny,)) as there:
        painter = painter_of(there, "replicate:a/b")
        first = order(replace(ASKED, model="replicate:a/b"))
        await painter.paint([first], Watch())
        (only,) = there.predictions.values()
        for number in range(150):
            there.predictions[f"n{number}"] = replace(only, id=f"n{number}", input={"prompt": "other"})
        await painter.paint([first], Watch())
        assert len(there.predictions) == 151
        await painter.close()
