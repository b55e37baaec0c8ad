"""What was expected, and whether it came true."""

from __future__ import annotations

from msgspec import Struct

EVERYONE = "all"


class Check(Struct, frozen=True):
    """One expectation; `found` says what was there, for whoever must look into it."""

    fan: str
    expected: str
    passed: bool
    found: str = ""


class Verdicts:
    """Collects checks; a failed one stops nothing, so that the whole run is seen."""

    def __init__(self) -> None:
        self.checks: list[Check] = []

    def expect(self, fan: str, expected: str, passed: bool, found: str = "") -> bool:
        """Note one check and return whether it passed."""
        self.checks.append(Check(fan, expected, bool(passed), "" if passed else found))
        return bool(passed)

    @property
    def all_passed(self) -> bool:
        """Say whether anything was checked and nothing failed."""
        return bool(self.checks) and all(check.passed for check in self.checks)
