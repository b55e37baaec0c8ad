"""Under which account the database servers run. Postgres refuses to run as root, and no parent folder's permissions change.

As root the servers run as `nobody` with a group number of their own: the data folder (root's, 0710) can be passed by that
group alone, and another `nobody` process can neither enter nor trace them. Where a folder on the way (`/root`, 0700) stops
that account, the server keeps the one capability that lets it pass, and nothing else.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from core.errors import Misconfigured

SERVER_GROUP = 60800  # in the range that distributions leave unused
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2


class RunAs(Struct, frozen=True):
    """An account for a child; `capability` is the number of the one kept, -1 for none."""

    uid: int
    gid: int
    capability: int = -1


def choose_account(folder: Path, programs: Iterable[Path]) -> RunAs | None:
    """Return the account for servers whose files lie below `folder`, or None to stay who we are. Raises `Misconfigured`."""
    if os.geteuid() != 0:
        return None
    uid, programs = _nobody(), [program.resolve() for program in programs]
    for program in programs:
        if not _allows(program, uid, stat.S_IXOTH | stat.S_IROTH):
            return RunAs(uid, SERVER_GROUP, _held((CAP_DAC_OVERRIDE,), program, uid))
    for path in (folder.resolve(), *programs):
        blocked = next((parent for parent in path.parents if not _allows(parent, uid, stat.S_IXOTH)), None)
        if blocked:
            return RunAs(uid, SERVER_GROUP, _held((CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE), blocked, uid))
    return RunAs(uid, SERVER_GROUP)


def give_folder(folder: Path, account: RunAs | None) -> None:
    """Make a folder with everything in it the server account's own, closed to others."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    if account is None or (folder.stat().st_uid == account.uid and folder.stat().st_gid == account.gid):
        return
    for path, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(path) / name, account.uid, account.gid, follow_symlinks=False)
    os.chown(folder, account.uid, account.gid)  # last: a walk cut short is done again


def _nobody() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        raise Misconfigured(
            "Postgres refuses to run as root and this machine has no account `nobody`; start Muse as an ordinary user."
        ) from None


def _allows(path: Path, uid: int, bits: int) -> bool:
    found = path.stat()
    shift = 6 if found.st_uid == uid else 3 if found.st_gid == SERVER_GROUP else 0
    return (found.st_mode >> shift) & bits == bits


def _held(capabilities: Iterable[int], blocked: Path, uid: int) -> int:
    for capability in capabilities:
        if capability in _permitted():
            return capability
    raise Misconfigured(
        f"Postgres must run as an unprivileged account (uid {uid}), which may not pass {blocked}; "
        "move Muse or set MUSE_DATA_DIR to a folder that everybody may pass, or start Muse as an ordinary user."
    )


def _permitted() -> frozenset[int]:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return frozenset()  # no capabilities on this system
    mask = next((int(line.split()[1], 16) for line in lines if line.startswith("CapPrm:")), 0)
    return frozenset(number for number in range(64) if mask >> number & 1)
