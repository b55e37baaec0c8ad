"""Every setting of Muse. Read once in a composition root and passed down; nothing else looks at the environment."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from dotenv import dotenv_values
from msgspec import Meta
from msgspec.structs import fields

from core.errors import SettingInvalid
from core.picture_settings import SECRET, PictureSettings, read_house_loras

PREFIX = "MUSE_"


class Settings(PictureSettings, frozen=True, kw_only=True):
    """The settings with their defaults; those of pictures stand in `core.picture_settings`.

    The environment's name is the field's in capitals with `MUSE_` before it.
    """

    # where things lie and listen
    data_dir: Annotated[str, Meta(description="Folder of the embedded stack: databases, files, secrets, logs.")] = ".muse"
    host: Annotated[str, Meta(description="Address the gateway binds.")] = "127.0.0.1"
    port: Annotated[int, Meta(description="Port of the gateway. 0: 8080, or the next free one.", ge=0, le=65535)] = 0
    allow_remote: Annotated[bool, Meta(description="Must be true for MUSE_HOST to be anything but loopback.")] = False
    public_url: Annotated[
        str, Meta(description="Address under which platforms and fans reach the gateway, if not MUSE_HOST:MUSE_PORT.")
    ] = ""
    safety_contact: Annotated[
        str, Meta(description="How fans and authorities reach the operator, for the page /safety: an address or a name.")
    ] = ""
    # outside servers; empty: the embedded ones
    postgres_url: Annotated[
        str, Meta(description="Outside Postgres 16+ with pgvector, as the database's owner.", extra=SECRET)
    ] = ""
    postgres_app_url: Annotated[
        str, Meta(description="The app role's address there; empty: `muse up` makes the role.", extra=SECRET)
    ] = ""
    postgres_sweep_url: Annotated[
        str, Meta(description="The sweep role's address there; empty: `muse up` makes the role.", extra=SECRET)
    ] = ""
    redis_url: Annotated[str, Meta(description="Outside Redis or Valkey.", extra=SECRET)] = ""
    chroma_url: Annotated[str, Meta(description="Outside Chroma server.")] = ""
    blobs_url: Annotated[
        str, Meta(description="Where files are kept: file:///folder or s3://bucket/prefix. Empty: inside MUSE_DATA_DIR.")
    ] = ""
    blobs_endpoint: Annotated[str, Meta(description="Address of the S3 server (MinIO, …). Empty: Amazon's.")] = ""
    blobs_region: Annotated[str, Meta(description="Region of the bucket.")] = "us-east-1"
    blobs_access_key: Annotated[
        str, Meta(description="Access key of the bucket; empty: as the machine's role or AWS files allow.", extra=SECRET)
    ] = ""
    blobs_secret_key: Annotated[str, Meta(description="Secret key that belongs to it.", extra=SECRET)] = ""
    # models
    chat_model: Annotated[
        str, Meta(description="reflex, ollama:<model>, openai:<model> at MUSE_OPENAI_URL, or a LangChain provider string.")
    ] = "reflex"
    ollama_url: Annotated[str, Meta(description="Address of the Ollama server.")] = "http://127.0.0.1:11434"
    ollama_keep_alive: Annotated[str, Meta(description="How long Ollama keeps the model in memory after a call.")] = "30m"
    openai_url: Annotated[str, Meta(description="Base address of an OpenAI-compatible server, ending in /v1.")] = ""
    openai_api_key: Annotated[str, Meta(description="Key for MUSE_OPENAI_URL.", extra=SECRET)] = ""
    model_timeout_s: Annotated[
        float, Meta(description="Seconds before a model call is given up and the reflex brain answers.", gt=0)
    ] = 45.0
    model_calls: Annotated[
        int, Meta(description="Calls of one model in flight at once, per worker: as many as its server takes.", ge=1)
    ] = 320
    model_window: Annotated[
        int, Meta(description="Tokens that prompt and answer may have together, where a persona says nothing else.", ge=1024)
    ] = 8192
    breaker_failures: Annotated[
        int, Meta(description="Failures in a row after which the model is left alone for a while.", ge=1)
    ] = 5
    breaker_rest_s: Annotated[float, Meta(description="Seconds the model is left alone after that.", gt=0)] = 30.0
    vision: Annotated[bool, Meta(description="The chat model can look at pictures.")] = False
    embedder: Annotated[str, Meta(description="bundled, or a sentence-transformers model's name or folder.")] = "bundled"
    facts_index: Annotated[
        Literal["exact", "chroma"],
        Meta(description="Where recall looks for facts of a fan: their rows in Postgres, or Chroma."),
    ] = "exact"
    episodes_index: Annotated[
        Literal["exact", "chroma"],
        Meta(description="Where recall looks for episodes of a fan: their rows in Postgres, or Chroma."),
    ] = "exact"
    # turns
    quiet_s: Annotated[
        float, Meta(description="Quiet time: seconds without a new message before a turn is answered.", ge=0)
    ] = 1.5
    quiet_max_s: Annotated[float, Meta(description="Upper bound of the quiet time in a long burst, seconds.", ge=0)] = 8.0
    lease_s: Annotated[float, Meta(description="Seconds a worker holds a turn without a heartbeat.", gt=1)] = 6.0
    turns: Annotated[int, Meta(description="Turns in flight at once, per worker.", ge=1)] = 320
    influencer_turns: Annotated[
        int,
        Meta(description="Turns in flight at once for one influencer, over all workers.", ge=1),
    ] = 300
    think_ahead: Annotated[
        bool, Meta(description="Think while the quiet time runs. A burst may cost several model calls; a persona may say no.")
    ] = True
    loop_guard: Annotated[
        bool,
        Meta(description="Hold a talk with what looks like a machine. Off where the fans are programs: suites, benchmarks."),
    ] = True
    sends: Annotated[int, Meta(description="Messages on their way to platforms at once, per worker.", ge=1)] = 64
    turn_attempts: Annotated[int, Meta(description="Failed attempts after which a turn is held for a person.", ge=1)] = 3
    sweep_s: Annotated[float, Meta(description="Seconds between two sweeps for work whose wake-up was lost.", gt=0)] = 2.0
    # limits
    webhook_max_bytes: Annotated[int, Meta(description="Largest webhook body, bytes.", ge=1024)] = 1_048_576
    raw_events_days: Annotated[
        int,
        Meta(
            description="Days for which the bodies of platforms' events are kept as they came, to be read again.", ge=1, le=365
        ),
    ] = 30
    media_max_bytes: Annotated[int, Meta(description="Largest file taken from a fan, bytes.", ge=1024)] = 20_000_000
    webchat_per_minute: Annotated[int, Meta(description="Messages a minute one webchat fan may send.", ge=1)] = 30
    # platforms
    telegram_api_url: Annotated[str, Meta(description="Telegram Bot API server.")] = "https://api.telegram.org"
    # logs
    log_level: Annotated[str, Meta(description="debug, info, warning or error.")] = "info"
    log_text: Annotated[bool, Meta(description="Show message texts in logs. Secrets stay hidden.")] = False

    def __repr__(self) -> str:
        """Show the settings with secrets hidden."""
        shown = ", ".join(f"{f.name}={'***' if f.name in secret_names() else getattr(self, f.name)!r}" for f in fields(self))
        return f"Settings({shown})"


def safety_page(settings: Settings) -> str:
    """Return the address under which fans reach the crisis protocol; empty where no public address is set."""
    return f"{settings.public_url.rstrip('/')}/safety" if settings.public_url else ""


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_host(settings: Settings) -> None:
    """Refuse to open the gateway to others unless that was said twice. Raises `SettingInvalid`."""
    if not is_loopback(settings.host) and not settings.allow_remote:
        raise SettingInvalid(
            f"MUSE_HOST: {settings.host} can be reached from other machines; "
            "set MUSE_ALLOW_REMOTE=true if that is what you want."
        )


def secret_names() -> frozenset[str]:
    """Return the fields that must never be shown."""
    return frozenset(name for name, meta in _metas().items() if (meta.extra or {}).get("secret"))


def describe() -> list[tuple[str, str, str]]:
    """List every setting as (environment name, default as written, meaning); those of pictures last."""
    pictures = fields(PictureSettings)
    ordered = [*(f for f in fields(Settings) if f.name not in {one.name for one in pictures}), *pictures]
    return [(PREFIX + f.name.upper(), _written(f.default), _metas()[f.name].description or "") for f in ordered]


def load(environ: Mapping[str, str], env_file: Path | None = None) -> Settings:
    """Read settings from the environment, and beneath it from a `.env` file. Raises `SettingInvalid`, naming the setting."""
    given = {**(dotenv_values(env_file) if env_file and env_file.is_file() else {}), **environ}
    known = {PREFIX + f.name.upper(): f for f in fields(Settings)}
    values: dict[str, object] = {}
    for name, raw in given.items():
        if not name.startswith(PREFIX) or raw is None:
            continue
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise SettingInvalid(f"There is no setting {name}." + (f" Did you mean {near[0]}?" if near else ""))
        if raw == "":
            continue
        try:
            values[known[name].name] = msgspec.convert(_plain(raw, known[name].type), known[name].type, strict=False)
        except msgspec.ValidationError as error:
            shown = "the given value" if known[name].name in secret_names() else repr(raw)
            there = f" There are: {', '.join(map(str, filter(None, names)))}." if (names := _names(known[name].type)) else ""
            raise SettingInvalid(f"{name}: {shown} is not allowed: {error}.{there}") from None
    settings = msgspec.convert(values, Settings)
    read_house_loras(settings.image_loras)
    if settings.log_level not in ("debug", "info", "warning", "error"):
        raise SettingInvalid(f"MUSE_LOG_LEVEL: {settings.log_level!r} is not debug, info, warning or error.")
    return settings


def _plain(raw: str, kind: object) -> str:
    return {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(raw.lower(), raw) if "bool" in repr(kind) else raw


def _names(kind: Any) -> tuple[object, ...]:
    """Return the values that a setting may have, where those are named one by one."""
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return get_args(inner) if get_origin(inner) is Literal else ()


def _metas() -> dict[str, Meta]:
    hints = get_type_hints(Settings, include_extras=True)
    return {name: next(m for m in hint.__metadata__ if isinstance(m, Meta)) for name, hint in hints.items()}


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
