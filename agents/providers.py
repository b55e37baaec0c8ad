"""Making LangChain chat models of a setting's words; nothing is imported before it is wanted."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from agents.translation import missing_model, translate_error
from core.errors import Misconfigured, SettingInvalid
from core.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Closing = Callable[[], Awaitable[None]]


class ModelConfig(Struct, frozen=True, kw_only=True):
    """What the seam needs to know. `chat_model` as in MUSE_CHAT_MODEL; times in seconds."""

    chat_model: str = "reflex"
    ollama_url: str = "http://127.0.0.1:11434"
    ollama_keep_alive: str = "30m"
    openai_url: str = ""
    openai_api_key: str = ""
    timeout_s: float = 45.0
    calls: int = 64
    breaker_failures: int = 5
    breaker_rest_s: float = 30.0
    window_tokens: int = 8192

    @classmethod
    def from_settings(cls, settings: Settings) -> ModelConfig:
        """Take from the settings what concerns chat models."""
        return cls(
            chat_model=settings.chat_model,
            ollama_url=settings.ollama_url,
            ollama_keep_alive=settings.ollama_keep_alive,
            openai_url=settings.openai_url,
            openai_api_key=settings.openai_api_key,
            timeout_s=settings.model_timeout_s,
            calls=settings.model_calls,
            breaker_failures=settings.breaker_failures,
            breaker_rest_s=settings.breaker_rest_s,
            window_tokens=settings.model_window,
        )


class Tuning(Struct, frozen=True):
    """How one call is made: none is the model's own. `window_tokens` is how long prompt and answer may be together."""

    temperature: float | None = None
    reply_tokens: int | None = None
    window_tokens: int | None = None


class Opened(Struct, frozen=True):
    """A chat model, what to bind to a call, where it lives, how to look whether it is there, and how to close it."""

    model: BaseChatModel
    where: str
    call: Callable[[Tuning], dict[str, Any]]
    check: Closing
    close: Closing


def is_local(config: ModelConfig) -> bool:
    """Whether a model runs on this machine or network, so that what it reads goes to nobody else: by its provider's address."""
    provider = config.chat_model.partition(":")[0]
    if provider == "reflex":
        return True
    address = {"ollama": config.ollama_url, "openai": config.openai_url}.get(provider, "")
    host = urlsplit(address).hostname or ""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:  # a name without a dot is a neighbour's: the public ones have one
        return bool(host) and ("." not in host or host.endswith((".local", ".internal")))
    return ip.is_loopback or (ip.is_private and not ip.is_unspecified)


def open_provider(config: ModelConfig) -> Opened:
    """Make the chat model that a setting names. Raises `SettingInvalid`, `Misconfigured`."""
    provider, _, model = config.chat_model.partition(":")
    if not provider or not model:
        raise SettingInvalid(f"MUSE_CHAT_MODEL: {config.chat_model!r} is not reflex, ollama:<model> or <provider>:<model>.")
    if provider == "ollama":
        return _open_ollama(model, config)
    if provider == "openai" and config.openai_url:
        return _open_openai(model, config)
    return _open_any(config)


def _open_ollama(model: str, config: ModelConfig) -> Opened:
    import httpx
    from httpx_aiohttp import AiohttpTransport
    from langchain_ollama import ChatOllama

    # The default transport collapses at some hundred calls a second; this one does not.
    transport = AiohttpTransport(limits=httpx.Limits(max_connections=config.calls, keepalive_expiry=60.0))
    shared: dict[str, Any] = {"timeout": None, "trust_env": False}  # our own limit counts; a local server needs no proxy
    chat = ChatOllama(
        model=model,
        base_url=config.ollama_url,
        keep_alive=config.ollama_keep_alive,
        client_kwargs=shared,
        async_client_kwargs={"transport": transport},
    )

    async def check() -> None:
        await _check_ollama(model, config, transport)

    def call(tuning: Tuning) -> dict[str, Any]:
        # Without num_ctx the server cuts long prompts off at their beginning, where the persona stands, and says nothing.
        window = tuning.window_tokens or config.window_tokens
        options = {"num_ctx": window, "temperature": tuning.temperature, "num_predict": tuning.reply_tokens}
        given = {name: value for name, value in options.items() if value is not None}
        return {"stream": False, "options": given}  # nobody reads along while it writes: one answer in one piece

    return Opened(chat, config.ollama_url, call, check, transport.aclose)


async def _check_ollama(model: str, config: ModelConfig, transport: Any) -> None:
    import httpx

    try:
        request = httpx.Request(
            "GET", config.ollama_url.rstrip("/") + "/api/tags", extensions={"timeout": {"connect": 5.0, "read": 5.0}}
        )
        response = await transport.handle_async_request(request)
        await response.aread()
        names = [entry["model"] for entry in response.json()["models"]]
    except Exception as error:
        raise translate_error(error, config.chat_model, config.ollama_url) from error
    if model not in names and f"{model}:latest" not in names:
        raise Misconfigured(missing_model(config.chat_model, config.ollama_url))


def _open_openai(model: str, config: ModelConfig) -> Opened:
    from langchain_openai import ChatOpenAI
    from openai import DefaultAioHttpClient
    from pydantic import SecretStr

    http = DefaultAioHttpClient(base_url=config.openai_url, timeout=config.timeout_s)  # its own: the default one is shared

    chat = ChatOpenAI(
        model=model,
        base_url=config.openai_url,
        api_key=SecretStr(config.openai_api_key or "none"),
        timeout=config.timeout_s,
        max_retries=0,
        http_async_client=http,
    )
    return Opened(chat, config.openai_url, _call_plainly, _nothing, http.aclose)


def _open_any(config: ModelConfig) -> Opened:
    from langchain.chat_models import init_chat_model

    provider = config.chat_model.partition(":")[0]
    try:
        chat = init_chat_model(config.chat_model, timeout=config.timeout_s, max_retries=0)
    except ImportError as error:
        raise Misconfigured(f"MUSE_CHAT_MODEL: {provider} needs a package that is not installed: {error}.") from error
    except Exception as error:
        raise SettingInvalid(
            f"MUSE_CHAT_MODEL: {config.chat_model!r} cannot be opened ({type(error).__name__}: {error})."
        ) from error
    return Opened(chat, provider, _call_plainly, _nothing, _nothing)


def _call_plainly(tuning: Tuning) -> dict[str, Any]:
    given = {"temperature": tuning.temperature, "max_tokens": tuning.reply_tokens}
    return {name: value for name, value in given.items() if value is not None}


async def _nothing() -> None:
    """Do nothing: this provider cannot be looked at, or has nothing to close."""
