"""A sentence-transformers model with random weights and few dimensions, saved as any other is and loaded by the real code."""

from __future__ import annotations

from pathlib import Path

from memory.embedder import open_embedder

DIMENSIONS = 32


def make_tiny_model(folder: Path, seed: int = 1) -> Path:
    """Save a model in a folder and return it. Its words are those of the bundled model."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    words = open_embedder("bundled")._folder
    tokenizer = AutoTokenizer.from_pretrained(words, local_files_only=True)
    torch.manual_seed(seed)
    shape = BertConfig(
        vocab_size=len(tokenizer), hidden_size=DIMENSIONS, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    BertModel(shape).save_pretrained(folder / "plain")
    tokenizer.save_pretrained(folder / "plain")
    model = SentenceTransformer(modules=[Transformer(str(folder / "plain")), Pooling(DIMENSIONS)], device="cpu")
    model.save(str(folder / "tiny"))
    return folder / "tiny"
