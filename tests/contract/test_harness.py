"""The suite's own machinery: what it makes of a support table, and of how a test's body ended."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from portable_pipeline.backend import Answer, Evidence, Support
from portable_pipeline.outcome import RunOutcome, StageOutcome
from portable_pipeline.runtime.events import FailureEvent
from tests.contract import rules
from tests.contract.cases.recording import described, record, record_call
from tests.contract.cases_run import settle
from tests.contract.observed import Observed, alive, plain, read_events, watching
from tests.contract.rules import LOCAL, Contract, Mode, OnlyShownOnSpec

TABLE = {
    "G1": Support(Answer.NATIVE, "runs"),
    "R3": Support(Answer.EMULATED, "in the spec", Evidence.SPEC_ONLY),
    "R4": Support(Answer.REFUSED, "cannot"),
}


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more engine."""
    monkeypatch.setattr(rules, "backends", lambda: {"other": SimpleNamespace(support=TABLE)})


@pytest.mark.parametrize(
    ("declared", "mode"),
    [
        (Contract(("G1",)), Mode.EXECUTED),
        (Contract(("G1", "R3")), Mode.SPEC_ONLY),
        (Contract(("R3", "R4")), Mode.REFUSED),
        (Contract(("G1",), needs=("R4",)), Mode.EXECUTED),
    ],
)
def test_the_weakest_answer_decides(declared: Contract, mode: Mode) -> None:
    assert declared.mode("other") is mode
    assert declared.mode(LOCAL) is Mode.EXECUTED


def test_what_is_needed_besides_is_degraded_too() -> None:
    declared = Contract(("G1",), needs=("R4",))
    assert (declared.refused("other"), declared.spec_only("other")) == (("R4",), ())
    assert declared.refused(LOCAL) == ()


def runner(mode: Mode, probing: bool) -> Any:
    return SimpleNamespace(
        mode=mode, probing=probing, declared=Contract(("R3",)), subject=SimpleNamespace(name="other")
    )


@pytest.mark.parametrize("mode", list(Mode))
def test_a_body_counts_as_it_ended_unless_its_case_was_a_probe(mode: Mode) -> None:
    settle(runner(mode, probing=False), None)
    settle(runner(mode, probing=False), OnlyShownOnSpec())
    with pytest.raises(AssertionError, match="too few"):
        settle(runner(mode, probing=False), AssertionError("too few"))


@pytest.mark.parametrize("mode", [Mode.SPEC_ONLY, Mode.REFUSED])
def test_a_probe_has_to_fail(mode: Mode) -> None:
    settle(runner(mode, probing=True), AssertionError("as the table says"))
    with pytest.raises(AssertionError, match="update the table"):
        settle(runner(mode, probing=True), None)


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_a_process_is_seen_to_end_before_it_is_reaped(tmp_path: Path, child: subprocess.Popen[bytes]) -> None:
    log = tmp_path / "events.jsonl"
    with watching(log) as gone:
        assert record(str(log), "stage", "child", pids=[child.pid]) == 0
        assert record(str(log), "stage") == 1
        assert alive(child.pid)
        assert gone == {}
        child.kill()
        with subprocess.Popen(["sleep", "0.2"]) as pause:
            pause.wait()
        assert not alive(child.pid)
    assert list(gone) == [child.pid]
    assert [event.moment for event in read_events(log)] == ["child", "start"]


def test_descriptions_tell_apart_what_equals_in_python() -> None:
    values = [1, 1.0, True, "1", [1], (1,), {"1": 1}, None, "None", -0.0, 0.0]
    texts = [repr(described(value)) for value in values]
    assert len(set(texts)) == len(values)


def test_plain_gives_back_what_was_described() -> None:
    values = [1, -2.5, True, None, "it's {{ so }}", [1, [2]], {"a": {"b": [1.0]}, "c": 3}]
    assert [plain(described(value)) for value in values] == values


def test_a_hook_finds_the_log_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, current = tmp_path / "events.jsonl", tmp_path / "current"
    current.write_text(str(log), encoding="utf-8")
    monkeypatch.setenv("PPC_CONTRACT_LOG", str(current))
    record_call("on_failure", FailureEvent("p", "r1", "train[0]", 2, "boom"))
    seen = Observed(RunOutcome("p", "other", "r1", "failed", ()), read_events(log))
    told = {"pipeline": "p", "run_id": "r1", "stage": "train[0]", "attempt": 2, "error": "boom"}
    assert (seen.called("on_failure"), seen.called("on_exit")) == ([told], [])


@pytest.mark.parametrize(("attempts", "wrong"), [(2, {}), (1, {"train": (2, 3)})])
def test_attempts_of_a_loop_are_counted_together(
    tmp_path: Path, attempts: int, wrong: dict[str, tuple[int, int]]
) -> None:
    log = str(tmp_path / "events.jsonl")
    for name in ("train[a]", "train[b]", "train[b]", "on_exit"):
        record(log, name)
    record(log, "train[b]", "end")
    stages = (StageOutcome("train[0]", "success", 1), StageOutcome("train[1]", "success", attempts))
    seen = Observed(RunOutcome("p", "other", "r1", "success", stages), read_events(Path(log)))
    assert seen.counts_disagree() == wrong
    assert seen.instances("train") == {"train[0]": "success", "train[1]": "success"}
