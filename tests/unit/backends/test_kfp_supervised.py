"""Attempts and hooks in processes of their own, as components run them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ppc_kfp.carried import call_hook, hand_on, run_in_child, supervise


def artifact(name: str) -> Any:
    found = SimpleNamespace(name=name, uri="", metadata={}, path="")
    found.set_path = lambda path: setattr(found, "path", path)
    return found


def fails(error: BaseException) -> Callable[[], Any]:
    def work() -> None:
        raise error

    return work


def test_what_the_work_returns_comes_back_exactly() -> None:
    value = ["a \u2060007b \ud800", 0.1 + 0.2, True, None]
    assert run_in_child(lambda: value) == {"value": value}


@pytest.mark.parametrize(
    ("work", "failure"),
    [
        (fails(ValueError("no {luck}\nat all")), "ValueError: no {luck}\nat all"),
        (fails(SystemExit("no way out")), "SystemExit: no way out"),
        (fails(SystemExit(0)), "SystemExit: 0"),
        (lambda: os._exit(0), "its process exited with code 0"),
        (lambda: os._exit(3), "its process exited with code 3"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "its process was killed by SIGKILL"),
        (lambda: time.sleep(60), "timed out after 0:00:00.500000"),
    ],
)
def test_however_it_ends(work: Callable[[], Any], failure: str) -> None:
    begin = time.monotonic()
    assert run_in_child(work, 0.5) == {"failure": failure}
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("how", ["returns", "hangs"])
def test_nothing_that_it_started_outlives_it(tmp_path: Path, how: str) -> None:
    def work() -> None:
        # Its output goes nowhere: who waits for the pipe of a child that lives on would wait for ever.
        child = subprocess.Popen(["sleep", "60"])
        (tmp_path / "pid").write_text(str(child.pid))
        time.sleep(60 if how == "hangs" else 0)

    run_in_child(work, 1)
    pid = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 2
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not runs(pid)


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_while_kfp_tries_again_the_component_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    for index in ("0", "1"):
        monkeypatch.setenv("KFP_RETRY_INDEX", index)
        with pytest.raises(SystemExit, match="ValueError: bad luck"):
            supervise(fails(ValueError("bad luck")), retries=2)
    monkeypatch.setenv("KFP_RETRY_INDEX", "2")
    assert supervise(fails(ValueError("bad luck")), retries=2) == (None, "ValueError: bad luck")


def test_a_stage_without_retries_fails_for_good_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KFP_RETRY_INDEX", raising=False)
    assert supervise(fails(KeyError()), retries=0) == (None, "KeyError")


def test_what_was_written_is_committed_by_success_only(tmp_path: Path) -> None:
    for works, expected in ((False, "before"), (True, "after")):
        target = tmp_path / "out.txt"
        target.write_text("before")
        written = artifact("out")

        def attempt(works: bool = works, written: Any = written) -> list[str]:
            Path(written.path).write_text("after")
            if not works:
                raise ValueError("half done")
            return ["done"]

        values, failure = supervise(attempt, retries=0, outputs=[(written, str(target))])
        assert (values, failure) == ((["done"], "") if works else (None, "ValueError: half done"))
        assert target.read_text() == expected
        assert (written.path, written.metadata.get("size")) == ("", 5 if works else None)


def test_an_output_that_was_not_written_is_a_failure_of_the_stage(tmp_path: Path) -> None:
    values, failure = supervise(list, retries=0, outputs=[(artifact("out"), str(tmp_path / "out.txt"))])
    assert values is None
    assert failure.startswith("FileNotFoundError: output `out` was not written")


def test_a_hook_that_fails_is_logged(capfd: pytest.CaptureFixture[str]) -> None:
    call_hook("on_failure of train[0]", fails(ConnectionError("no network")))
    assert "hook on_failure of train[0] failed: ConnectionError: no network\n" in capfd.readouterr().out
    call_hook("on_exit", lambda: print("told"))
    assert capfd.readouterr().out == "told\n"


def test_what_is_handed_on_is_what_was_committed() -> None:
    given, own = artifact("model"), artifact("model")
    given.uri, given.metadata, own.path = "file:///m", {"sha256": "abc"}, "/elsewhere"
    hand_on((given, own))
    assert (own.uri, own.metadata, own.path) == ("file:///m", {"sha256": "abc"}, "")
