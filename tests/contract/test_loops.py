"""M: once for each item, and what becomes of the results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portable_pipeline.diagnostics import Diagnostic, Severity
from tests.contract.cases.recording import described
from tests.contract.observed import Observed, plain
from tests.contract.rules import contract

RunCase = Callable[..., Observed]


def items_seen(seen: Observed, stage: str, name: str = "item") -> list[Any]:
    """What a stage of a loop got as that argument, sorted: nothing orders items."""
    return sorted(plain(event.seen[name]) for event in seen.started(stage))


def successes(stage: str, count: int) -> dict[str, str]:
    """The states of a stage of a loop where all has gone well."""
    return {f"{stage}[{index}]": "success" for index in range(count)}


def at_once(seen: Observed, stage: str) -> int:
    """How many items of the stage were in progress at most, by the clock."""
    own = [event for event in seen.events if event.stage.startswith(f"{stage}[")]
    running = most = 0
    for event in sorted(own, key=lambda each: each.monotonic):
        running += 1 if event.moment == "start" else -1
        most = max(most, running)
    return most


def described_as(**values: Any) -> dict[str, Any]:
    return {name: described(value) for name, value in values.items()}


@contract("M1")
def test_a_body_runs_once_for_each_item_wherever_the_list_is_from(run_case: RunCase) -> None:
    seen = run_case("m1_sources", given=[0.5, 2.0])
    assert seen.state == "success", seen.errors
    assert seen.states == {
        "find": "success",
        "numbers": "success",
        **successes("of_constant", 3),
        **successes("of_parameter", 2),
        **successes("of_result", 3),
        **successes("of_field", 2),
    }
    assert items_seen(seen, "of_constant") == ["", "it's {{ so }}", "north"]
    assert [event.seen["item"][0] for event in seen.started("of_parameter")] == ["float", "float"]
    assert items_seen(seen, "of_parameter") == [0.5, 2.0]
    assert items_seen(seen, "of_result") == [0, 1, 2]
    assert items_seen(seen, "of_field") == ["name 0", "name 1"]
    assert items_seen(seen, "of_field", "total") == [2, 2]


@contract("M1")
def test_the_short_form_goes_through_lists_in_step(run_case: RunCase) -> None:
    seen = run_case("m1_mapped", letters=["a", "b"])
    assert seen.state == "success", seen.errors
    assert seen.states == successes("name", 2) | successes("name_2", 3)
    assert seen.results == {
        "name[0]": "a 10 x",
        "name[1]": "b 20 x",
        "name_2[0]": "z 1 y",
        "name_2[1]": "z 2 y",
        "name_2[2]": "z 3 y",
    }


@contract("M1", "M2", "M3")
@pytest.mark.parametrize("numbers", [[1, 2], [3], []], ids=["two", "one", "none"])
def test_what_was_collected_can_be_looped_over_and_compared(run_case: RunCase, numbers: list[int]) -> None:
    seen = run_case("m1_collected", numbers=numbers)
    assert seen.state == "success", seen.errors
    looped = successes("first", len(numbers)) | successes("second", len(numbers))
    assert seen.states == {**looped, "all_right": "success" if numbers == [1, 2] else "skipped", "take": "success"}
    assert seen.seen("take") == described_as(values=[2 * number + 1 for number in numbers])


@contract("M1")
def test_lists_of_different_lengths_fail_the_loop(run_case: RunCase) -> None:
    seen = run_case("m1_uneven", left=[1, 2], right=[1, 2, 3])
    assert (seen.state, seen.states) == ("failed", {"add": "upstream_failed", "total": "upstream_failed"})
    assert seen.events == []
    assert "length" in (seen.outcome.error or ""), seen.outcome.error


@contract("M2")
@pytest.mark.parametrize("items", [[0, 1, 2], [5], [*range(11)]], ids=["three", "one", "eleven"])
def test_results_are_collected_in_the_order_of_the_items(run_case: RunCase, items: list[int]) -> None:
    seen = run_case("m2_order", items=items)
    assert seen.state == "success", seen.errors
    assert seen.states == {**successes("work", len(items)), "take": "success", "again": "success"}
    assert seen.seen("take") == described_as(values=[item * 10 for item in items])
    assert seen.seen("again") == described_as(values=[item * 10 for item in items])
    assert [seen.results[f"work[{index}]"] for index in range(len(items))] == [item * 10 for item in items]
    assert seen.results["take"] == sum(items) * 10


@contract("M2", "V1")
def test_collected_values_keep_their_types(run_case: RunCase) -> None:
    seen = run_case("m2_types")
    assert seen.state == "success", seen.errors
    assert seen.seen("take") == described_as(
        wholes=[1, 2**53 + 1, 0],
        ratios=[1.0, 2.0**53, 0.0],
        texts=["1", str(2**53 + 1), "0"],
        maybes=[1, None, 0],
        lists=[[1], [], [0, 0]],
    )


@contract("M2", "V1", "V5")
@pytest.mark.parametrize("count", [1, 2])
def test_records_are_items_and_are_collected(run_case: RunCase, count: int) -> None:
    seen = run_case("m2_records", count=count)
    assert seen.state == "success", seen.errors
    plans = [
        ["Plan", described_as(name=f"it's {{{{ {each} }}}}", day=date(2026, 1, each + 1), rate=float(each))]
        for each in range(count)
    ]
    for each, plan in enumerate(plans):
        assert seen.seen(f"train[{each + 1}]") == {"plan": plan, **described_as(day=date(2026, 1, each + 1))}
    scores = [["Score", {"plan": plan, **described_as(auc=1.0, rounds=each + 1)}] for each, plan in enumerate(plans)]
    aucs, rounds = [1.0] * count, [each + 1 for each in range(count)]
    assert seen.seen("take") == {"scores": ["list", scores], **described_as(aucs=aucs, rounds=rounds)}


@contract("M3")
def test_without_items_nothing_runs_and_an_empty_list_is_collected(run_case: RunCase) -> None:
    seen = run_case("m3_empty")
    assert seen.state == "success", seen.errors
    # A stage that ran for no item is not there at all.
    assert seen.states == {"find": "success", "take": "success", "last": "success"}
    assert seen.seen("take") == described_as(texts=[], numbers=[])
    assert seen.seen("last") == described_as(count=0)
    assert sorted(event.stage for event in seen.events) == ["find", "last", "take"]


@contract("M3")
def test_a_constant_can_be_an_empty_list(run_case: RunCase) -> None:
    seen = run_case("m3_constant")
    assert (seen.state, seen.states) == ("success", {"take": "success"}), seen.errors
    assert seen.seen("take") == described_as(regions=[])


@contract("M3")
@pytest.mark.parametrize(("count", "items"), [(2, []), (0, [7])], ids=["only the second", "only the first"])
def test_one_loop_without_items_does_not_touch_another(run_case: RunCase, count: int, items: list[int]) -> None:
    seen = run_case("m3_empty", count=count, items=items)
    assert seen.state == "success", seen.errors
    looped = successes("of_result", count) | successes("of_parameter", len(items))
    assert seen.states == {"find": "success", **looped, "take": "success", "last": "success"}
    assert seen.seen("take") == described_as(texts=[f"item {index}" for index in range(count)], numbers=items)


@contract("M3")
def test_a_stage_that_only_comes_after_an_empty_loop_runs(run_case: RunCase) -> None:
    seen = run_case("m3_after", items=[])
    assert (seen.state, seen.states) == ("success", {"last": "success"}), seen.errors
    assert [event.stage for event in seen.events] == ["last"]


@contract("M4")
def test_one_failed_item_fails_the_loop_and_the_others_still_end(run_case: RunCase) -> None:
    seen = run_case("m4_one_fails", bad=2)
    assert seen.state == "failed"
    assert seen.states == {
        "train[0]": "success",
        "train[1]": "failed",
        "train[2]": "success",
        "check[0]": "success",
        "check[1]": "upstream_failed",
        "check[2]": "success",
        "take": "upstream_failed",
        "far": "upstream_failed",
        "free": "success",
    }
    assert sorted(event.stage for event in seen.events if event.moment == "end") == ["train[1]", "train[3]"]
    assert (len(seen.started("check[1]")), seen.started("check[2]")) == (1, [])
    assert seen.started("take") == seen.started("far") == []
    assert {id: seen.attempts[id] for id in ("check[1]", "take", "far")} == {"check[1]": 0, "take": 0, "far": 0}
    assert "item 2 is broken" in (seen.stage("train[1]").error or "")


@contract("M4")
@pytest.mark.parametrize("bad", [1, 3], ids=["the first", "the last"])
def test_it_does_not_matter_which_item_fails(run_case: RunCase, bad: int) -> None:
    seen = run_case("m4_one_fails", bad=bad)
    assert seen.state == "failed"
    assert [seen.states[f"train[{index}]"] == "failed" for index in range(3)] == [bad == 1, False, bad == 3]
    assert (seen.states["take"], seen.states["far"]) == ("upstream_failed", "upstream_failed")
    assert seen.started("take") == []


@contract("M4", "M3")
@pytest.mark.parametrize(
    ("bad", "items", "ended"), [(1, [1, 2], "upstream_failed"), (0, [1, 2], "success")], ids=["failed", "good"]
)
def test_a_stage_that_only_comes_after_a_loop_needs_all_items(
    run_case: RunCase, bad: int, items: list[int], ended: str
) -> None:
    seen = run_case("m3_after", items=items, bad=bad)
    assert seen.states["last"] == ended
    assert len(seen.started("last")) == (ended == "success")
    assert seen.states["body[1]"] == "success"


@contract("M4", "M6")
def test_what_is_collected_of_one_stage_does_not_need_the_others(run_case: RunCase) -> None:
    seen = run_case("m4_other_stage")
    assert seen.state == "failed"
    assert seen.states == {
        "good[0]": "success",
        "good[1]": "success",
        "breaks[0]": "success",
        "breaks[1]": "failed",
        "takes_good": "success",
        "takes_both": "upstream_failed",
    }
    assert seen.seen("takes_good") == described_as(values=[0, 1])


@contract("M4", "M6", "C5")
def test_a_predicate_that_python_cannot_evaluate_fails_its_item(run_case: RunCase) -> None:
    seen = run_case("m6_undecidable")
    assert seen.state == "failed"
    assert seen.states == {
        **successes("measure", 3),
        "inside[0]": "skipped",
        "inside[1]": "upstream_failed",
        "inside[2]": "success",
        "take": "upstream_failed",
    }
    assert "'>' not supported between" in (seen.outcome.error or ""), seen.outcome.error


@contract("M4", "R1")
@pytest.mark.parametrize("failures", [1, 9])
def test_an_item_fails_for_good_after_its_retries(run_case: RunCase, failures: int) -> None:
    seen = run_case("m4_retried", failures=failures)
    is_saved = failures == 1
    assert seen.state == ("success" if is_saved else "failed"), seen.errors
    assert seen.states == {
        "flaky[0]": "success",
        "flaky[1]": "success" if is_saved else "failed",
        "flaky[2]": "success",
        "take": "success" if is_saved else "upstream_failed",
    }
    assert [seen.attempts[f"flaky[{index}]"] for index in range(3)] == [1, 2 if is_saved else 3, 1]
    assert [len(seen.started(f"flaky[{item}]")) for item in "abc"] == [1, 2 if is_saved else 3, 1]


@contract("M4")
def test_a_loop_whose_list_does_not_come_is_upstream_failed(run_case: RunCase) -> None:
    seen = run_case("m4_failed_source")
    assert seen.state == "failed"
    lost = dict.fromkeys(("train", "check", "take"), "upstream_failed")
    assert seen.states == {"find": "failed", **lost, "free": "success"}
    assert sorted(event.stage for event in seen.events) == ["find", "free"]


@contract("M5")
def test_max_parallel_bounds_how_many_items_run(run_case: RunCase) -> None:
    seen = run_case("m5_bounded")
    assert seen.state == "success", seen.errors
    assert at_once(seen, "work") == 2
    assert len(seen.noted("take", "start")) == 1
    assert seen.seen("take") == described_as(items=[0, 1, 2, 3, 4])


@contract("M5", "M4")
def test_an_item_that_fails_gives_way_to_the_next(run_case: RunCase) -> None:
    seen = run_case("m5_bounded", bad=0)
    assert seen.state == "failed"
    assert seen.states == {
        "work[0]": "failed",
        **dict.fromkeys((f"work[{n}]" for n in range(1, 5)), "success"),
        "take": "upstream_failed",
    }
    assert at_once(seen, "work") == 2


@contract("M5", "M6")
@pytest.mark.parametrize("bad", [-1, 1], ids=["good", "one fails"])
def test_what_is_bounded_is_items_and_not_stages(run_case: RunCase, bad: int) -> None:
    seen = run_case("m5_whole_items", items=[0, 1, 2], bad=bad)
    by_clock = sorted(seen.events, key=lambda event: event.monotonic)
    order = list(dict.fromkeys(event.stage.partition("[")[2].strip("]") for event in by_clock))
    whole = [("load", "start"), ("train", "start"), ("train", "end")]
    found = [(event.stage.partition("[")[0], event.moment, event.stage.partition("[")[2]) for event in by_clock]
    expected = [
        (stage, moment, f"{item}]")
        for item in order
        for stage, moment in ([("load", "start"), ("load", "end")] if int(item) == bad else whole)
    ]
    assert found == expected
    assert sorted(order) == ["0", "1", "2"]
    assert seen.instances("train") == {
        f"train[{item}]": "upstream_failed" if item == bad else "success" for item in range(3)
    }


@contract("M5")
def test_without_a_bound_items_run_side_by_side(run_case: RunCase) -> None:
    seen = run_case("m5_unbounded")
    assert seen.results == {"meet[0]": True, "meet[1]": True}, seen.errors


@contract("M6")
def test_stages_of_a_body_take_from_each_other_and_from_outside(run_case: RunCase) -> None:
    seen = run_case("m6_several", factor=2)
    assert seen.state == "success", seen.errors
    looped = {id: state for stage in ("first", "beside", "second") for id, state in successes(stage, 3).items()}
    assert seen.states == {"base": "success", **looped, "take": "success"}
    for item in (1, 2, 3):
        assert seen.seen(f"second[{item}]") == described_as(one=100 + item, other=-item, factor=2)
        assert seen.the(f"first[{item}]").monotonic <= seen.the(f"second[{item}]").monotonic
    assert seen.seen("take") == described_as(values=[201, 202, 203])


@contract("M6")
def test_an_item_does_not_wait_for_the_others(run_case: RunCase) -> None:
    seen = run_case("m6_ahead")
    # The first stage of item 0 waits until the second stage of item 1 has run.
    assert seen.results == {"first[0]": True, "first[1]": True, "second[0]": 0, "second[1]": 1}, seen.errors


@contract("M6", "C1", "C2", "C4")
def test_a_condition_decides_for_each_item(run_case: RunCase) -> None:
    seen = run_case("m6_condition", items=[1, 4, 2], limit=4)
    assert seen.state == "success", seen.errors
    assert seen.instances("big") == {"big[0]": "skipped", "big[1]": "success", "big[2]": "skipped"}
    assert seen.instances("small") == {"small[0]": "success", "small[1]": "skipped", "small[2]": "success"}
    assert seen.instances("join") == successes("join", 3)
    assert seen.seen("take") == described_as(texts=["small 2", "big 8", "small 4"])
    assert seen.attempts["big[0]"] == 0


@contract("M6", "M7", "A5")
def test_commands_stand_in_loops_and_conditions(run_case: RunCase, tmp_path: Any) -> None:
    texts = ["it's {{ 1 }}; $HOME", "short"]
    seen = run_case("m6_command", date="2026-01-05", texts=texts)
    assert seen.state == "success", seen.errors
    assert seen.states == {
        **successes("write", 2),
        "double[0]": "success",
        "double[1]": "skipped",
        "read[0]": "success",
        "read[1]": "skipped",
    }
    folder = tmp_path / "root" / "2026-01-05"
    assert [(folder / f"{index}.txt").read_text() for index in range(2)] == texts
    assert seen.results["read[0]"] == (folder / "twice-0.txt").read_text() == texts[0] * 2
    assert not (folder / "twice-1.txt").exists()


@contract("M6", "M2", "C3")
@pytest.mark.parametrize(("limit", "kept"), [(2, [50, 70]), (6, [70]), (9, [])], ids=["some", "one", "none"])
def test_skipped_items_are_left_out_of_what_is_collected(run_case: RunCase, limit: int, kept: list[int]) -> None:
    seen = run_case("m6_left_out", limit=limit)
    assert seen.state == "success", seen.errors
    states = ["success" if item > limit else "skipped" for item in (1, 5, 2, 7)]
    assert list(seen.instances("keep").values()) == states
    assert seen.seen("take") == described_as(kept=kept)


@contract("M6", "M2", "M3")
def test_loops_nest(run_case: RunCase) -> None:
    seen = run_case("m6_nested")
    assert seen.state == "success", seen.errors
    assert seen.states == {
        "regions": "success",
        **dict.fromkeys(("visit[0][0]", "visit[0][1]", "visit[2][0]"), "success"),
        **successes("total", 3),
        "take": "success",
    }
    assert seen.seen("take") == described_as(visits=[[101, 102], [], [130]], totals=[203, 0, 130])
    assert seen.seen("total[none]") == described_as(visits=[])


@contract("M6", "C1", "C4")
@pytest.mark.parametrize("go", [True, False])
def test_a_loop_in_a_branch_runs_if_the_branch_does(run_case: RunCase, go: bool) -> None:
    seen = run_case("m6_loop_in_condition", go=go)
    assert seen.state == "success", seen.errors
    if go:
        assert seen.states == {**successes("train", 3), "best": "success", "old": "skipped", "report": "success"}
        assert seen.seen("best") == described_as(values=[1, 4, 9])
    else:
        # A loop that does not run is there once, without an index.
        assert seen.states == {"train": "skipped", "best": "skipped", "old": "success", "report": "success"}
        assert sorted(event.stage for event in seen.events) == ["old", "report"]
    assert seen.seen("report") == described_as(value=9 if go else 0)


@contract("M7")
@pytest.mark.parametrize("items", [["c", "a", "b"], ["a"], []], ids=["three", "one", "none"])
def test_each_item_has_an_address_by_its_index(run_case: RunCase, tmp_path: Any, items: list[str]) -> None:
    seen = run_case("m7_addresses", date="2026-01-05", items=items)
    assert seen.state == "success", seen.errors
    assert seen.seen("take") == described_as(texts=[item.upper() for item in items], lengths=[1] * len(items))
    folder = tmp_path / "root" / "2026-01-05"
    for index, item in enumerate(items):
        assert (folder / str(index) / "table.txt").read_text() == item
        assert (folder / f"loud-{index}.txt").read_text() == item.upper()
    assert len(list(tmp_path.glob("root/**/*.txt"))) == 2 * len(items)


@contract("M7")
@pytest.mark.parametrize("names", [["south", "It's {{ 1 }}", "7"], ["one"]], ids=["three", "one"])
def test_each_item_has_an_address_by_its_key(run_case: RunCase, tmp_path: Any, names: list[str]) -> None:
    seen = run_case("m7_keys", date="2026-01-05", names=names)
    assert seen.state == "success", seen.errors
    written = {path.name: path.read_text() for path in tmp_path.glob("root/2026-01-05/shops/*")}
    assert written == {f"{name}.txt": f"{name} {len(name)}" for name in names}
    assert seen.seen("take") == described_as(texts=[f"{name} {len(name)}" for name in names])


@contract("M7", "M6")
def test_loops_in_loops_have_addresses_by_both_items(run_case: RunCase, tmp_path: Any) -> None:
    seen = run_case("m7_nested", date="2026-01-05")
    assert seen.state == "success", seen.errors
    folder = tmp_path / "root" / "2026-01-05"
    found = {str(path.relative_to(folder)): path.read_text() for path in tmp_path.glob("root/**/*.txt")}
    assert found == {"north/0.txt": "north 5", "north/1.txt": "north 6", "south/0.txt": "south 7"}
    assert seen.seen("take") == described_as(texts=[["north 5", "north 6"], ["south 7"]])


@contract("M7")
@pytest.mark.parametrize(
    ("names", "told"),
    [(["a", "b", "a"], "'a'"), (["a", "b/c"], "'b/c'"), ([".."], "'..'"), ([""], "''")],
    ids=["twice", "slash", "dots", "empty"],
)
def test_keys_that_name_no_file_of_their_own_fail_the_loop(
    run_case: RunCase, tmp_path: Any, names: list[str], told: str
) -> None:
    seen = run_case("m7_keys", names=names)
    assert seen.state == "failed"
    lost = {"write": "upstream_failed", "take": "upstream_failed"}
    assert seen.states == {"find": "success", **lost, "free": "success"}
    assert [event.stage for event in seen.events] == ["free"]
    assert list(tmp_path.glob("root/**/*.txt")) == []
    assert told in (seen.outcome.error or ""), seen.outcome.error


@contract("M7")
def test_one_address_for_all_items_is_refused(diagnose_case: Callable[[str], tuple[Diagnostic, ...]]) -> None:
    errors = [each for each in diagnose_case("m7_one_address") if each.severity is Severity.ERROR]
    assert [each.code for each in errors] == ["PPC214"]
    assert errors[0].span is not None
