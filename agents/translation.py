"""Foreign errors of model servers and their libraries, translated into our tree at this one seam."""

from __future__ import annotations

from core.errors import CredentialExpired, Misconfigured, MuseError, RateLimited, Unavailable


def translate_error(error: Exception, name: str, where: str) -> MuseError:
    """Return our error for theirs. `name` is the setting's model, `where` the server's address.

    Decided by type and HTTP status, never by an error's text.
    """
    if isinstance(error, MuseError):
        return error
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return Unavailable(f"{name} took too long.")
    status = _status(error)
    if status is None:
        return Unavailable(f"{name} at {where} gave no usable answer ({type(error).__name__}).")
    if status == 404:
        return Misconfigured(missing_model(name, where))
    if status in (401, 403):
        return CredentialExpired(f"{where} refused the key for {name}; renew it in MUSE_OPENAI_API_KEY or the provider's own.")
    if status == 429:
        return RateLimited(f"{name} at {where} asks us to slow down.")
    return Unavailable(f"{name} at {where} failed with status {status}.")


def missing_model(name: str, where: str) -> str:
    """Say which model is missing, and what to type."""
    provider, _, model = name.partition(":")
    if provider == "ollama":
        return f"The model {model} is not on the Ollama server at {where}. Type: ollama pull {model}"
    return f"The server at {where} knows no model {model}; change MUSE_CHAT_MODEL."


def _status(error: Exception) -> int | None:
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) and status >= 400 else None
