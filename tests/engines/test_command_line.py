"""`ppc` in front of the real engines, as a user has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.backend import backends
from portable_pipeline.cli.main import run
from portable_pipeline.engines import environments
from tests.robustness.place import until

PPC = Path(sys.executable).with_name("ppc")
EXAMPLES = Path(__file__).parents[2] / "examples"
TARGETS = sorted(backends())

pytestmark = pytest.mark.engine


def on(target: str) -> Any:
    """A parameter that runs where the engine's other tests do."""
    return pytest.param(target, marks=pytest.mark.xdist_group(target))


@pytest.mark.parametrize("target", TARGETS)
def test_an_engine_knows_nothing_of_us(target: str) -> None:
    python = environments.require(backends()[target]).python
    program = "import importlib.util as u; print([u.find_spec(n) for n in ('portable_pipeline', 'ppc_" + target + "')])"
    done = subprocess.run([str(python), "-I", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[None, None]"


@pytest.mark.parametrize("target", [on(each) for each in TARGETS])
def test_the_engine_sees_the_example_as_it_was_written(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(EXAMPLES / "diagnosis" / "pipeline.py"), "--target", target]) == 0
    title = backends()[target].title
    agreed = next(line for line in capsys.readouterr().out.splitlines() if line.startswith(title))
    for each in ("stages", "edges", "retries", "retry waits", "timeouts", "pipeline timeout", "schedule", "parameters"):
        assert each in agreed


FIGURES = '''
"""Results that databases may keep as something else."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portable_pipeline import pipeline, stage


@dataclass
class Point:
    x: float
    n: int
    at: list[float]


@stage(timeout="1m")
def whole() -> float:
    return 2.0


@stage(timeout="1m")
def of_an_int(value: float) -> float:
    return 1


@stage(timeout="1m")
def maybe() -> float | None:
    return 3.0


@stage(timeout="1m")
def count() -> int:
    return 2**53 + 1


@stage(timeout="1m")
def floats() -> list[float]:
    return [1.0, 0.5, 1e16, 1e300]


@stage(timeout="1m")
def table() -> dict[str, list[float | None]]:
    return {"a": [1.0, None], "b": []}


@stage(timeout="1m")
def point() -> Point:
    return Point(1.0, 2, [3.0])


@stage(timeout="1m")
def wait() -> timedelta:
    return timedelta(seconds=90)


@stage(timeout="1m")
def day() -> date:
    return date(2026, 1, 5)


@stage(timeout="1m")
def anything() -> Any:
    return [1, 1.5, 2.0, "2", True, None]


@pipeline
def figures():
    of_an_int(whole())
    maybe()
    count()
    floats()
    table()
    point()
    wait()
    day()
    anything()
'''


@pytest.mark.parametrize("source", ["fan_in", "figures"])
@pytest.mark.parametrize("target", [on(each) for each in TARGETS])
def test_a_run_there_prints_what_a_run_here_prints(
    target: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "figures.py").write_text(FIGURES, encoding="utf-8")
    file = {"fan_in": str(EXAMPLES / "fan_in" / "pipeline.py"), "figures": "figures.py"}[source]
    arguments = ["run", file, "--date", "2026-01-05"]
    shown = {}
    for name, more in (("here", []), ("there", ["--engine", target])):
        assert run([*arguments, *more, "--output-format", "json"]) == 0
        content = json.loads(capsys.readouterr().out)
        # As text: in Python, 2 is 2.0.
        shown[name] = (content["state"], json.dumps(content["stages"], indent=2), sorted(content))
    assert shown["there"] == shown["here"]


GATE = '''
"""A gate, a fallback and hooks."""

from portable_pipeline import FailureEvent, RunEvent, otherwise, pipeline, stage, when


@stage(timeout="1m")
def score() -> float:
    return 0.5


@stage(timeout="1m")
def deploy() -> str:
    return "new"


def alert(event: FailureEvent) -> None:
    raise ConnectionError("no network")


def tell(event: RunEvent) -> None:
    print(event.state)


@stage(timeout="1m", retries=1, retry_delay="0s", on_failure=alert)
def keep() -> str:
    raise ValueError("nothing to keep")


@stage(timeout="1m")
def stay() -> str:
    return "old"


@pipeline(on_exit=tell)
def gate(least: float):
    with when(score() >= least):
        deploy()
    with otherwise():
        keep().or_else(stay())
'''


@pytest.mark.parametrize("target", [on(each) for each in TARGETS])
@pytest.mark.parametrize(
    ("least", "last"),
    [("0.4", "success"), ("0.9", "success, degraded, 1 hook failed")],
    ids=["a skipped branch", "a fallback and a failed hook"],
)
def test_what_is_no_failure_exits_with_0_and_is_told(
    target: str,
    least: str,
    last: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gate.py").write_text(GATE, encoding="utf-8")
    arguments = ["run", "gate.py", "-p", f"least={least}"]
    assert run([*arguments, "--output-format", "json"]) == 0
    here = json.loads(capsys.readouterr().out)
    assert run([*arguments, "--engine", target, "--output-format", "json"]) == 0
    there = json.loads(capsys.readouterr().out)
    assert without_errors(there) == without_errors(here)
    assert (there.get("degraded", False), "hook_errors" in there) == (last != "success", last != "success")
    assert run([*arguments, "--engine", target]) == 0
    text = capsys.readouterr().out
    assert text.endswith(f"\n\ngate on {target}: {last}\n")
    assert ("\nhook on_failure of keep failed: ConnectionError: no network\n" in text) == (last != "success")
    # A stage that was saved is told with its error, like any other that failed; a run that succeeded has none.
    assert ("`keep` failed after 2 attempts:\n  ValueError: nothing to keep\n" in text) == (last != "success")
    assert "error" not in there


def without_errors(shown: dict[str, Any]) -> dict[str, Any]:
    """What is the same for every engine: all but names, ids, and the texts of tracebacks."""
    stages = [{key: value for key, value in stage.items() if key != "error"} for stage in shown["stages"]]
    return {**{key: value for key, value in shown.items() if key not in ("engine", "run_id")}, "stages": stages}


@pytest.mark.xdist_group("kfp")
def test_the_compiled_file_comes_with_the_installed_engine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import yaml

    arguments = ["compile", str(EXAMPLES / "fan_in" / "pipeline.py"), "--target", "kfp", "--out"]
    assert run([*arguments, str(tmp_path / "once")]) == 0
    assert run([*arguments, str(tmp_path / "twice")]) == 0
    assert capsys.readouterr().err == ""
    texts = [(tmp_path / each / "kfp" / "fan_in_pipeline.yaml").read_text("utf-8") for each in ("once", "twice")]
    assert texts[0] == texts[1]
    spec = next(yaml.safe_load_all(texts[0]))
    assert spec["pipelineInfo"]["name"] == "fan-in"
    assert run([*arguments, str(tmp_path / "once"), "--check"]) == 0


WAITING = '''
"""A stage that waits."""

import os
import time

from portable_pipeline import pipeline, stage


@stage(timeout="2m")
def waits(folder: str) -> int:
    open(f"{folder}/began", "w").close()
    while not os.path.exists(f"{folder}/go"):
        time.sleep(0.05)
    open(f"{folder}/ended", "w").close()
    return 1


@pipeline
def waiting(folder: str):
    waits(folder)
'''


@pytest.mark.parametrize("target", [on(each) for each in TARGETS])
def test_what_a_killed_command_has_made_for_an_engine_is_removed_once_that_has_ended(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with tempfile.TemporaryDirectory() as temporary:  # sockets have no room for long names
        monkeypatch.setattr(tempfile, "tempdir", temporary)
        (tmp_path / "waiting.py").write_text(WAITING, encoding="utf-8")
        command = [str(PPC), "run", "waiting.py", "--engine", target, "-p", f"folder={tmp_path}"]
        # The driver waits for nobody: where it writes to must not be a pipe of ours.
        process = subprocess.Popen(
            command, env={**os.environ, "TMPDIR": temporary}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until((tmp_path / "began").exists, 120)
        process.kill()
        process.wait()
        (folder,) = (each for each in Path(temporary).iterdir() if each.name.startswith("ppc-session-"))
        assert run(["gc"]) == 0
        assert capsys.readouterr().out == "nothing to remove\n"
        (tmp_path / "go").touch()
        until((tmp_path / "ended").exists, 30)
        until(lambda: run(["gc"]) == 0 and capsys.readouterr().out != "nothing to remove\n", 60)
        assert not folder.exists()
