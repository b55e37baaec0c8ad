"""Prompts of any length: nothing is cut without a word.

CLIP reads 77 tokens. Where a family knows nothing else (SD 1.5, SDXL), a longer prompt is read in windows of 75 tokens whose
states stand behind each other, as people are used to; a prompt that fits takes the pipeline's own way. Where T5 reads along
(SD3, FLUX) it reads all, up to 512 tokens, and CLIP gives a summary of the beginning. What is longer still is cut, and said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from core.pictures import PictureRequest
from studio.painters.model import LoadedModel

WINDOW = 75
SHORT_T5 = 256


class Reading(Struct, frozen=True):
    """How a request's words are read: requests that are read alike can be painted together.

    `windows` of CLIP; `length` of T5's reading; whether there is a negative prompt, for none is not the same as an empty one.
    """

    windows: int = 1
    length: int | None = None
    negative: bool = False


def read_words(model: LoadedModel, request: PictureRequest) -> tuple[Reading, tuple[str, ...]]:
    """Return how a request is to be read, and what is lost of it, in sentences."""
    pipe, family = model.original, model.family
    notes: list[str] = []
    if request.negative and not family.negative:
        notes.append("This model reads no negative prompt; it was left out.")
    negative = bool(request.negative) and family.negative
    texts = [request.prompt, request.negative] if negative else [request.prompt]
    if family.windows:
        tokenizers = [t for t in (pipe.tokenizer, getattr(pipe, "tokenizer_2", None)) if t is not None]
        longest = max(_count(tokenizer, text) for tokenizer in tokenizers for text in texts)
        return Reading(windows=max(1, -(-longest // WINDOW)), negative=negative), tuple(notes)
    length = None
    if family.reads_at_most:
        reader = getattr(pipe, "tokenizer_3", None) or (pipe.tokenizer_2 if not hasattr(pipe, "tokenizer_3") else None)
        length, most = _t5_lengths(model, request, reader)
        for text in texts:
            notes += _cut(reader or pipe.tokenizer, text, most)
    elif (tokenizer := getattr(pipe, "tokenizer", None)) is not None:
        for text in texts:
            notes += _cut(tokenizer, text, min(getattr(tokenizer, "model_max_length", 512), 4096))
    return Reading(length=length, negative=negative), tuple(notes)


def _t5_lengths(model: LoadedModel, request: PictureRequest, reader: Any) -> tuple[int | None, int]:
    """Return the length to ask for, where the pipeline is to be told, and the tokens that are read at most."""
    if reader is None:  # a model without its T5: CLIP's 77 are all
        return None, WINDOW + 2
    most = model.family.reads_at_most or SHORT_T5
    if model.family.key == "flux":
        limit = SHORT_T5 if model.guidance == 0.0 else most  # schnell was taught on 256
        return limit, limit
    long = max(_count(reader, text) for text in (request.prompt, request.negative)) + 1 > SHORT_T5
    return (most if long else SHORT_T5), most


def _count(tokenizer: Any, text: str) -> int:
    return len(tokenizer(text, add_special_tokens=False, truncation=False, verbose=False).input_ids)


def _cut(tokenizer: Any, text: str, most: int) -> list[str]:
    length = _count(tokenizer, text) + 1
    if length <= most:
        return []
    return [f"The prompt has {length} tokens and this model reads {most}; the end was cut."]


def words_of(
    model: LoadedModel, pipe: Any, requests: Sequence[PictureRequest], reading: Reading, guided: bool
) -> dict[str, Any]:
    """Return the arguments that give a batch's words to a pipeline; all requests are read alike."""
    prompts = [request.prompt for request in requests]
    negatives = [request.negative for request in requests] if reading.negative else None
    if reading.windows > 1:
        return _encode(pipe, prompts, negatives or [""] * len(prompts), reading.windows, guided)
    found: dict[str, Any] = {"prompt": prompts}
    if negatives:
        found["negative_prompt"] = negatives
    if reading.length:
        found["max_sequence_length"] = reading.length
    return found


def _encode(pipe: Any, prompts: list[str], negatives: list[str], windows: int, guided: bool) -> dict[str, Any]:
    import torch

    second = getattr(pipe, "text_encoder_2", None)
    encoders = [(pipe.tokenizer, pipe.text_encoder)] + ([(pipe.tokenizer_2, second)] if second is not None else [])
    found: dict[str, Any] = {}
    with torch.no_grad():
        for prefix, texts in (("", prompts), ("negative_", negatives)):
            if prefix and not guided:
                continue
            states, pooled = zip(
                *(_read_windows(pipe, *one, texts, windows, second is not None) for one in encoders), strict=True
            )
            found[f"{prefix}prompt_embeds"] = torch.cat(states, dim=-1)
            if second is not None:
                found[f"{prefix}pooled_prompt_embeds"] = pooled[-1]
    return found


def _read_windows(pipe: Any, tokenizer: Any, encoder: Any, texts: list[str], windows: int, inner: bool) -> tuple[Any, Any]:
    """Return the states, (texts, 77 × windows, width), and what is made of each text's first window, (texts, width)."""
    import torch

    rows = [_windows_of(tokenizer, text, windows) for text in texts]
    ids = torch.tensor(rows, device=pipe._execution_device)  # (texts, windows, 77)
    found = [encoder(ids[:, number], output_hidden_states=True) for number in range(windows)]
    states = [one.hidden_states[-2] if inner else one.last_hidden_state for one in found]
    return torch.cat(states, dim=1), found[0][0]


def _windows_of(tokenizer: Any, text: str, windows: int) -> list[list[int]]:
    """Cut a text's tokens into windows, each with its own beginning and end."""
    ids = tokenizer(text, add_special_tokens=False, truncation=False, verbose=False).input_ids[: windows * WINDOW]
    begin, end, pad = tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id
    cut = [ids[start : start + WINDOW] for start in range(0, windows * WINDOW, WINDOW)]
    return [[begin, *part, end, *[pad] * (WINDOW - len(part))] for part in cut]
