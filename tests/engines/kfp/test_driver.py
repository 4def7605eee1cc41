"""What KFP itself makes of generated files: from compiled and reloaded YAML, as a cluster would get it."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.engines.session import Session
from portable_pipeline.engines.verify import verify
from tests.contract.observed import alive
from tests.engines.kfp.generated import generate

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("kfp")]

PATIENCE_SECONDS = 10.0

NESTED = r'''
import pickle
from dataclasses import dataclass

from portable_pipeline import Dataset, Input, Output, pipeline, stage, uri

import tables

JINJA = f"{{{{$}}}} {1 + 1} {{$x"
RAW = r"a\{{$b"
TEXT = """first
    indented {{$.inputs.parameters['x']}}
  last"""


@dataclass
class Box:
    n: int


@stage
def write(decode: int, out: Output[Dataset] = uri("{root}/{n}/box.pickle")) -> Box:
    """Write a box.

    Args:
        decode: What goes into it.
    """
    with open(out.path, "wb") as file:
        pickle.dump(Box(tables.double(decode)), file)
    return Box(decode)


@stage
def read(box: Box, out: Input[Dataset]) -> list[str]:
    with open(out.path, "rb") as file:
        found = pickle.load(file)
    return [JINJA, RAW, TEXT, repr(found), repr(box), out.uri]


@pipeline
def nested(root: str, n: int = 3):
    written = write(decode=n)
    read(box=written.result, out=written.out)
'''

LOST = """
from portable_pipeline import FailureEvent, pipeline, stage


class Lost(Exception):
    pass


def tell(event: FailureEvent) -> None:
    print(event.error)
    assert event.error == "Lost: the first\\nthe second", event.error


@stage
def plain() -> None:
    raise Lost("the first\\nthe second")


@stage(on_failure=tell)
def watched() -> None:
    raise Lost("the first\\nthe second")


@pipeline
def lost():
    plain()
    watched()
"""

DATED = """
from datetime import date, datetime

from portable_pipeline import cron, pipeline, run, stage


@stage
def when(day: date, instant: datetime) -> list[str]:
    return [day.isoformat(), instant.isoformat()]


@pipeline(schedule=cron("{cron}", timezone="UTC"))
def dated():
    when(day=run.date, instant=run.time)
"""

SLOW = """
import os
import subprocess
import time

from portable_pipeline import pipeline, stage


@stage(timeout="1h")
def slow(pids: str) -> None:
    child = subprocess.Popen(["sleep", "600"])
    with open(pids, "w") as file:
        file.write(f"{os.getpid()} {child.pid}")
    os.rename(pids, pids + ".done")
    time.sleep(600)


@pipeline
def slowly(pids: str):
    slow(pids=pids)
"""

CAPPED = """
from portable_pipeline import pipeline, stage


@stage(retries=4, retry_delay="1s", backoff=1.5, max_delay="3s", timeout="500ms")
def flaky() -> None:
    pass


@pipeline
def capped():
    flaky()
"""


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(backend("kfp")) as started:
        yield started


def run(session: Session, code: Path, name: str, date: str | None = None, **params: Any) -> dict[str, Any]:
    request = {
        "op": "run", "folder": str(code), "file": f"{name}_pipeline.py", "params": params,
        "date": date, "timeout_s": 120.0,
    }  # fmt: skip
    return session.ask(request, 200.0)


def result(answer: dict[str, Any], stage: str) -> Any:
    (found,) = (each for each in answer["stages"] if each["id"] == stage)
    assert found["state"] == "success", answer
    return found["result"]


def test_nested_code_means_what_it_meant(session: Session, tmp_path: Path) -> None:
    (tmp_path / "tables.py").write_text("def double(n):\n    return 2 * n\n")
    _, code = generate(tmp_path, NESTED)
    answer = run(session, code, "nested", root=str(tmp_path / "out"))
    assert result(answer, "read") == [
        "{{$}} 2 {$x",
        "a\\{{$b",
        "first\n    indented {{$.inputs.parameters['x']}}\n  last",
        "Box(n=6)",
        "Box(n=3)",
        f"{tmp_path}/out/3/box.pickle",
    ]


def test_the_compiled_yaml_is_the_same_each_time(session: Session, tmp_path: Path) -> None:
    (tmp_path / "tables.py").write_text("def double(n):\n    return 2 * n\n")
    texts = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tables.py").write_text("def double(n):\n    return 2 * n\n")
        _, code = generate(tmp_path / name, NESTED)
        texts.add(session.ask({"op": "compile", "folder": str(code), "file": "nested_pipeline.py"}, 100.0)["yaml"])
        time.sleep(1.1)  # KFP's archives hold times in seconds
        assert not list(code.rglob("*.yaml"))
        assert not list(code.rglob("__pycache__"))
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("cron", "given", "expected"),
    [
        # A run of which the date is given.
        ("30 2 * * *", "2026-01-05", ["2026-01-05", "2026-01-05T00:00:00+00:00"]),
        ("30 2 * * *", "2026-01-05T01:30:00+02:00", ["2026-01-04", "2026-01-04T23:30:00+00:00"]),
        # A scheduled run, as its recurring run gives it: created a moment, or hours, after the fire time.
        ("30 2 * * *", "scheduled 2026-01-05T02:30:07", ["2026-01-05", "2026-01-05T02:30:00+00:00"]),
        ("59 23 * * *", "scheduled 2026-01-06T00:03:59", ["2026-01-05", "2026-01-05T23:59:00+00:00"]),
        ("0 2 * * 1-5", "scheduled 2026-01-11T10:00:00", ["2026-01-09", "2026-01-09T02:00:00+00:00"]),
        ("0 2 * * 7", "scheduled 2026-01-13T10:00:00", ["2026-01-11", "2026-01-11T02:00:00+00:00"]),
        ("0 2 1 * 1", "scheduled 2026-01-04T10:00:00", ["2026-01-01", "2026-01-01T02:00:00+00:00"]),
        ("0 2 1 * 1", "scheduled 2026-01-06T10:00:00", ["2026-01-05", "2026-01-05T02:00:00+00:00"]),
        ("0 0 29 2 *", "scheduled 2026-01-05T00:00:00", ["2024-02-29", "2024-02-29T00:00:00+00:00"]),
    ],
)
def test_a_run_has_the_date_of_its_fire_time(
    session: Session, tmp_path: Path, cron: str, given: str, expected: list[str]
) -> None:
    _, code = generate(tmp_path, DATED.replace("{cron}", cron))
    assert result(run(session, code, "dated", date=given), "when") == expected


def test_errors_do_not_name_the_module_of_kfp(session: Session, tmp_path: Path) -> None:
    _, code = generate(tmp_path, LOST)
    answer = run(session, code, "lost")
    assert [each["error"] for each in answer["stages"]] == ["Lost: the first\nthe second"] * 2
    assert answer["hook_errors"] == []


def test_a_date_that_is_none_stops_the_run(session: Session, tmp_path: Path) -> None:
    _, code = generate(tmp_path, DATED.replace("{cron}", "0 2 * * *"))
    answer = run(session, code, "dated", date="soon")
    assert (answer["state"], [each["state"] for each in answer["stages"]]) == ("failed", ["cancelled"])
    assert "soon" in answer["error"]


def test_waits_that_kfp_cannot_do_are_longer_and_that_is_no_difference(session: Session, tmp_path: Path) -> None:
    pipeline, code = generate(tmp_path, CAPPED)
    found = verify(session, pipeline, code)
    # Kubernetes counts in whole seconds, and verification knows.
    assert found.found == ()
    view = session.load(code, "capped_pipeline.py")["stages"]["flaky"]
    assert (view["retries"], view["retry_delay_s"], view["backoff"]) == (4, 3.0, 1.0)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_tasks_end_with_the_driver(tmp_path: Path, how: signal.Signals) -> None:
    _, code = generate(tmp_path, SLOW)
    with Session(backend("kfp")) as doomed:
        process = doomed._process
        request = {
            "op": "run", "folder": str(code), "file": "slowly_pipeline.py", "params": {"pids": str(tmp_path / "pids")},
            "date": None, "timeout_s": 300.0,
        }  # fmt: skip
        doomed._stdin.write(json.dumps(request) + "\n")
        doomed._stdin.flush()
        started = tmp_path / "pids.done"
        assert eventually(started.exists)
        process.send_signal(how)
        process.wait(PATIENCE_SECONDS)
        pids = [int(each) for each in started.read_text().split()]
        assert eventually(lambda: not any(map(alive, pids)))


def eventually(holds: Any) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(holds())


def test_a_run_that_takes_too_long_ends_with_its_tasks(session: Session, tmp_path: Path) -> None:
    _, code = generate(tmp_path, SLOW)
    request = {
        "op": "run", "folder": str(code), "file": "slowly_pipeline.py", "params": {"pids": str(tmp_path / "pids")},
        "date": None, "timeout_s": 8.0,
    }  # fmt: skip
    answer = session.ask(request, 100.0)
    assert (answer["state"], answer["error"]) == ("failed", "no end within 8 s")
    pids = [int(each) for each in (tmp_path / "pids.done").read_text().split()]
    assert eventually(lambda: not any(map(alive, pids)))
