"""A simulated Bot API with one bot and one person, and raw calls to it."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from PIL import Image

from evals.simulators.telegram import Bot, Limits, Retries, TelegramSimulator, TelegramUser

Api = Callable[..., Awaitable[tuple[int, dict]]]


@pytest.fixture
def limits() -> Limits | None:
    return None


@pytest.fixture
async def telegram(limits: Limits | None) -> AsyncIterator[TelegramSimulator]:
    retries = Retries(attempts=4, first_s=0.01, longest_s=0.05, timeout_s=0.3)
    async with TelegramSimulator(limits=limits, retries=retries) as running:
        yield running


@pytest.fixture
def luna(telegram: TelegramSimulator) -> Bot:
    return telegram.add_bot("Luna")


@pytest.fixture
def mia(telegram: TelegramSimulator, luna: Bot) -> TelegramUser:
    user = telegram.add_user("Mia", username="mia")
    user.start(luna)
    return user


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def api(telegram: TelegramSimulator, luna: Bot, session: aiohttp.ClientSession) -> Api:
    """Call a method with a JSON body, or with `form=`, as `bot=`."""

    async def call(method: str, form: aiohttp.FormData | None = None, bot: Bot | None = None, **params: object):
        url = f"{telegram.base_url}/bot{(bot or luna).token}/{method}"
        body = {"data": form} if form is not None else {"json": params}
        async with session.post(url, **body) as response:
            return response.status, await response.json()

    return call


def make_picture(width: int = 320, height: int = 240, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 120, 90)).save(out, kind)
    return out.getvalue()


@pytest.fixture
def picture() -> bytes:
    return make_picture()
