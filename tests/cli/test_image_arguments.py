"""`muse image` says how its words go together, before anybody is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import main
from cli.images.desk import kind_beside


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show",), "muse image show <id>"),
        (("album", "add", "Sea", "-i", "luna"), "add NAME ID"),
        (("album", "list"), "Say whose album"),
        (("batch", "luna", "many"), "muse image batch luna 12"),
        (("list", "x"), "takes no 'x'"),
        (("list", "--album", "x"), "Say whose album"),
        (("verify",), "muse image verify picture.jpg"),
        (("  ", "-i", "luna"), "Say what to see"),
        (("a walk",), "Say of whom"),
        (("a", "walk", "-i", "luna"), "in quotes"),
        (("tune", "--side", "70"), "steps of 8"),
        (("a walk", "-i", "luna", "--mask", "m.png"), "--from PICTURE"),
        (("a walk", "-i", "luna", "--strength", "0.5"), "--from PICTURE"),
        (("a walk", "-i", "luna", "--from", "x", "--strength", "0"), "The strength is above 0"),
        (("batch", "luna", "3", "--pose", "p.png"), "--pose goes with a wish"),
        (("list", "--from", "x"), "--from goes with a wish"),
    ],
)
def test_what_does_not_go_together_says_how_it_goes(
    words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["image", *words]) != 0
    assert says in capsys.readouterr().err


def test_a_file_whose_name_says_another_kind_of_picture_is_told() -> None:
    jpeg = b"\xff\xd8\xff\xe0"
    assert kind_beside(jpeg, Path("beach.jpg")) == kind_beside(jpeg, Path("beach.JPEG")) == ""
    assert kind_beside(jpeg, Path("beach.png")) == " (a JPEG, whatever its name says)"
