"""What an attempt sees does not depend on the attempts before it, whatever those did to their process.

One run, one attempt at a time: a stage that looks, one that spoils something, one that looks again, and so on. What a
stage sees must be what the one before it saw.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portable_pipeline.ir import Pipeline, Stage, VerbatimModule
from portable_pipeline.outcome import RunOutcome, StageOutcome
from portable_pipeline.runner import run_locally
from tests.unit.runner.pipelines import pipeline, stage

CASES = Path(__file__).parent / "cases"
#: One module, so that they spoil what it has itself.
CODE = "".join((CASES / name).read_text(encoding="utf-8") for name in ("looks.py", "spoilers.py"))
CODE = CODE.replace("from looks import", "#")
SPOILERS = re.findall(r"^def spoils_(\w+)\(", CODE, flags=re.MULTILINE)
#: Those that do not end well, and what is said of them then.
ENDINGS = {
    "by_raising": "ValueError: spoiled",
    "by_leaving": "SystemExit: 0",
    "by_leaving_at_once": "its process exited before the function returned",
    "by_a_signal": "its process was killed by SIGKILL",
    "by_a_crash": "its process was killed by SIGSEGV",
    "by_its_group": "its process was killed by SIGTERM",
    "by_depth": "RecursionError: maximum recursion depth exceeded",
    "by_its_result": "result is declared object, which cannot travel between stages as JSON",
    "descriptors_of_others": "its process exited",  # one of them was to take its answer
    "by_taking_long": "timed out after 0:00:00.500000",
}
HELPER = VerbatimModule(
    name="helper",
    file="helper.py",
    source="STATE = ['as imported']\n\ndef state():\n    return STATE\n",
)
#: What the stages' own module imports only when it is called.
LATE = VerbatimModule(name="late", file="late.py", source="STATE = []\n")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> RunOutcome:
    folder = tmp_path_factory.mktemp("spoiled")
    # Nothing but their turn orders them: whatever becomes of one, the next one runs.
    stages = [stage("looks", timeout=30)]
    for name in SPOILERS:
        seconds = 0.5 if name == "by_taking_long" else 30
        stages.append(stage(f"spoils_{name}", returns=name == "by_its_result", timeout=seconds))
        stages.append(stage(f"looks_after_{name}", function="looks", timeout=30))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return run_locally(spoiling(*stages), max_parallel=1)


def spoiling(*stages: Stage) -> Pipeline:
    """A pipeline of these and their modules."""
    case = pipeline(CODE, *stages)
    return case.model_copy(update={"modules": (*case.modules, HELPER, LATE)})


def found(outcome: RunOutcome, id: str) -> StageOutcome:
    (stage,) = (each for each in outcome.stages if each.id == id)
    return stage


def before(spoiler: str) -> str:
    """The stage that looked last."""
    place = SPOILERS.index(spoiler)
    return f"looks_after_{SPOILERS[place - 1]}" if place else "looks"


def test_a_stage_finds_everything_as_it_was_imported(outcome: RunOutcome) -> None:
    looks = found(outcome, "looks")
    assert looks.state == "success", looks.error
    seen = looks.result
    expected = {
        "mutable": ["as imported"],
        "table": {"key": ["nested"]},
        "default": 1,
        "attribute": 1,
        "helper": ["as imported"],
        "inherited": ["0", "1", "2"],
        "children": [],
        "threads": 1,
        "streams": [True, True, True],
        "chance": False,
        "large": False,
        "modules": [],
    }
    assert {name: seen[name] for name in expected} == expected
    assert len(seen["argv"]) == 1


def test_a_process_does_attempts_until_one_spoils_it(tmp_path: Path) -> None:
    """Without this, all that is proven here would be that processes differ."""
    stages = [stage(id, function="process") for id in ("one", "two")]
    stages += [stage("spoils_environment"), stage("three", function="process"), stage("four", function="process")]
    outcome = run_locally(spoiling(*stages), max_parallel=1, project=tmp_path)
    one, two, three, four = (found(outcome, each).result for each in ("one", "two", "three", "four"))
    assert one == two != three == four


@pytest.mark.parametrize("spoiler", SPOILERS)
def test_the_next_attempt_sees_nothing_of_it(outcome: RunOutcome, spoiler: str) -> None:
    known, looks = found(outcome, before(spoiler)), found(outcome, f"looks_after_{spoiler}")
    assert looks.state == "success", looks.error
    assert {name: seen for name, seen in looks.result.items() if seen != known.result[name]} == {}
    assert Path(str(looks.log)).read_text(encoding="utf-8") == "seen\n"


@pytest.mark.parametrize("spoiler", SPOILERS)
def test_what_spoils_ends_as_it_would_alone(outcome: RunOutcome, spoiler: str) -> None:
    spoiled = found(outcome, f"spoils_{spoiler}")
    error = ENDINGS.get(spoiler)
    assert spoiled.state == ("failed" if error else "success"), spoiled.error
    assert (spoiled.error or "").startswith(error or ""), spoiled.error
    assert spoiled.attempts == 1


def test_what_it_drops_says_its_last_word_to_its_own_log(outcome: RunOutcome) -> None:
    spoiled = found(outcome, "spoils_by_a_last_word_to_nobody")
    assert Path(str(spoiled.log)).read_text(encoding="utf-8") == "the last word\n"


def test_an_attempt_that_follows_one_of_its_own_stage_sees_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = """
import os, warnings
seen = []

def again() -> dict:
    seen.append(os.environ.get("SPOILED"))
    os.environ["SPOILED"] = "yes"
    warnings.warn("each attempt says so")
    with open("attempts.txt", "a+") as file:
        file.write(f"{len(seen)} {seen[0]} {os.getcwd()}\\n")
        file.seek(0)
        count = len(file.readlines())
    os.chdir("/")
    if count < 5:
        raise ValueError(count)
    return {}
"""
    outcome = run_locally(pipeline(code, stage("again", retries=4)), max_parallel=1)
    assert (outcome.state, outcome.stages[0].attempts) == ("success", 5)
    assert (tmp_path / "attempts.txt").read_text(encoding="utf-8") == f"1 None {tmp_path}\n" * 5
    logs = sorted((tmp_path / ".ppc").glob("runs/*/again.*.log"))
    assert ["each attempt says so" in each.read_text(encoding="utf-8") for each in logs] == [True] * 5
