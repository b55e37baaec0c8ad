"""Turns into another program after giving up rights. Run as a script by the supervisor, once per child; standard library only.

Arguments: the parent's pid, the signal to get when the parent dies, uid, gid, a capability to keep (-1: none), the command.
Done in a process of its own because a `preexec_fn` is unsafe beside threads. Off Linux it only changes the account.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 38, 47, 2
CAPABILITY_VERSION_3 = 0x20080522
LINUX = sys.platform.startswith("linux")


def call(libc: ctypes.CDLL, name: str, *arguments: object) -> None:
    """Call a function of the C library. Raises `OSError` when it says no."""
    if getattr(libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def keep_capability(libc: ctypes.CDLL, capability: int) -> None:
    """Hold exactly one capability, and hand it on through exec."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bits = [1 << capability, 0] if capability < 32 else [0, 1 << (capability - 32)]
    data = (ctypes.c_uint32 * 6)(*(bit for word in bits for bit in (word, word, word)))  # effective, permitted, inheritable
    call(libc, "capset", header, data)
    call(libc, "prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, ctypes.c_ulong(capability), 0, 0)


def change_account(libc: ctypes.CDLL, uid: int, gid: int, capability: int) -> None:
    """Become another account, for good."""
    if LINUX and capability >= 0:
        call(libc, "prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if LINUX and capability >= 0:
        keep_capability(libc, capability)
    if LINUX:
        call(libc, "prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def main(arguments: list[str]) -> None:
    """Prepare this process and become the command."""
    parent, death_signal, uid, gid, capability = map(int, arguments[:5])
    libc = ctypes.CDLL(None, use_errno=True)
    if uid >= 0:
        change_account(libc, uid, gid, capability)
    if LINUX:  # after the change of account, which clears it
        call(libc, "prctl", PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # the parent died before we could ask to be told
            sys.exit(1)
    os.execv(arguments[5], arguments[5:])  # noqa: S606 — the command is the supervisor's own, and no shell may come between


if __name__ == "__main__":
    main(sys.argv[1:])
