"""The prompts of the sample personas are what was last read and agreed to."""

import pytest

from personas.loader import list_personas
from tests.personas.snapshots import FOLDER, path_of, render

RENEW = "The prompt changed. If that is meant: python -m tests.personas.snapshots, and read the difference."


@pytest.mark.parametrize("slug", list_personas())
def test_the_prompt_is_the_one_that_was_kept(slug: str) -> None:
    assert path_of(slug).is_file(), RENEW
    assert f"{render(slug)}\n" == path_of(slug).read_text(encoding="utf-8"), RENEW


def test_no_snapshot_is_left_over() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == list_personas()
