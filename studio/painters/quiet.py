"""What the picture libraries would fetch or send by themselves is switched off before they are imported."""

from __future__ import annotations

import os


def silence_libraries(*, offline: bool) -> None:
    """Send no telemetry, and ask no hub where `offline`; read by the libraries at import."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["DISABLE_TELEMETRY"] = "YES"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"
