"""Runs a case as far as the engine's support table allows, and shows the rest on what the engine loaded."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from portable_pipeline.diagnostics import Diagnostic, Refused
from portable_pipeline.diagnostics.catalog.targets import RefusedRule
from portable_pipeline.engines.verify import Verified
from portable_pipeline.ir import Pipeline
from tests.contract.observed import Observed, read_events, watching
from tests.contract.rules import Contract, Mode, OnlyShownOnSpec
from tests.contract.subjects import Subject, Target, captured, refusal

#: What of an engine's view shows a rule. A rule that is not here cannot be spec-only.
SHOWN_BY = {
    "G1": "edges",
    "G2": "edges",
    "G3": "edges",
    "G4": "stages",
    "G5": "edges",
    "P1": "parameters",
    "P3": "parameters",
    "R1": "retries",
    "R2": "retry waits",
    "R3": "timeouts",
    "R6": "pipeline timeout",
    "F1": "edges",
    "C7": "edges",
    "D2": "schedule",
    "D2.zone": "schedule",
    "E3.image": "images",
}


class BrokenSuite(Exception):
    """The suite, a support table or the compiler is wrong: never the gap that a table speaks of."""


class CaseRunner:
    """Runs the cases of one test on one engine.

    Attributes:
        mode: What the support table lets us expect.
        probing: Whether a case was executed that the table says cannot pass.
    """

    def __init__(self, subject: Subject, declared: Contract, cases: Path, folder: Path) -> None:
        self.subject = subject
        self.declared = declared
        self.mode = declared.mode(subject.name)
        self.probing = False
        self.root = folder / "root"
        self._cases = cases
        self._folder = folder
        self._runs = 0

    def run(self, name: str, *, date: str | None = None, **parameters: Any) -> Observed:
        """Run a case.

        Args:
            name: Its file under `cases/`.
            date: The run's date; None is now.
            parameters: Of the run. `log` and `root` are filled in: a log for each run, one root for the test.
        """
        pipeline = self.pipeline(name)
        degrade = self._shown_refused(pipeline)
        if self.mode is Mode.SPEC_ONLY:
            self._shown_on_spec(pipeline, degrade)
        if self.mode is not Mode.EXECUTED:
            if not self.declared.probe:
                raise OnlyShownOnSpec
            self.probing = True
        observed = self._observed(pipeline, parameters, date, degrade)
        if self.mode is Mode.EXECUTED and (wrong := observed.counts_disagree()):
            raise BrokenSuite(f"{self.subject.name} counts attempts that did not start, or misses some: {wrong}")
        return observed

    def load(self, name: str) -> Verified:
        """Have the engine load a case, and compare."""
        pipeline = self.pipeline(name)
        degrade = self._shown_refused(pipeline)
        if self.mode is Mode.REFUSED:
            raise OnlyShownOnSpec
        assert isinstance(self.subject, Target)
        return self.subject.verified(pipeline, degrade)

    def diagnose(self, name: str) -> tuple[Diagnostic, ...]:
        """What refuses the case: as a pipeline, or on this engine."""
        try:
            pipeline = self.pipeline(name)
        except Refused as refused:
            return refused.diagnostics
        return refusal(self.subject, pipeline)

    def pipeline(self, name: str) -> Pipeline:
        """The case's pipeline."""
        return captured(self._cases / f"{name}.py")

    def _observed(
        self, pipeline: Pipeline, parameters: dict[str, Any], date: str | None, degrade: Collection[str]
    ) -> Observed:
        self._runs += 1
        log = self._folder / f"events-{self._runs}.jsonl"
        given = {"log": str(log), "root": str(self.root)}
        declared = {each.name for each in pipeline.parameters}
        values = {**{key: value for key, value in given.items() if key in declared}, **parameters}
        # For hooks, which get no parameters. An engine takes its environment when it starts, once for many runs.
        Path(os.environ["PPC_CONTRACT_LOG"]).write_text(str(log), encoding="utf-8")
        with watching(log) as gone:
            outcome = self.subject.run(pipeline, values, date, degrade)
        return Observed(outcome, read_events(log), gone)

    def _shown_refused(self, pipeline: Pipeline) -> tuple[str, ...]:
        """The rules that have to be degraded; the compiler must have named them."""
        refused = self.declared.refused(self.subject.name)
        if not refused:
            return ()
        named = {each.rule for each in refusal(self.subject, pipeline) if isinstance(each, RefusedRule)}
        if not set(refused) <= named:
            raise BrokenSuite(f"{refused} should be refused, PPC401 names {sorted(named)}")
        return refused

    def _shown_on_spec(self, pipeline: Pipeline, degrade: Collection[str]) -> None:
        """The engine has loaded what the pipeline says, where its view shows the rule."""
        if not isinstance(self.subject, Target):
            raise BrokenSuite(f"{self.subject.name} has no spec")
        verified = self.subject.verified(pipeline, degrade)
        if verified.found:
            raise BrokenSuite("; ".join(each.message for each in verified.found))
        for rule in self.declared.spec_only(self.subject.name):
            shown = SHOWN_BY.get(rule)
            if shown not in verified.compared:
                raise BrokenSuite(f"{rule} is said to be spec-only, but the engine's view does not show it")


def settle(runner: CaseRunner, error: AssertionError | OnlyShownOnSpec | None) -> None:
    """Decide how a test ends; it has passed when this returns.

    Args:
        error: How its body ended.

    Raises:
        AssertionError: The expectation did not hold where it must; or it held where the table says that it cannot.
    """
    if isinstance(error, OnlyShownOnSpec):
        return
    if not runner.probing:
        if error is not None:
            raise error
        return
    if error is None:
        raise AssertionError(
            f"{runner.subject.name} keeps {', '.join(runner.declared.rules)} here, though its support table says "
            f"{runner.mode.value}: update the table"
        )
