"""Which rules a test shows, and what each engine's support table lets us expect of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, TypeVar

import pytest

from portable_pipeline.backend import Answer, Evidence, Support, backends
from portable_pipeline.semantics import RULES

LOCAL = "local"
#: Far more than any case takes on a busy machine; an engine that hangs is an error and not a matter of patience.
RUN_WITHIN = timedelta(seconds=180)

Test = TypeVar("Test", bound=Callable[..., Any])


class Mode(Enum):
    """What the suite can show of a rule on an engine."""

    EXECUTED = "executed"
    SPEC_ONLY = "spec-only"
    REFUSED = "refused"


@dataclass(frozen=True)
class Contract:
    """What a test is about.

    Args:
        rules: Ids of what it shows.
        needs: Ids of what its cases rely on besides. Where the compiler refuses one, that is shown, and the test must
            hold with `--degrade` all the same.
        probe: Whether a case that is refused or seen on the spec only is executed all the same. It must then go wrong,
            or the table is out of date. False where executing would do harm or wait for minutes.
    """

    rules: tuple[str, ...]
    needs: tuple[str, ...] = ()
    probe: bool = True

    def mode(self, engine: str) -> Mode:
        if any(support(engine, rule).answer is Answer.REFUSED for rule in self.rules):
            return Mode.REFUSED
        return Mode.SPEC_ONLY if self.spec_only(engine) else Mode.EXECUTED

    def refused(self, engine: str) -> tuple[str, ...]:
        return tuple(rule for rule in (*self.rules, *self.needs) if support(engine, rule).answer is Answer.REFUSED)

    def spec_only(self, engine: str) -> tuple[str, ...]:
        return tuple(rule for rule in self.rules if support(engine, rule).evidence is Evidence.SPEC_ONLY)


class OnlyShownOnSpec(BaseException):
    """The end of a test that has shown what can be shown without executing the case."""


def contract(*rules: str, needs: tuple[str, ...] = (), probe: bool = True) -> Callable[[Test], Test]:
    """Declare what a test shows; see `Contract`."""
    assert {*rules, *needs} <= RULES.keys(), (rules, needs)
    return pytest.mark.contract(Contract(rules, needs, probe))


def contract_of(markers: Iterable[pytest.Mark]) -> Contract:
    """What the test with these markers has declared."""
    (marker,) = (each for each in markers if each.name == "contract")
    declared = marker.args[0]
    assert isinstance(declared, Contract)
    return declared


def support(engine: str, rule: str) -> Support:
    """The engine's answer; the local runner keeps every rule, or it would not be the reference."""
    if engine == LOCAL:
        return Support(Answer.NATIVE, "the reference")
    return backends()[engine].support[rule]


def engines() -> tuple[str, ...]:
    """The local runner and every installed backend."""
    return (LOCAL, *backends())
