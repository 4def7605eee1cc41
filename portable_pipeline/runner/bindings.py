"""What an attempt is given: the values of a stage's inputs and the addresses of its outputs in one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from portable_pipeline.ir import (
    ArtifactRef,
    Constant,
    ParameterRef,
    ResultRef,
    RunDate,
    Stage,
    Text,
    Uri,
    Value,
)

Results = Mapping[str, Mapping[str, JsonValue]]


@dataclass(frozen=True, slots=True)
class Bindings:
    """A run's parameters and moment, the same for all of its stages and attempts.

    Args:
        parameters: JSON values by name, defaults included.
    """

    parameters: Mapping[str, JsonValue]
    moment: datetime

    def inputs(self, stage: Stage, results: Results) -> dict[str, JsonValue]:
        """JSON values and references of artifacts by parameter.

        Args:
            results: What the attempts of its upstream have returned.
        """
        return {each.name: self._value(each.value, results) for each in stage.inputs}

    def outputs(self, stage: Stage) -> dict[str, str]:
        """Addresses by parameter."""
        return {each.name: self.address(each.uri) for each in stage.outputs}

    def address(self, uri: Uri) -> str:
        """An address, its template filled in."""
        return "".join(self._part(part) for part in uri.parts)

    def _value(self, value: Value, results: Results) -> JsonValue:
        if isinstance(value, Constant):
            return value.value
        if isinstance(value, ParameterRef):
            return self.parameters[value.name]
        if isinstance(value, ResultRef):
            returned = results[value.stage]
            return returned.get("result") if value.field is None else returned[value.field]
        if isinstance(value, ArtifactRef):
            return results[value.stage][value.output]
        return self.moment.date().isoformat() if isinstance(value, RunDate) else self.moment.isoformat()

    def _part(self, part: Text | ParameterRef | RunDate) -> str:
        if isinstance(part, Text):
            return part.text
        return self.moment.date().isoformat() if isinstance(part, RunDate) else str(self.parameters[part.name])
