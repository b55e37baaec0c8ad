"""Each mechanism matters: taken away in a copy of the tree, a run catches it. `make mutations` runs all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from cli.scratch.mutants import mutated_tree, run_mutated
from cli.settings import ROOT
from core.errors import Misconfigured
from evals.chaos.audit import KINDS
from evals.chaos.focuses import FOCUSES
from evals.chaos.mutants import LEDGER_CHECK, caught, mutate, read_mutations

MUTATIONS = read_mutations()
QUICK = {"dedupe": 60, "outbox": 60}  # those that need no waiting for leases to run out


def test_the_mechanisms_of_the_proof_are_all_there() -> None:
    assert {"dedupe", "fencing", "sweep", "outbox", "ownership", "look_again", "order"} <= set(MUTATIONS)


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_mutation_fits_the_source_and_changes_only_a_copy(name: str) -> None:
    mutation = MUTATIONS[name]
    assert mutation.focus in FOCUSES
    assert set(mutation.caught_by) <= {*KINDS, LEDGER_CHECK}
    async with mutated_tree(mutation) as root:
        for edit in mutation.edits:
            assert edit.replace in (root / edit.file).read_text()
            assert edit.find in (ROOT / edit.file).read_text()
            assert edit.replace not in (ROOT / edit.file).read_text()
            if edit.file.startswith("storage/migrations/"):
                assert edit.find in (ROOT / "storage" / "schema.sql").read_text(), "no later migration takes it away"


def test_a_mutation_that_the_source_has_outgrown_says_so_and_writes_nothing(tmp_path: Path) -> None:
    outgrown = MUTATIONS["order"]
    place = tmp_path / outgrown.edits[0].file
    place.parent.mkdir(parents=True)
    for text in ("something else", outgrown.edits[0].find * 2):
        place.write_text(text)
        with pytest.raises(Misconfigured, match="order has lost its aim"):
            mutate(replace(outgrown, edits=outgrown.edits[:1]), tmp_path)
        assert place.read_text() == text


def test_a_mutation_of_what_a_later_migration_writes_anew_says_so(tmp_path: Path) -> None:
    outgrown = MUTATIONS["order"]
    place = tmp_path / outgrown.edits[0].file
    place.parent.mkdir(parents=True)
    for name in (place.name, "0999_anew.sql"):
        place.with_name(name).write_text(outgrown.edits[0].find)
    with pytest.raises(Misconfigured, match=r"0999_anew\.sql writes anew"):
        mutate(replace(outgrown, edits=outgrown.edits[:1]), tmp_path)
    assert place.read_text() == outgrown.edits[0].find


@pytest.mark.parametrize("name", QUICK)
async def test_a_run_catches_it(name: str) -> None:
    report = await run_mutated(MUTATIONS[name], 5, QUICK[name])
    assert caught(MUTATIONS[name], report), report.totals
    assert not report.holds
