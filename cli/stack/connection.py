"""How another command reaches the servers: addresses from the settings, and the running stack's for those not set."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from cli.stack.apps import gateway_url
from cli.stack.database import embedded_roles, outside_roles
from cli.stack.folder import DataFolder
from cli.stack.servers import redis_url
from cli.stack.state import StackState, read_living_state
from core.errors import Unavailable
from core.settings import Settings

NOT_RUNNING = "Muse is not running in {folder}; type: muse up"


def connect(settings: Settings) -> Settings:
    """Return settings with every server's address filled in, without the owner's.

    Raises `Unavailable` when an embedded server is needed and the stack does not run.
    """
    given = settings.postgres_app_url and settings.postgres_sweep_url and settings.redis_url and settings.chroma_url
    if given:
        return replace(settings, postgres_url="")
    folder = DataFolder(Path(settings.data_dir))
    state = require_running(folder)
    sockets = socket_folder(state, folder)
    filled = outside_roles(settings, folder) if settings.postgres_url else embedded_roles(settings, folder, sockets)
    return replace(
        filled,
        postgres_url="",
        redis_url=settings.redis_url or redis_url(folder, sockets),
        chroma_url=settings.chroma_url or state.parts["chroma"].address,
        blobs_url=settings.blobs_url or folder.blobs.as_uri(),
    )


def require_running(folder: DataFolder) -> StackState:
    """Return the running stack's state. Raises `Unavailable`."""
    state = read_living_state(folder.run)
    if state is None:
        raise Unavailable(NOT_RUNNING.format(folder=folder.root))
    return state


def socket_folder(state: StackState, folder: DataFolder) -> Path:
    """Return where the embedded servers listen."""
    for name in ("postgres", "valkey"):
        part = state.parts.get(name)
        if part and part.state != "outside":
            return Path(part.address) if name == "postgres" else Path(part.address).parent
    return folder.run / "sockets"


def operator_door(settings: Settings) -> tuple[str, str]:
    """Return the gateway's address and the operator token, for commands that speak to the API. Raises `Unavailable`.

    MUSE_PUBLIC_URL is not used: the running stack is asked where its gateway listens.
    """
    folder = DataFolder(Path(settings.data_dir))
    state = read_living_state(folder.run)
    url = state.url if state else gateway_url(settings) if settings.port else ""
    try:
        token = (folder.secrets / "operator.token").read_text().strip()
    except OSError:
        token = ""
    if not url or not token:
        raise Unavailable(NOT_RUNNING.format(folder=folder.root))
    return url, token
