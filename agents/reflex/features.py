"""What a sentence is told by: its vector from the embedder beside its wording, each piece weighted by how rare it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from agents.embeddings import LexicalEmbedder

Floats: TypeAlias = NDArray[np.float32]

WORDING = 1.0
"""Length of the wording beside the vector's 1: words tell what a model of meaning blurs, and reach languages it does not
know."""

RAREST = 1e-4
_LEXICAL = LexicalEmbedder()


def wording(texts: Sequence[str]) -> Floats:
    """Return the hashed wording of texts, shape (n, 1024), unit rows; zero for a text without words."""
    rows = [_LEXICAL.vector(text) for text in texts]
    return np.asarray(rows, np.float32).reshape(len(rows), _LEXICAL.dimensions)


class Features(Struct, frozen=True):
    """How features are made for one embedder. `rarity`, shape (1024,), is learnt of the examples.

    `meaning`: whether the vectors tell more than the wording does; the plain stand-in's are the wording itself.
    """

    rarity: Floats
    meaning: bool

    @classmethod
    def learn(cls, words: Floats, *, meaning: bool) -> Features:
        """Learn how rare each piece of wording is, from the hashed wording of the examples, shape (n, 1024)."""
        share = (words > 0).mean(axis=0)
        return cls(np.log(1 / (share + RAREST)).astype(np.float32), meaning)

    def weigh(self, words: Floats) -> Floats:
        """Weigh hashed wording by rarity; unit rows again."""
        weighed = words * self.rarity
        length = np.sqrt(np.einsum("ij,ij->i", weighed, weighed))[:, None]
        return np.asarray(weighed / np.maximum(length, 1e-9), np.float32)

    def join(self, vectors: Floats, words: Floats) -> Floats:
        """Join unit vectors, shape (n, d), and hashed wording, shape (n, 1024), into the features that are learnt on."""
        if not self.meaning:
            return self.weigh(words)
        return np.hstack([vectors, WORDING * self.weigh(words)]).astype(np.float32)
