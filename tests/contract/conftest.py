"""One set of tests, every engine: each test is about rules, each engine's support table says what to expect.

| the table says | what a test does on that engine                                                                    |
|----------------|----------------------------------------------------------------------------------------------------|
| executed       | runs its cases for real and must pass                                                              |
| spec-only      | the engine's own view of the loaded pipeline must agree with the pipeline; executed, it must fail  |
| refused        | the compiler refuses and names the rule; with `--degrade`, executed, it must fail                  |

"Must fail" is strict: a case that passes where the table says that it cannot fails the suite, until the table is right.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from portable_pipeline.engines.verify import Verified
from tests.contract.cases_run import CaseRunner, settle
from tests.contract.observed import Observed
from tests.contract.rules import LOCAL, Mode, OnlyShownOnSpec, contract_of, engines
from tests.contract.subjects import Subject

CASES = Path(__file__).parent / "cases"


def pytest_configure(config: pytest.Config) -> None:
    """Register what this folder marks tests with."""
    config.addinivalue_line("markers", "contract(contract): which rules of the semantics the test shows")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test once for each engine; what only an engine's view can show not for the local runner."""
    if "runner" not in metafunc.fixturenames:
        return
    declared = contract_of(metafunc.definition.iter_markers())
    loaded_only = "run_case" not in metafunc.fixturenames
    params = []
    for name in engines():
        if loaded_only and name == LOCAL:
            continue
        mode = declared.mode(name)
        label = name if mode is Mode.EXECUTED else f"{name}-{mode.value}"
        # A process that has started an engine keeps it; two may have one each, or the slowest would have the last word.
        group = f"{name} {metafunc.module.__name__}"
        marks = [pytest.mark.xdist_group(group), *([] if name == LOCAL else [pytest.mark.engine])]
        params.append(pytest.param(name, id=label, marks=marks))
    metafunc.parametrize("engine", params, scope="session")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Turn the outcome around where the support table says that a rule is not kept."""
    runner = pyfuncitem.funcargs.get("runner")
    if not isinstance(runner, CaseRunner):
        return (yield)
    try:
        outcome = yield
    except (OnlyShownOnSpec, AssertionError) as error:
        settle(runner, error)
        return True
    settle(runner, None)
    return outcome


@pytest.fixture
def runner(
    engine: str, subjects: Callable[[str], Subject], tmp_path: Path, request: pytest.FixtureRequest
) -> CaseRunner:
    """Runs cases on the engine of this test."""
    return CaseRunner(subjects(engine), contract_of(request.node.iter_markers()), CASES, tmp_path)


@pytest.fixture
def run_case(runner: CaseRunner) -> Callable[..., Observed]:
    """`run_case(name, date=..., **parameters)`: run a case, and see what happened."""
    return runner.run


@pytest.fixture
def run_here(
    subjects: Callable[[str], Subject], tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[..., Observed]:
    """`run_here(name, ...)`: the same on the local runner, whose trace is what every engine's has to be."""
    folder = tmp_path / "here"
    folder.mkdir()
    return CaseRunner(subjects(LOCAL), contract_of(request.node.iter_markers()), CASES, folder).run


@pytest.fixture
def load_case(runner: CaseRunner) -> Callable[[str], Verified]:
    """`load_case(name)`: have the engine load a case, and compare its view with the pipeline."""
    return runner.load


@pytest.fixture
def diagnose_case(runner: CaseRunner) -> Callable[[str], Any]:
    """`diagnose_case(name)`: the diagnostics that refuse a case for this engine."""
    return runner.diagnose
