"""The models that the simulator has: what each takes, as a version's OpenAPI schema says it."""

from __future__ import annotations

import hashlib
from typing import Any

from msgspec import Struct


class ModelOnShelf(Struct, frozen=True):
    """A model. `takes` are its input's properties, `parts` what those refer to."""

    owner: str
    name: str
    takes: dict[str, Any]
    parts: dict[str, Any] = {}
    official: bool = True

    @property
    def path(self) -> str:
        """Return `owner/name`."""
        return f"{self.owner}/{self.name}"

    @property
    def version(self) -> str:
        """Return the id of its only version."""
        return hashlib.sha256(self.path.encode()).hexdigest()

    def described(self) -> dict[str, Any]:
        """Return what `GET /v1/models/{owner}/{name}` tells."""
        schemas = {"Input": {"type": "object", "required": ["prompt"], "properties": self.takes}, **self.parts}
        return {
            "owner": self.owner,
            "name": self.name,
            "visibility": "public",
            "is_official": self.official,
            "latest_version": {"id": self.version, "openapi_schema": {"components": {"schemas": schemas}}},
        }


def _number(low: float, high: float, kind: str = "integer") -> dict[str, Any]:
    return {"type": kind, "minimum": low, "maximum": high}


SDXL = ModelOnShelf(
    "stability-ai",
    "sdxl",
    {
        "prompt": {"type": "string"},
        "negative_prompt": {"type": "string"},
        "image": {"type": "string", "format": "uri"},
        "mask": {"type": "string", "format": "uri"},
        "width": {"type": "integer"},
        "height": {"type": "integer"},
        "num_outputs": _number(1, 4),
        "num_inference_steps": _number(1, 500),
        "guidance_scale": _number(1, 50, "number"),
        "prompt_strength": _number(0, 1, "number"),
        "seed": {"type": "integer"},
        "disable_safety_checker": {"type": "boolean", "default": False},
    },
    official=False,
)
FLUX = ModelOnShelf(
    "black-forest-labs",
    "flux-schnell",
    {
        "prompt": {"type": "string"},
        "aspect_ratio": {"allOf": [{"$ref": "#/components/schemas/aspect_ratio"}], "default": "1:1"},
        "num_outputs": _number(1, 4),
        "num_inference_steps": _number(1, 4),
        "seed": {"type": "integer"},
        "output_format": {"allOf": [{"$ref": "#/components/schemas/output_format"}], "default": "webp"},
        "disable_safety_checker": {"type": "boolean", "default": False},
    },
    {
        "aspect_ratio": {"type": "string", "enum": ["1:1", "16:9", "3:2", "2:3", "4:5", "9:16"]},
        "output_format": {"type": "string", "enum": ["webp", "jpg", "png"]},
    },
)
