"""The conversation with a driver, with drivers that behave and drivers that do not."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.backend import Backend
from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.engines import EngineDied, EngineError
from portable_pipeline.engines.environments import Environment
from portable_pipeline.engines.scratch import scratch_folders
from portable_pipeline.engines.session import Session
from portable_pipeline.store.locks import unused

Make = Callable[..., Backend]

#: Answers `init`, then every request by the expression.
DRIVER = """
import json, os, subprocess, sys, time
for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "init":
        os.makedirs(request["home"])
        answer = {}
    else:
        answer = %s
    print(json.dumps(answer), flush=True)
"""

pytestmark = pytest.mark.usefixtures("ready")


def test_a_question_gets_its_answer(make_target: Make) -> None:
    with Session(make_target(DRIVER % '{"same": request["text"]}')) as session:
        for text in ("", "ä\n\u2028", "x" * 1_000_000):
            assert session.ask({"op": "echo", "text": text}, 10)["same"] == text


def test_the_driver_sees_nothing_of_our_environment(make_target: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.setenv(name, "leaked")
    monkeypatch.setenv("ACME_TOKEN", "kept")
    with Session(make_target(DRIVER % "dict(os.environ)")) as session:
        seen = session.ask({"op": "environment"}, 10)
    assert {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"}.isdisjoint(seen)
    assert seen["ACME_TOKEN"] == "kept"


def test_the_driver_works_where_we_do(make_target: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Session(make_target(DRIVER % '{"cwd": os.getcwd()}')) as session:
        assert Path(session.ask({"op": "where"}, 10)["cwd"]) == tmp_path


def test_a_driver_that_dies_is_told_with_its_log(make_target: Make) -> None:
    with Session(make_target(DRIVER % 'sys.exit("out of luck")')) as session, pytest.raises(Refused) as refused:
        session.ask({"op": "run"}, 10)
    (found,) = refused.value.diagnostics
    assert isinstance(found, EngineDied)
    assert found.what == "ended with 1 during `run`\nout of luck"
    assert Path(found.log).read_text(encoding="utf-8") == "out of luck\n"


def test_a_driver_that_is_dead_already_is_told_too(make_target: Make) -> None:
    with Session(make_target(DRIVER % "os._exit(3)")) as session:
        for _ in range(2):
            with pytest.raises(Refused, match="ended with 3 during `run`"):
                session.ask({"op": "run"}, 10)


def test_a_driver_that_hangs_is_given_up(make_target: Make) -> None:
    with Session(make_target(DRIVER % "time.sleep(60)")) as session:
        began = time.monotonic()
        with pytest.raises(Refused, match=r"gave no answer to `run` within 0\.5 s"):
            session.ask({"op": "run"}, 0.5)
        assert time.monotonic() - began < 5


def test_a_driver_that_cannot_even_start_is_told(make_target: Make) -> None:
    with pytest.raises(Refused, match="ModuleNotFoundError: No module named 'an_engine'"):
        Session(make_target("import an_engine"))


def test_an_answer_that_is_an_error_is_told(make_target: Make) -> None:
    with Session(make_target(DRIVER % '{"error": "no such file"}')) as session, pytest.raises(Refused) as refused:
        session.ask({"op": "load"}, 10)
    assert isinstance(refused.value.diagnostics[0], EngineError)
    assert refused.value.diagnostics[0].message == "the engine `prefect` refused: no such file"


def test_a_failed_run_is_an_answer_and_no_error(make_target: Make) -> None:
    with Session(make_target(DRIVER % '{"state": "failed", "error": "timed out"}')) as session:
        assert session.ask({"op": "run"}, 10)["error"] == "timed out"


def test_nothing_outlives_the_session(make_target: Make) -> None:
    source = DRIVER % '{"pid": subprocess.Popen(["sleep", "600"], start_new_session=True).pid}'
    session = Session(make_target(source + "\ntime.sleep(600)"))
    server = session.ask({"op": "start"}, 10)["pid"]
    os.kill(server, 0)
    session.close(within_seconds=0.2)
    assert is_gone(server)


def is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_the_home_of_a_session_goes_with_it(make_target: Make, ready: Environment) -> None:
    with Session(make_target(DRIVER % '{"home": request}')) as session:
        kept = session.log.parent
        assert (kept / "home").is_dir()
    assert not kept.exists()


def test_what_a_session_has_made_is_in_use_until_its_driver_has_ended_too(
    make_target: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    session = Session(make_target(DRIVER % '{"pid": os.getpid()}'))
    (folder,) = scratch_folders()
    assert folder == session.log.parent == session.generated.parent
    driver = session.ask({"op": "pid"}, 10)["pid"]
    os.kill(driver, signal.SIGSTOP)
    os.close(session._scratch.fileno())  # as the end of this process would
    with unused(folder) as nobody_holds_it:
        assert not nobody_holds_it
    os.kill(driver, signal.SIGKILL)
    assert is_gone(driver)
    with unused(folder) as nobody_holds_it:
        assert nobody_holds_it
    session._scratch._lock = os.open(folder, os.O_RDONLY)
    session.close()
    assert list(scratch_folders()) == []


def test_nobody_else_s_folder_is_one_of_a_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "mine").mkdir()
    (tmp_path / "ppc-session-link").symlink_to(tmp_path / "mine")
    (tmp_path / "ppc-session-file").touch()
    (tmp_path / "ppc-prefect-0").mkdir()
    assert list(scratch_folders()) == []
    (tmp_path / "ppc-session-x").mkdir()
    assert list(scratch_folders()) == [tmp_path / "ppc-session-x"]
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    assert list(scratch_folders()) == []
