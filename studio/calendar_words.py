"""What a post says in public: its caption, and the mark of what was made by AI where the platform has no field for it."""

from __future__ import annotations

from core.outbound import AssetRef, Publication
from core.platform_policy import PublishPolicy
from storage.posts import NewPost

MADE_BY_AI = {
    "en": "Made with AI",
    "de": "Mit KI erstellt",
    "es": "Creado con IA",
    "fr": "Créé avec l’IA",
    "it": "Creato con l’IA",
    "pt": "Criado com IA",
}


def publication_of(post: NewPost, items: tuple[AssetRef, ...], policy: PublishPolicy) -> Publication:
    """Return a post as it goes out on a platform."""
    words = post.caption.strip()
    if post.made_by_ai and policy.marks_ai:
        mark = MADE_BY_AI.get(post.language, MADE_BY_AI["en"])
        words = words if mark in words.splitlines() else f"{words}\n\n{mark}".strip()
    return Publication(post.target, words, items, post.language, post.made_by_ai)
