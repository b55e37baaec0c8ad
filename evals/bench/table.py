"""An embedder that looks texts up in a table of those it has seen: what a turn costs when embedding costs nothing."""

from __future__ import annotations

from collections.abc import Sequence

from memory.embedder import SentenceEmbedder


class TableEmbedder(SentenceEmbedder):
    """The real model's vectors, each made once; a text that comes again costs a look into a dictionary."""

    @classmethod
    def over(cls, model: SentenceEmbedder) -> TableEmbedder:
        """Put a table before a model."""
        table = cls(model.name, "", model.dimensions)
        table._real, table._known = model, {}
        return table

    _real: SentenceEmbedder
    _known: dict[str, list[float]]

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector per text. Raises what the model raises, for texts that are new."""
        if fresh := [text for text in texts if text not in self._known]:
            self._known.update(zip(fresh, await self._real.embed(fresh), strict=True))
        return [self._known[text] for text in texts]

    async def warm(self) -> None:
        """Load the model."""
        await self._real.warm()

    @property
    def ready(self) -> bool:
        """Whether the model is loaded."""
        return self._real.ready

    async def close(self) -> None:
        """End both threads."""
        await self._real.close()
        await super().close()
