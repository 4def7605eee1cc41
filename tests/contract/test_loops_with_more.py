"""M: loops with several stages of which one fails, and with a loop inside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.cases.recording import described
from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]


@contract("M4.apart", "M4", "M6")
@pytest.mark.parametrize(
    ("bad", "is_broken", "states"),
    [
        (-1, False, {"good": "success", "further": "success", "needing": "success"}),
        (1, False, {"good": "success", "needing": "success"}),
        (-1, True, {"needing": "upstream_failed"}),
    ],
    ids=["good", "one item", "from outside"],
)
def test_what_needs_none_of_what_failed_gets_all_items_or_does_not_start(
    run_case: RunCase, bad: int, is_broken: bool, states: dict[str, str]
) -> None:
    seen = run_case("m4_apart", bad=bad, is_broken=is_broken)
    is_good = bad < 0 and not is_broken
    assert seen.state == ("success" if is_good else "failed"), seen.errors
    for stage, state in states.items():
        assert {*seen.instances(stage).values()} == {state}, stage
    if bad >= 0:
        expected = ["failed" if item == bad else "success" for item in range(3)]
        assert [*seen.instances("further").values()] == expected
        # These need what failed.
        assert {seen.states["takes_further"], seen.states["takes_both"]} == {"upstream_failed"}
    for stage in ("takes_good", "takes_further", "takes_both", "after_good"):
        assert seen.states[stage] in ({"success"} if is_good else {"success", "upstream_failed"})
        assert len(seen.started(stage)) == (seen.states[stage] == "success")
        for values in (event.seen.values() for event in seen.started(stage)):
            assert [*values] == [described([0, 1, 2])] * len(values)


@contract("M5.outer")
@pytest.mark.parametrize("bad", [-1, 10], ids=["good", "one fails"])
def test_an_item_of_a_bounded_loop_ends_with_the_loop_inside(run_case: RunCase, bad: int) -> None:
    seen = run_case("m5_outer", items=[0, 1, 2], bad=bad)
    by_clock = [event.stage for event in sorted(seen.events, key=lambda event: event.monotonic)]
    items = [
        int(id.partition("[")[2].strip("]")) // (10 if id.startswith("work") else 1) for id in by_clock if "[" in id
    ]
    order = list(dict.fromkeys(items))
    # Whatever one item does lies between what those before and after it do.
    assert items == [item for item in order for _ in range(items.count(item))]
    assert sorted(order) == [0, 1, 2]
    for item in order:
        own = [id for id, of in zip(by_clock, items, strict=False) if of == item]
        assert own[0] == f"begin[{item}]"
        assert {*own[1:5]} == {f"work[{10 * item}]", f"work[{10 * item + 1}]"}
        assert own[5:] == ([] if 10 * item == bad else [f"close[{item}]"])
    assert seen.states["take"] == ("success" if bad < 0 else "upstream_failed")
    if bad < 0:
        assert seen.seen("take") == {"values": described([1, 21, 41])}
