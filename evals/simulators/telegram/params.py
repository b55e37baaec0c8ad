"""The parameters of a call, from query string, JSON, form or multipart body alike."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from aiohttp import web
from msgspec import Struct

from evals.simulators.telegram.errors import ApiError, bad_request


class Upload(Struct, frozen=True):
    """A file that came with the call."""

    filename: str
    mime: str
    data: bytes


class Params:
    """What a caller gave. A form's numbers, booleans and objects are text, and read as such."""

    def __init__(self, values: Mapping[str, object], uploads: Mapping[str, Upload] | None = None) -> None:
        self.values = dict(values)
        self.uploads = dict(uploads or {})

    def given(self, name: str) -> bool:
        """Say whether the caller gave a parameter that is not empty."""
        return self.values.get(name) not in (None, "") or name in self.uploads

    def text(self, name: str) -> str:
        """Return a text, empty when it was not given. Raises `ApiError` for text that is no UTF-8."""
        value = self.values.get(name)
        if value is None:
            return ""
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        try:
            text.encode()
        except UnicodeEncodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
        return text

    def integer(self, name: str, default: int = 0) -> int:
        """Return a number. Raises `ApiError` when it is none."""
        if not self.given(name):
            return default
        value = self.values[name]
        try:
            return int(str(value))
        except ValueError:
            raise bad_request(f'invalid value of parameter "{name}" specified') from None

    def boolean(self, name: str) -> bool:
        """Return a switch, off when it was not given."""
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes", "on")

    def json(self, name: str) -> object:
        """Return an object or list; None when it was not given. Raises `ApiError` for text that is no JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if value == "":
            return None
        try:
            parsed: object = msgspec.json.decode(value)
        except msgspec.DecodeError:
            raise bad_request(f"can't parse {name} JSON object") from None
        return parsed

    def objects(self, name: str) -> list[dict[str, object]]:
        """Return a list of objects, empty when it was not given. Raises `ApiError` for anything else."""
        given = self.json(name)
        if given is None:
            return []
        if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
            raise bad_request(f"can't parse {name}: expected an Array of objects")
        return given


async def read_params(request: web.Request) -> Params:
    """Read a call's parameters. Raises `ApiError` for a body that is unreadable or too large."""
    values: dict[str, object] = dict(request.query)
    uploads: dict[str, Upload] = {}
    try:
        if request.content_type == "application/json":
            values.update(_json_object(await request.read()))
        elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            for name, field in (await request.post()).items():
                if isinstance(field, web.FileField):
                    uploads[name] = Upload(field.filename, field.content_type, field.file.read())
                else:
                    values[name] = str(field)
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request Entity Too Large") from None
    except ValueError as error:
        raise bad_request(f"can't parse request: {error}") from None
    return Params(values, uploads)


def _json_object(body: bytes) -> dict[str, object]:
    if not body:
        return {}
    try:
        parsed: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise bad_request("can't parse request: it is no JSON object") from None
    if not isinstance(parsed, dict):
        raise bad_request("can't parse request: it is no JSON object")
    return parsed
