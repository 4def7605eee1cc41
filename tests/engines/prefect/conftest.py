"""The engine that the tests in this folder share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portable_pipeline.engines.session import Session
from tests.contract.subjects import Subject, Target


@pytest.fixture
def session(subjects: Callable[[str], Subject]) -> Session:
    """The session of all tests that run on Prefect."""
    target = subjects("prefect")
    assert isinstance(target, Target)
    return target.session()
