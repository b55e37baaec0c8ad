"""What the picture libraries would fetch or send by themselves is switched off before they are imported."""

from __future__ import annotations

import os
from typing import Any


def silence_libraries(*, offline: bool) -> None:
    """Send no telemetry, and ask no hub where `offline`; read by the libraries at import."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["DISABLE_TELEMETRY"] = "YES"
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    if offline:
        os.environ["HF_HUB_OFFLINE"] = "1"
        os.environ["TRANSFORMERS_OFFLINE"] = "1"


def hush_libraries() -> None:
    """Switch their bars and warnings off: a warning quotes what was cut from a prompt. Imports both of them."""
    from diffusers.utils import logging as pipelines
    from transformers.utils import logging as encoders

    both: tuple[Any, Any] = (pipelines, encoders)
    for chatter in both:
        chatter.set_verbosity_error()
        chatter.disable_progress_bar()
