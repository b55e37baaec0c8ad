"""CLINC150's format: the standard full setting, its threshold set on the validation split alone, and a few examples each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from agents.reflex.features import Floats, wording
from agents.reflex.scope import read_signs
from agents.reflex.sorter import OTHER, Examples, Sorter, fit_sorter
from core.ports import Embedder
from evals.intents.baselines import Guess, TfidfSvm, nearest_example
from evals.intents.datasets import Splits, load_clinc
from evals.intents.figures import Figure, at_false_alarm, judge, most_right

BATCH = 128
ALARM = 0.02
PUBLISHED = (("SVM", 91.0, 14.5), ("Rasa", 91.5, 45.3), ("BERT", 96.9, 40.3))
"""In-scope accuracy and out-of-scope recall on CLINC150, per cent, as the issue names them."""

Say = Callable[[str], None]
Rows = Sequence[tuple[str, str]]


async def run_clinc(file: Path, embedder: Embedder, shots: Sequence[int], seeds: int, say: Say) -> list[Figure]:
    """Measure on a file in CLINC150's format. Raises `BadInput`, and what the embedder raises."""
    splits = load_clinc(file)
    vectors: dict[str, Floats] = {}
    for name in splits.__struct_fields__:
        say(f"embedding {name}")
        vectors[name] = await embed_all(embedder, [text for text, _ in getattr(splits, name)])
    figures = _full(splits, vectors, say)
    for shot in shots:
        for seed in range(seeds):
            say(f"{shot} examples per intent, seed {seed}")
            figures += _few(splits, vectors, shot, seed)
    return figures


async def embed_all(embedder: Embedder, texts: Sequence[str]) -> Floats:
    """Embed in batches of like length; rows in the order of `texts`."""
    found = np.zeros((len(texts), embedder.dimensions), np.float32)
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        made = np.asarray(await embedder.embed([texts[row] for row in rows]), np.float32)
        if made.shape[1] != found.shape[1]:  # some models know their dimensions only once they are loaded
            found = np.zeros((len(texts), made.shape[1]), np.float32)
        found[rows] = made
    return found


def _full(splits: Splits, vectors: dict[str, Floats], say: Say) -> list[Figure]:
    say("fitting on all of train")
    plain = _gather(splits.train, vectors["train"])
    outer = _gather((*splits.train, *_outside(splits.oos_train)), np.vstack([vectors["train"], vectors["oos_train"]]))
    machine = TfidfSvm([text for text, _ in splits.train], [intent for _, intent in splits.train])
    methods = {
        "TF-IDF + linear SVM": lambda rows, _: machine.guess([text for text, _ in rows]),
        "nearest example": lambda _, table: nearest_example(plain, table),
        "ours": _reader(fit_sorter(plain, folds=False)),
    }
    if splits.oos_train:
        methods["ours, oos_train as other"] = _reader(fit_sorter(outer, folds=False))
    return [figure for name, method in methods.items() for figure in _at_thresholds(splits, vectors, name, method)]


def _at_thresholds(
    splits: Splits, vectors: dict[str, Floats], name: str, method: Callable[[Rows, Floats], Guess]
) -> list[Figure]:
    """Set a threshold on the validation split in two ways, and judge the test split by each."""
    known, known_signs = method(_known(splits), np.vstack([vectors["val"], vectors["oos_val"]]))
    wanted = [intent for _, intent in _known(splits)]
    right = np.asarray([one == two for one, two in zip(known, wanted, strict=True)])
    inside = np.asarray([intent != OTHER for intent in wanted])
    asked = (*splits.test, *_outside(splits.oos_test))
    got, signs = method(asked, np.vstack([vectors["test"], vectors["oos_test"]]))
    rules = {
        "most right on val": most_right(known_signs, right, inside),
        f"{ALARM:.0%} false alarm on val": at_false_alarm(known_signs, inside, ALARM),
    }
    return [
        judge(
            "full",
            name,
            [intent for _, intent in asked],
            [one if sign >= cut else OTHER for one, sign in zip(got, signs, strict=True)],
            OTHER,
            rule,
        )
        for rule, cut in rules.items()
    ]


def _few(splits: Splits, vectors: dict[str, Floats], shot: int, seed: int) -> list[Figure]:
    """Learn of a few examples of each intent and of nothing else: the threshold too is set by them alone."""
    dice = np.random.default_rng(seed)
    intents = np.asarray([intent for _, intent in splits.train])
    rows = np.concatenate(
        [
            dice.choice(np.flatnonzero(intents == name), min(shot, int((intents == name).sum())), replace=False)
            for name in np.unique(intents)
        ]
    )
    examples = _gather([splits.train[row] for row in rows], vectors["train"][rows])
    sorter = fit_sorter(examples)
    asked = (*splits.test, *_outside(splits.oos_test))
    table = np.vstack([vectors["test"], vectors["oos_test"]])
    wanted = [intent for _, intent in asked]
    best, chances = sorter.sort(table, wording([text for text, _ in asked]))
    found = [one if chance >= sorter.scope.threshold else OTHER for one, chance in zip(best, chances, strict=True)]
    machine = TfidfSvm(examples.texts, [examples.names[label] for label in examples.labels])
    setting = f"{shot} per intent"
    return [
        judge(setting, "ours", wanted, found, OTHER, f"seed {seed}"),
        judge(setting, "nearest example, no threshold", wanted, nearest_example(examples, table)[0], OTHER, f"seed {seed}"),
        judge(
            setting,
            "TF-IDF + linear SVM, no threshold",
            wanted,
            machine.guess([text for text, _ in asked])[0],
            OTHER,
            f"seed {seed}",
        ),
    ]


def _reader(sorter: Sorter) -> Callable[[Rows, Floats], Guess]:
    def read(rows: Rows, table: Floats) -> Guess:
        scores, likeness = sorter.score(table, wording([text for text, _ in rows])), sorter.liken(table)
        signs, other = read_signs(scores, likeness, sorter.examples.other), sorter.examples.other
        if other is not None:
            scores[:, other] = -np.inf
        return [sorter.examples.names[best] for best in scores.argmax(axis=1)], signs

    return read


def _gather(rows: Rows, vectors: Floats) -> Examples:
    return Examples.sort([(intent, text) for text, intent in rows], vectors)


def _known(splits: Splits) -> Rows:
    return (*splits.val, *_outside(splits.oos_val))


def _outside(rows: Rows) -> Rows:
    return tuple((text, OTHER) for text, _ in rows)
