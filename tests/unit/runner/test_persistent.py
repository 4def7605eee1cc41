"""The persistent sequence behaves as a tuple that is copied."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

import portable_pipeline.instances
import portable_pipeline.runner.persistent
import portable_pipeline.runner.retry
import portable_pipeline.runtime.items
import portable_pipeline.runtime.predicates
from portable_pipeline.runner.persistent import PersistentTuple


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 1023, 1024, 1025, 40_000])
def test_holds_what_it_was_made_of(size: int) -> None:
    found = PersistentTuple.of(range(size))
    assert list(found) == list(range(size))
    assert all(found[place] == place for place in range(0, size, 7))


@pytest.mark.parametrize("size", [0, 1, 31, 32, 1023, 1024, 32_768])
def test_append_adds_one_and_leaves_the_old_as_it_was(size: int) -> None:
    old = PersistentTuple.of(range(size))
    new = old.append(-1).append(-2)
    assert (len(old), len(new)) == (size, size + 2)
    assert (list(old), list(new)) == (list(range(size)), [*range(size), -1, -2])
    grown = PersistentTuple.of(())
    for number in range(min(size, 2000)):
        grown = grown.append(number)
    assert grown == PersistentTuple.of(range(min(size, 2000)))


@given(st.integers(1, 2000), st.lists(st.integers(0, 10**6), max_size=20))
def test_put_replaces_one_and_leaves_the_old_as_it_was(size: int, places: list[int]) -> None:
    model = list(range(size))
    versions = [(PersistentTuple.of(model), list(model))]
    for number, place in enumerate(place % size for place in places):
        model[place] = -number
        versions.append((versions[-1][0].put(place, -number), list(model)))
    for found, wanted in versions:
        assert list(found) == wanted


@pytest.mark.parametrize(
    "module",
    [
        portable_pipeline.instances,
        portable_pipeline.runner.persistent,
        portable_pipeline.runner.retry,
        portable_pipeline.runtime.items,
        portable_pipeline.runtime.predicates,
    ],
)
def test_examples_in_the_documentation(module: object) -> None:
    results = doctest.testmod(module)  # type: ignore[arg-type]
    assert results.attempted > 0
    assert results.failed == 0
