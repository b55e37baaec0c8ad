"""The error tree. A leaf says who must react; foreign errors are translated into it at one seam each.

MuseError
├── TryLater                 the same call may work later
│   ├── Unavailable          a server of ours or a model does not answer
│   ├── RateLimited          the other side asks us to slow down
│   ├── Busy                 all our own places for this are taken; nobody waits for one
│   └── NoRoom               a device has not enough memory for this; smaller may work
├── Refused                  the other side said no; repeating changes nothing
│   ├── BadInput             what came in is unreadable or not allowed
│   ├── Unauthorised         signature, token or account is not the right one
│   ├── NotFound             there is no such thing (or it is not yours)
│   ├── Unreachable          the fan blocked us or left
│   ├── WindowClosed         the platform's reply window is over
│   ├── EffectRefused        a staged effect does not stand any more
│   └── Withdrawn            who asked for it has taken it back
├── Misconfigured            a person who runs Muse must change something
│   ├── SettingInvalid       a setting has a wrong value
│   ├── CredentialExpired    an account's token must be renewed
│   └── SchemaMismatch       data folder and program are of different versions
├── LeaseLost                another worker owns this turn now; throw the attempt away
├── Stale                    the fan went on meanwhile; think the turn anew
└── OutcomeUnknown           a send may or may not have happened; a person decides
"""

from __future__ import annotations


class MuseError(Exception):
    """Anything that Muse itself reports. The message is one sentence for a person."""


class TryLater(MuseError):
    """The same call may work later."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        """Keep the hint in seconds that the other side gave, if it gave one."""
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(TryLater):
    """A server of ours or a model does not answer."""


class RateLimited(TryLater):
    """The other side asks us to slow down; `retry_after` is in seconds."""


class Busy(TryLater):
    """All our own places for this work are taken, and it is not worth waiting for one."""


class NoRoom(TryLater):
    """A device has not enough memory for this; in smaller parts, or by a slower way, it may work."""


class Refused(MuseError):
    """The other side said no; repeating the call changes nothing."""


class BadInput(Refused):
    """What came in is unreadable or not allowed."""


class Unauthorised(Refused):
    """Signature, token or account is not the right one."""


class NotFound(Refused):
    """There is no such thing, or it is not the caller's."""


class Unreachable(Refused):
    """The fan blocked the account or left."""


class WindowClosed(Refused):
    """The platform's reply window is over."""


class EffectRefused(Refused):
    """A staged effect does not stand any more; the text says what is true instead."""


class Withdrawn(Refused):
    """Who asked for it has taken it back."""


class Misconfigured(MuseError):
    """A person who runs Muse must change something."""


class SettingInvalid(Misconfigured):
    """A setting has a wrong value."""


class CredentialExpired(Misconfigured):
    """An account's token must be renewed."""


class SchemaMismatch(Misconfigured):
    """The data folder and the program are of different versions."""


class LeaseLost(MuseError):
    """Another worker owns this turn now; the attempt must be thrown away."""


class Stale(MuseError):
    """The fan went on while the turn was thought; it must be thought anew."""


class OutcomeUnknown(MuseError):
    """A send may or may not have happened; only a person or a reconcile may decide."""
