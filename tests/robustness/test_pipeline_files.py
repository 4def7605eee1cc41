"""Whatever a pipeline file does when it is imported, `ppc` says how that ended, and its streams are its own."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.robustness.place import Place, until

PIPELINE = """
from portable_pipeline import pipeline, stage


@stage(timeout="1m")
def one(n: int) -> int:
    with open("ran.txt", "a") as file:
        file.write("one ")
    return n


@pipeline
def sample(n: int = 1):
    one(n)
"""
#: What a file does that is not imported to its end, and what is said of it.
ENDS = {
    "import sys; sys.exit(0)": "SystemExit: 0",
    "import sys; sys.exit('no database')": "SystemExit: no database",
    "import os; os._exit(0)": "SystemExit: 0",
    "from os import _exit; _exit(3)": "SystemExit: 3",
    "import no_such_module": "ModuleNotFoundError: No module named 'no_such_module'",
    "1 / 0": "ZeroDivisionError: division by zero",
    "raise GeneratorExit": "GeneratorExit",
    "def again(): again()\nagain()": "RecursionError: maximum recursion depth exceeded",
}
#: What a file does that goes well all the same.
HARMLESS = {
    "closes stdout": "import sys; sys.stdout.close()",
    "closes stderr": "import sys; sys.stderr.close()",
    "closes both for good": "import os; os.close(1); os.close(2)",
    "sends them elsewhere": "import os; os.dup2(os.open(os.devnull, os.O_WRONLY), 1)",
    "has no stdout": "import sys; sys.stdout = sys.stderr = None",
    "prints": "import sys; sys.stdout.reconfigure(line_buffering=True); print('printed'); sys.stdout.flush()",
    "prints bytes": "import sys; sys.stdout.buffer.write(b'printed\\n')",
    "changes the folder": "import os; os.chdir('/')",
    "forks": "import os; os.fork() or os._exit(0); os.wait()",
    "has no environment": "import os; os.environ.clear()",
    "ends when ppc does": "import atexit, os; atexit.register(print, 'bye')",
}


def place_with(folder: Path, code: str) -> Place:
    place = Place(folder)
    place.path("sample.py").write_text(f"{code}\n{PIPELINE}", encoding="utf-8")
    return place


@pytest.mark.parametrize("code", ENDS)
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_file_that_is_not_imported_to_its_end_is_told(tmp_path: Path, code: str, command: str) -> None:
    place = place_with(tmp_path, code)
    called = place.ppc(command, "sample.py")
    assert called.code == 1
    said = called.out + called.err
    assert f"error[PPC008]: importing `sample.py` fails: {ENDS[code]}" in said
    assert f"--> sample.py:{1 + code.count(chr(10))}:" in said or "RecursionError" in said
    assert not place.path(".ppc").exists()


def test_a_pipeline_function_that_ends_the_process_is_told(tmp_path: Path) -> None:
    place = Place(tmp_path)
    text = PIPELINE.replace("    one(n)\n", "    import os\n    os._exit(0)\n")
    place.path("sample.py").write_text(text, encoding="utf-8")
    called = place.ppc("run", "sample.py")
    assert called.code == 1
    assert "error[PPC009]: pipeline `sample` fails while it is traced: SystemExit: 0" in called.err


@pytest.mark.parametrize("what", HARMLESS)
def test_a_file_that_does_so_runs_all_the_same(tmp_path: Path, what: str) -> None:
    place = place_with(tmp_path, HARMLESS[what])
    called = place.ppc("run", "sample.py")
    assert called.code == 0, called.err
    assert called.out.endswith("sample on local: success\n" if "bye" not in HARMLESS[what] else "success\nbye\n")
    assert "one: success" in called.err
    assert ("printed" in called.out, "printed" in called.err) == (False, "print" in what)
    assert place.path("ran.txt").read_text(encoding="utf-8") == "one "


def test_programs_get_one_object(tmp_path: Path) -> None:
    place = place_with(tmp_path, "import os; print('printed'); os._exit(0)")
    outcome = place.ppc("run", "sample.py", "--output-format", "json").outcome
    assert (outcome["state"], [each["code"] for each in outcome["diagnostics"]]) == ("failed", ["PPC008"])


def test_an_import_that_hangs_can_be_interrupted(tmp_path: Path) -> None:
    place = place_with(tmp_path, "open('begun', 'w').close()\nimport time\ntime.sleep(600)")
    process = place.begin("run", "sample.py")
    until(place.path("begun").exists)
    process.send_signal(signal.SIGINT)
    called = place.end(process)
    assert (called.code, called.out, called.err.split()) == (130, "", ["interrupted"])
    assert not place.path(".ppc").exists()


def test_a_file_that_leaves_no_room_for_processes_is_told(tmp_path: Path) -> None:
    place = place_with(tmp_path, "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (14, 14))")
    called = place.ppc("run", "sample.py", "--output-format", "json")
    assert called.code == 1
    (one,) = called.outcome["stages"]
    assert (one["state"], one["error"]) == (
        "failed",
        "no process can be started for it: [Errno 24] Too many open files",
    )
    assert place.ppc("resume", called.outcome["run_id"], "--file", "sample.py").code == 1
