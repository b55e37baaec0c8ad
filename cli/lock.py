"""Writes `requirements/constraints.txt`: the exact version of everything installed. Run by `make lock`, in .venv.

Only versions: no addresses, no build suffix (`+cpu`), nothing of this folder's own, so that it fits other machines too.
"""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "requirements" / "constraints.txt"
HEAD = "# The exact versions that Muse was tested with; `make lock` writes this file. It binds only what is asked for.\n"
LEFT_OUT = frozenset({"muse-influencers", "pip", "uv", "wheel"})


def list_versions() -> list[str]:
    """Return `name==version` of every installed distribution but ours and the installers."""
    found = {d.metadata["Name"].lower().replace("_", "-"): d.version.partition("+")[0] for d in distributions()}
    return [f"{name}=={version}" for name, version in sorted(found.items()) if name not in LEFT_OUT]


if __name__ == "__main__":
    FILE.write_text(HEAD + "".join(f"{line}\n" for line in list_versions()))
    print(f"wrote {FILE}")
