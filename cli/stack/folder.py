"""The data folder: its layout, its version, its lock. Only sockets whose path would be too long lie elsewhere."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.stack.privileges import RunAs, give_folder
from core.errors import Misconfigured, SchemaMismatch

LAYOUT = 1
FOLDERS = ("postgres", "valkey", "chroma", "blobs", "secrets", "run", "logs")
LONGEST_SOCKET = 103  # bytes that a socket's path may have on macOS; Linux allows 107
SOCKET_NAME = ".s.PGSQL.5432.lock"  # the longest name that we put into the folder of sockets
SHORT, PREFIX = Path("/tmp"), "muse-"  # noqa: S108 — mkdtemp makes a private folder there
LEAST_FREE = 300_000_000


class DataFolder:
    """Paths in one data folder."""

    def __init__(self, root: Path) -> None:
        """Name the paths; nothing is touched."""
        self.root = root.absolute()
        self.postgres, self.valkey, self.chroma, self.blobs, self.secrets, self.run, self.logs = (
            self.root / name for name in FOLDERS
        )

    def create(self, least_free: int = LEAST_FREE) -> None:
        """Make what is missing and check that the folder is ours to use.

        `least_free`: bytes. Raises `Misconfigured` (not writable, disk full) or `SchemaMismatch` (made by a newer Muse).
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._check_version()
            self._check_owner()
            for name in FOLDERS:
                (self.root / name).mkdir(mode=0o700, exist_ok=True)
            (self.run / "writable").touch()
            (self.run / "writable").unlink()
            (self.root / "VERSION").write_text(f"{LAYOUT}\n")
        except OSError as error:
            raise Misconfigured(
                f"Cannot write to the data folder {self.root} ({error.strerror}); "
                "correct its owner or set MUSE_DATA_DIR to another folder."
            ) from None
        free = shutil.disk_usage(self.root).free
        if free < least_free:
            raise Misconfigured(
                f"Only {free // 1_000_000} MB are free on the disk of {self.root}, "
                f"and Muse needs {least_free // 1_000_000} MB; make room or set MUSE_DATA_DIR to a folder on another disk."
            )

    def open_to(self, account: RunAs | None) -> None:
        """Let the servers' own group, and nobody else, pass the data folder (only as root, see `privileges`)."""
        self.root.chmod(0o700 if account is None else 0o710)
        if account is not None:
            os.chown(self.root, os.geteuid(), account.gid)

    def sockets(self, account: RunAs | None) -> Path:
        """Return the folder of the sockets; a short one elsewhere, remembered in `run/sockets.path`, if ours is too long."""
        inside, note = self.run / "sockets", self.run / "sockets.path"
        if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET:
            if account is not None:
                os.chown(self.run, os.geteuid(), account.gid)
                self.run.chmod(0o710)
            give_folder(inside, account)
            return inside
        chosen = Path(note.read_text().strip()) if note.is_file() else None
        if chosen is None or not _is_private(chosen, account):
            chosen = Path(tempfile.mkdtemp(prefix=PREFIX, dir=SHORT))
            note.write_text(f"{chosen}\n")
        give_folder(chosen, account)
        return chosen

    def close_sockets(self) -> None:
        """Remove the folder of sockets if it lies elsewhere; nothing in it outlives the servers."""
        note = self.run / "sockets.path"
        if note.is_file():
            folder = Path(note.read_text().strip())
            if folder.parent == SHORT and folder.name.startswith(PREFIX):
                shutil.rmtree(folder, ignore_errors=True)
            note.unlink()

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Hold the folder for one supervisor; yields False, at once, when another one has it. Ends with the process."""
        with open(self.run / "lock", "a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _check_owner(self) -> None:
        """Keep root from locking an ordinary user out of a folder that he made."""
        owner = self.root.stat().st_uid
        if os.geteuid() == 0 and owner != 0 and (self.root / "VERSION").exists():
            raise Misconfigured(
                f"The data folder {self.root} was made by another account (uid {owner}); "
                "start Muse as that account, or set MUSE_DATA_DIR to another folder."
            )

    def _check_version(self) -> None:
        file = self.root / "VERSION"
        if not file.exists():
            return
        written = file.read_text().strip()
        if not written.isdigit() or int(written) > LAYOUT:
            raise SchemaMismatch(
                f"The data folder {self.root} has layout {written[:20]!r} and this Muse knows {LAYOUT}; "
                "use the newer Muse that made it, or set MUSE_DATA_DIR to another folder."
            )


def _is_private(folder: Path, account: RunAs | None) -> bool:
    """Tell whether a folder in a place open to all is still a real one, ours and closed."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    owners = {os.geteuid()} | ({account.uid} if account else set())
    return folder.is_dir() and not folder.is_symlink() and found.st_uid in owners and found.st_mode & 0o077 == 0
