"""Attempts in real processes: what arrives, what comes back, how each way to fail is told."""

from __future__ import annotations

import pickle
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from portable_pipeline.runtime import Abort, StageFailed, StageTimeout
from portable_pipeline.runtime.errors import InvalidValue, StageAborted
from tests.unit.runtime.conftest import Stages


def failure(stages: Stages, function: str = "stage", **given: object) -> StageFailed:
    with pytest.raises(StageFailed) as failed:
        stages.attempt(function, **given).run()
    return failed.value


def test_values_arrive_typed_and_come_back_as_json(stages: Stages) -> None:
    stages.write("""
        from __future__ import annotations
        from dataclasses import dataclass
        from datetime import date, timedelta

        @dataclass
        class Split:
            train: int
            day: date

        def stage(day: date, wait: timedelta, split: Split, words: list[str], ratio: float) -> Split:
            assert day == date(2026, 1, 5) and wait == timedelta(minutes=5), (day, wait)
            assert isinstance(split, Split) and split.day == date(2026, 1, 6)
            assert isinstance(ratio, float)
            return Split(train=len(words), day=split.day)
    """)
    split = {"train": 1, "day": "2026-01-06"}
    answer = stages.attempt(
        day="2026-01-05", wait=timedelta(minutes=5), split=split, words=["ä", "{{ }}"], ratio=1
    ).run()
    assert answer == {"result": {"train": 2, "day": "2026-01-06"}, "train": 2, "day": "2026-01-06"}


def test_returning_nothing_is_no_result_unless_a_value_was_possible(stages: Stages) -> None:
    stages.write("""
        def nothing() -> None: ...
        def undeclared(): ...
        def perhaps() -> int | None: ...
    """)
    assert stages.attempt("nothing").run() == {}
    assert stages.attempt("undeclared").run() == {}
    assert stages.attempt("perhaps").run() == {"result": None}


def test_each_attempt_has_its_own_process_in_the_same_folder_and_environment(
    stages: Stages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stages.write("""
        import os, sys
        counter = 0
        def stage() -> list:
            global counter
            counter += 1
            return [counter, os.getpid(), os.getcwd(), os.environ["SETTING"], sys.executable, sys.argv[1:], sys.path[0],
                    sys.stdin.read()]
    """)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SETTING", "ä")
    one, two = (stages.attempt().run()["result"] for _ in range(2))
    assert one[0] == two[0] == 1
    assert one[1] != two[1]
    assert one[2:] == [str(tmp_path), "ä", sys.executable, [], str(stages.folder), ""]


def test_a_module_of_the_runtime_does_not_shadow_one_of_the_user(stages: Stages) -> None:
    stages.write("def value() -> int:\n    return 7\n", "values")
    stages.write("def stage() -> int:\n    import values\n    return values.value()\n")
    assert stages.attempt().run() == {"result": 7}


def test_multiprocessing_works_inside(stages: Stages) -> None:
    stages.write("""
        import multiprocessing
        def double(x: int) -> int:
            return 2 * x
        def stage(method: str) -> list[int]:
            with multiprocessing.get_context(method).Pool(2) as pool:
                return pool.map(double, [1, 2, 3])
    """)
    for method in ("spawn", "fork"):
        assert stages.attempt(method=method).run() == {"result": [2, 4, 6]}
    # A pool ends its workers by SIGTERM: that is no crash to be written about.
    assert stages.log == []


def test_output_is_passed_on_line_by_line(stages: Stages) -> None:
    stages.write("""
        import os, subprocess, sys
        def stage() -> None:
            print("one")
            print("two ä", file=sys.stderr)
            subprocess.run(["sh", "-c", "echo three; printf four"], check=True)
            print("\\r10%\\r100%\\r")
            os.write(1, b"\\xff\\n")
            print("x" * 200_000)
            print("last", end="")
    """)
    stages.attempt().run()
    assert stages.log[:5] == ["one", "two ä", "three", "100%", "\ufffd"]
    assert "".join(stages.log[5:]) == "x" * 200_000 + "last"


def test_prints_where_engines_look(stages: Stages, capsys: pytest.CaptureFixture[str]) -> None:
    stages.write("def stage() -> None:\n    print('seen')\n")
    attempt = stages.attempt()
    stages.command("true")
    from portable_pipeline.runtime.attempts import Attempt

    Attempt({"function": "pipeline:stage"}, stage="s", code=stages.folder).run()
    assert capsys.readouterr().out == "seen\n"
    attempt.run()


def test_an_exception_is_told_with_the_users_part_of_the_traceback(stages: Stages) -> None:
    stages.write("""
        def inner():
            raise KeyError("missing")
        def stage():
            try:
                inner()
            except KeyError as error:
                raise ValueError("bad\\nnews") from error
    """)
    failed = failure(stages)
    assert (failed.stage, failed.error) == ("the_stage", "ValueError: bad\nnews")
    assert "stage_runtime" not in failed.traceback
    assert failed.traceback.count("pipeline.py") == 3
    assert "KeyError: 'missing'" in failed.traceback
    assert str(failed).startswith("stage `the_stage` failed: ValueError: bad\nnews\nKeyError") or "Traceback" in str(
        failed
    )


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("def stage() -> int:\n return 'x'", "result is declared int, got str: 'x'"),
        ("def stage() -> None:\n return 1", "result is declared None, got int: 1"),
        ("def stage():\n return object", "result is of type type, which cannot travel between stages as JSON"),
        (
            "def stage() -> str:\n return 'x' * 50_000",
            "result takes 50002 bytes of JSON, at most 49152 travel; write an artifact instead",
        ),
        ("import os\ndef stage():\n os._exit(3)", "its process exited with code 3"),
        ("import os\ndef stage():\n os._exit(0)", "its process exited before the function returned"),
        ("import os\ndef stage():\n os.kill(os.getpid(), 9)", "its process was killed by SIGKILL"),
        ("import os\ndef stage():\n os.kill(0, 9)", "its process was killed by SIGKILL"),
        ("import os\ndef stage():\n os.abort()", "its process was killed by SIGABRT"),
        ("import sys\ndef stage():\n sys.exit(0)", "SystemExit: 0"),
        ("def stage():\n raise KeyboardInterrupt", "KeyboardInterrupt"),
        (
            "import atexit, os\ndef stage() -> int:\n atexit.register(os._exit, 4)\n return 1",
            "its process exited with code 4",
        ),
        (
            "import os\ndef stage():\n os.kill(os.getppid(), 9)\n import time\n time.sleep(60)",
            "its process and the guard of it were killed",
        ),
        ("other = 1", "AttributeError: module 'pipeline' has no attribute 'stage'"),
        ("import nowhere_to_be_found", "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        ("def stage(a): ...", "TypeError: stage() missing 1 required positional argument: 'a'"),
    ],
)
def test_every_way_to_fail_is_told(stages: Stages, body: str, error: str) -> None:
    stages.write(body)
    assert failure(stages).error == error


def test_an_ill_typed_argument_fails_before_the_call(stages: Stages, tmp_path: Path) -> None:
    stages.write(f"from datetime import date\ndef stage(day: date):\n open({str(tmp_path / 'called')!r}, 'w')\n")
    assert failure(stages, day="5th").error.startswith("parameter `day` is declared date, got str: '5th'")
    assert not (tmp_path / "called").exists()


def test_an_input_that_is_no_json_is_refused_by_the_engines_side(stages: Stages) -> None:
    with pytest.raises(InvalidValue, match=r"inputs\['x'\] is of type object"):
        stages.attempt(x=object()).run()


def test_abort_is_told_apart(stages: Stages) -> None:
    stages.write("from stage_runtime import Abort\ndef stage():\n raise Abort('no data')\n")
    with pytest.raises(Abort) as aborted:
        stages.attempt().run()
    assert isinstance(aborted.value, StageAborted)
    assert aborted.value.error == "no data"
    assert "pipeline.py" in aborted.value.traceback


def test_errors_survive_pickling() -> None:
    for error in (StageFailed("s", "x", "tb"), StageTimeout("s", "timed out"), StageAborted("s", "aborted: x")):
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), str(copy), copy.stage) == (type(error), str(error), "s")


def test_a_command_gets_its_values_and_writes_its_output(stages: Stages, tmp_path: Path) -> None:
    out = tmp_path / "out" / "count.txt"
    answer = stages.command(
        "printf '%s' {text} {day} > {out.path}", text="a 'b' $(id)", day=date(2026, 1, 5), outputs={"out": out}
    ).run()
    assert out.read_text() == "a 'b' $(id)2026-01-05"
    assert answer["out"]["size"] == len("a 'b' $(id)2026-01-05")
    assert stages.command(["wc", "-c", "{data.path}"], data=answer["out"]).run() == {}
    assert stages.log[-1].split()[0] == "21"


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("echo said; exit 3", "its process exited with code 3"),
        (["false"], "its process exited with code 1"),
        (["no-such-program"], "FileNotFoundError: [Errno 2] No such file or directory: 'no-such-program'"),
        ("kill -9 $$", "its process was killed by SIGKILL"),
        ("echo {typo}", "ValueError: the command names `typo`, which is neither an input nor an output"),
    ],
)
def test_a_command_that_fails(stages: Stages, command: str | list[str], error: str) -> None:
    with pytest.raises(StageFailed) as failed:
        stages.command(command).run()
    assert failed.value.error == error


def test_a_pipe_that_is_closed_early_ends_its_writer(stages: Stages) -> None:
    assert stages.command("yes | head -n 1", seconds=20).run() == {}
    assert stages.log == ["y"]
