"""What all tests share: the switch that rewrites expectations, steady chance, and engines, each started once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

if TYPE_CHECKING:
    from tests.contract.subjects import Subject

# Random, but the same on every machine and every day: what fails here fails there. No deadline: machines are busy.
settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("steady")
# By itself Hypothesis also draws constants out of the modules that happen to be imported: each selection of tests, each
# order and each machine would have a chance of its own. There is no setting for it.
providers._get_local_constants = providers.Constants


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch."""
    parser.addoption("--update-golden", action="store_true", help="rewrite expected files instead of comparing")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to rewrite expectations where nobody would read them."""
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("--update-golden is for people who read the diff, not for CI")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether to rewrite expected files instead of comparing."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def subjects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Subject]]:
    """The local runner and the engines by name, each started when first asked for and stopped at the end."""
    from tests.contract.subjects import subject

    folder = tmp_path_factory.mktemp("generated")
    # Where hooks of cases find the log of the run, see their `recording`: engines keep what they start with.
    os.environ["PPC_CONTRACT_LOG"] = str(tmp_path_factory.mktemp("hooks") / "log")
    started: dict[str, Subject] = {}

    def named(name: str) -> Subject:
        if name not in started:
            started[name] = subject(name, folder)
        return started[name]

    yield named
    for each in started.values():
        each.close()
