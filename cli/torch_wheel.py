"""Tells which PyTorch wheel pip would choose here: `cuda` if it brings NVIDIA's libraries along, else `plain`.

Run by the set-up with .venv's Python; nothing of ours is installed yet, so it uses pip's own copy of `packaging`.
Argument: the requirement, for instance torch==2.13.0.
"""

import json
import subprocess
import sys
from collections.abc import Iterable

CUDA_NAMES = ("nvidia-", "cuda-", "triton")


def brings_cuda(requires: Iterable[str]) -> bool:
    """Tell whether a wheel's requirements, their markers judged for this machine, name NVIDIA's libraries."""
    from pip._vendor.packaging.requirements import Requirement

    wanted = [Requirement(line) for line in requires]
    return any(
        need.name.lower().startswith(CUDA_NAMES) and (need.marker is None or need.marker.evaluate({"extra": ""}))
        for need in wanted
    )


def read_choice(requirement: str) -> list[str]:
    """Ask pip, without installing anything, for the requirements of the wheel that it would choose."""
    asked = ["install", "--dry-run", "--quiet", "--report", "-", "--no-deps", "--ignore-installed", requirement]
    answer = subprocess.run([sys.executable, "-m", "pip", *asked], stdout=subprocess.PIPE, check=True, text=True)  # noqa: S603 — our own words, no shell
    report = json.loads(answer.stdout)
    requires: list[str] = report["install"][0]["metadata"].get("requires_dist", [])
    return requires


if __name__ == "__main__":
    print("cuda" if brings_cuda(read_choice(sys.argv[1])) else "plain")
