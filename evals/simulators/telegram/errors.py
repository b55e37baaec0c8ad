"""The Bot API's refusals, in its own words."""

from __future__ import annotations

from evals.simulators.telegram.nouns import Json


class ApiError(Exception):
    """An answer with `ok` false; `description` starts with the words of its code."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def body(self) -> Json:
        """Return the JSON body that goes with it."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


def bad_request(reason: str) -> ApiError:
    """Refuse what was asked."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """Refuse because the person does not want it."""
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """Refuse because somebody else fetches the updates."""
    return ApiError(409, f"Conflict: {reason}")


def too_many_requests(retry_after: int) -> ApiError:
    """Ask to slow down; seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after)
