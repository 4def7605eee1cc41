"""G: what starts when, and what reaches whom."""

from __future__ import annotations

from collections.abc import Callable

from portable_pipeline.engines.verify import Verified
from tests.contract.observed import Observed
from tests.contract.rules import contract

RunCase = Callable[..., Observed]
LoadCase = Callable[[str], Verified]


@contract("G1")
def test_a_stage_starts_after_the_stage_whose_result_it_needs(run_case: RunCase) -> None:
    seen = run_case("g1_data_edges")
    assert seen.state == "success"
    for before, after in (("first", "second"), ("second", "third")):
        assert seen.the(before, "end").monotonic <= seen.the(after).monotonic
    assert seen.seen("third")["two"] == ["int", "2"]
    assert seen.results == {"first": 1, "second": 2, "third": 3}


@contract("G1")
def test_a_stage_starts_after_the_stages_that_it_is_ordered_behind(run_case: RunCase) -> None:
    seen = run_case("g1_after")
    assert seen.states == {"early": "success", "middle": "success", "late": "success"}
    assert seen.the("early", "end").monotonic <= seen.the("middle").monotonic
    assert seen.the("middle", "end").monotonic <= seen.the("late").monotonic


@contract("G1")
def test_a_join_starts_after_the_slowest_of_its_upstreams(run_case: RunCase) -> None:
    seen = run_case("g1_diamond")
    assert seen.state == "success"
    ends = [seen.the(branch, "end").monotonic for branch in ("slow", "quick")]
    assert max(ends) <= seen.the("join").monotonic
    assert seen.results["join"] == 132


@contract("G2")
def test_independent_stages_can_run_at_the_same_time(run_case: RunCase) -> None:
    seen = run_case("g2_side_by_side")
    assert seen.results == {"left": True, "right": True}


@contract("G2")
def test_nothing_but_the_pipeline_orders_stages(load_case: LoadCase) -> None:
    for name in ("g2_side_by_side", "g1_diamond", "g5_independent_branch", "policies"):
        verified = load_case(name)
        assert "edges" in verified.compared
        assert [each.message for each in verified.found] == []


@contract("G3")
def test_a_result_reaches_each_of_its_consumers(run_case: RunCase) -> None:
    seen = run_case("g3_fan_out")
    assert set(seen.states.values()) == {"success"}
    rows = ["dict", [[["str", "'rows'"], ["list", [["int", "1"], ["int", "2"], ["int", "3"]]]]]]
    assert [seen.seen(consumer)["rows"] for consumer in ("a", "b", "c")] == [rows, rows, rows]


@contract("G3")
def test_a_consumer_of_many_gets_all_of_them(run_case: RunCase) -> None:
    seen = run_case("g3_fan_in")
    assert seen.state == "success"
    given = {name: int(value) for name, (_, value) in seen.seen("gather").items()}
    assert given == {"e": 1, "d": 2, "c": 3, "b": 4, "a": 5}
    assert seen.results["gather"] == [5, 4, 3, 2, 1]


@contract("G3")
def test_functions_of_other_modules_are_stages(run_case: RunCase) -> None:
    seen = run_case("g3_plain_functions")
    assert seen.states == dict.fromkeys(("scale", "plus", "plus_2"), "success"), seen.errors
    assert seen.results == {"scale": 6, "plus": 106, "plus_2": 112}
    given = [{name: int(value) for name, (_, value) in event.seen.items()} for event in seen.started("add")]
    assert given == [{"left": 6, "right": 100}, {"left": 106, "right": 6}]


@contract("G4")
def test_a_stage_called_three_times_is_three_stages(run_case: RunCase) -> None:
    seen = run_case("g4_called_three_times")
    assert seen.states == dict.fromkeys(("train", "train_2", "train_3", "compare"), "success")
    assert [seen.results[id] for id in ("train", "train_2", "train_3")] == [1, 2, 3]
    addresses = [seen.seen(f"train {depth}")["uri"][1] for depth in (1, 2, 3)]
    assert [address.strip("'").split("/")[-2] for address in addresses] == ["train", "train_2", "train_3"]
    assert seen.results["compare"] == "depth 3, depth 1, depth 2"
    assert seen.seen("compare")["depths"] == ["int", "2"]


@contract("G5")
def test_a_failed_branch_does_not_stop_an_independent_one(run_case: RunCase) -> None:
    seen = run_case("g5_independent_branch")
    assert seen.states == {
        "breaks": "failed",
        "after_breaks": "upstream_failed",
        "works": "success",
        "after_works": "success",
    }
    assert seen.started("after_breaks") == []
    assert seen.seen("after_works")["value"] == ["int", "1"]
    assert seen.state == "failed"
