"""What a post says in public: its caption, and the mark of what was made by AI where the platform has no field for it."""

from __future__ import annotations

from core.outbound import AssetRef, Publication
from core.platform_policy import PublishPolicy
from storage.posts import NewPost
from studio.ai_marks import mark_in


def publication_of(post: NewPost, items: tuple[AssetRef, ...], policy: PublishPolicy) -> Publication:
    """Return a post as it goes out on a platform."""
    words = post.caption.strip()
    if post.made_by_ai and policy.marks_ai:
        mark = mark_in(post.language).line
        words = words if mark in words.splitlines() else f"{words}\n\n{mark}".strip()
    return Publication(post.target, words, items, post.language, post.made_by_ai)
