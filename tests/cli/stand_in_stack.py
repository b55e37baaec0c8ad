"""Runs the real supervisor with the real servers, and small scripts in place of gateway and worker.

Usage: stand_in_stack.py up|detach [least_free_bytes]; settings come from the environment, as for `muse up`.
"""

import sys
from functools import partial
from pathlib import Path

from cli.errors import exit_code
from cli.settings import as_environment, read_settings
from cli.stack.apps import gateway_url
from cli.stack.child import Part
from cli.stack.folder import LEAST_FREE
from cli.stack.probes import answers_http
from cli.stack.up import bring_up, bring_up_detached
from core.errors import MuseError
from core.settings import Settings

APP = str(Path(__file__).parent / "stand_in_app.py")


def apps(settings: Settings) -> list[Part]:
    run = Path(settings.data_dir) / "run"
    diary = str(Path(settings.data_dir) / "diary.jsonl")

    async def is_warm() -> bool:
        return (run / "worker.ready").exists()

    return [
        Part(name="gateway", command=[sys.executable, APP, "gateway", str(settings.port), diary], rank=3, attempts=1,
             environment=as_environment(settings), address=gateway_url(settings),
             is_ready=partial(answers_http, f"{gateway_url(settings)}/health/live")),
        Part(name="worker", command=[sys.executable, APP, "worker", str(run / "worker.ready"), diary], rank=2,
             environment=as_environment(settings), is_ready=is_warm, must_be_ready=False),
    ]  # fmt: skip


async def no_samples(_settings: Settings, _say: object) -> None:
    pass


def main() -> int:
    settings = read_settings()
    least_free = int(sys.argv[2]) if len(sys.argv) > 2 else LEAST_FREE
    try:
        if sys.argv[1] == "detach":
            return bring_up_detached(settings, [sys.executable, "-m", "tests.cli.stand_in_stack", "up"], least_free=least_free)
        return bring_up(settings, least_free=least_free, apps=apps, samples=no_samples)
    except MuseError as error:
        print(f"muse: {error}", file=sys.stderr)
        return exit_code(error)


if __name__ == "__main__":
    sys.exit(main())
