"""What is said of a run on its way and at its end, without its secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pydantic import JsonValue

from portable_pipeline.ir import Pipeline
from portable_pipeline.outcome import RunOutcome
from portable_pipeline.redaction import Redactor, has_secrets
from portable_pipeline.runner.observer import Observer, RunBegan, StageChanged


class Hiding:
    """Tells another observer all but the secrets among the parameters, and in what stages have returned so far.

    Args:
        parameters: As they were given; the pipeline has the others.
    """

    def __init__(self, observer: Observer, pipeline: Pipeline, parameters: Mapping[str, JsonValue]) -> None:
        self._observer = observer
        self._known: list[Mapping[str, JsonValue]] = [_defaults(pipeline), parameters]

    def began(self, run: RunBegan) -> None:
        """There is no secret in it."""
        self._observer.began(run)

    def changed(self, change: StageChanged) -> None:
        """An error may tell one."""
        if has_secrets(change.returned):
            self._known.append(change.returned)
        error = None if change.error is None else Redactor(self._known).text(change.error)
        self._observer.changed(replace(change, error=error))

    def ended(self, outcome: RunOutcome | None) -> None:
        """Whoever shows an outcome takes `hidden`."""
        self._observer.ended(outcome)


def hidden(outcome: RunOutcome, pipeline: Pipeline, parameters: Mapping[str, JsonValue]) -> RunOutcome:
    """An outcome as it is shown: secrets are hidden that are parameters, or fields of results, wherever they appear.

    Args:
        parameters: As they were given; the pipeline has the others.
    """
    results = ({"result": stage.result} for stage in outcome.stages if stage.has_result)
    redactor = Redactor([_defaults(pipeline), parameters, *results])
    stages = tuple(
        replace(
            stage,
            result=redactor.values({"result": stage.result})["result"],
            error=None if stage.error is None else redactor.text(stage.error),
        )
        for stage in outcome.stages
    )
    error = None if outcome.error is None else redactor.text(outcome.error)
    return replace(outcome, stages=stages, error=error, hook_errors=tuple(map(redactor.text, outcome.hook_errors)))


def _defaults(pipeline: Pipeline) -> Mapping[str, JsonValue]:
    return {each.name: each.default for each in pipeline.parameters}
