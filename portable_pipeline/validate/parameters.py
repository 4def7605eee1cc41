"""PPC120-123: what the pipeline's parameters declare."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.definitions import (
    BadConstraint,
    DefaultOutOfBounds,
    IllTypedDefault,
    UnusedParameter,
)
from portable_pipeline.ir import (
    Choice,
    Constraints,
    DictOf,
    ListOf,
    OptionalOf,
    Parameter,
    ParameterRef,
    Pipeline,
    Scalar,
    Type,
)
from portable_pipeline.ir.graph import used_parameters
from portable_pipeline.validate.json_values import compiled, mismatch, non_finite, violations
from portable_pipeline.validate.type_names import type_name
from portable_pipeline.validate.uses import deciding

_NUMERIC = frozenset({"ge", "gt", "le", "lt", "multiple_of"})
_SIZED = frozenset({"min_length", "max_length"})


def unused_parameters(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Parameters that no input, no block and no address needs."""
    used = {name for stage in pipeline.stages for name in used_parameters(stage)}
    used |= {use.value.name for use in deciding(pipeline) if isinstance(use.value, ParameterRef)}
    for parameter in pipeline.parameters:
        # Without stages nothing could use them, and that is said already.
        if pipeline.stages and parameter.name not in used:
            yield UnusedParameter(span=parameter.span, name=parameter.name)


def parameter_defaults(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Defaults that their own types or constraints refuse, and constraints that make no sense."""
    for parameter in pipeline.parameters:
        senseless = list(_senseless(parameter))
        yield from senseless
        if parameter.required or non_finite(parameter.default) is not None:
            continue
        wrong = mismatch(parameter.default, parameter.type)
        if wrong is not None:
            yield IllTypedDefault(span=parameter.span, name=parameter.name, place=wrong.place, reason=wrong.reason)
        elif not senseless:
            for violation in violations(parameter.default, parameter.constraints):
                yield DefaultOutOfBounds(span=parameter.span, name=parameter.name, reason=violation)


def _senseless(parameter: Parameter) -> Iterator[BadConstraint]:
    bounds = parameter.constraints
    given = bounds.model_dump(exclude_none=True)
    misplaced = sorted(given.keys() - _applicable(parameter.type))
    if misplaced:
        names = ", ".join(f"`{name}`" for name in misplaced)
        yield _bad(parameter, f"{names} says nothing about {type_name(parameter.type)}", "take it away")
    elif isinstance(parameter.type, Choice) and not parameter.type.values:
        yield _bad(parameter, "there is no value to choose", "list the values that it may have")
    else:
        for reason in _contradictions(bounds):
            yield _bad(parameter, reason, "widen one of the bounds")
    if bounds.pattern is not None and (error := _pattern_error(bounds.pattern)):
        yield _bad(parameter, f"`{bounds.pattern}` is no regular expression: {error}", "correct the pattern")


def _bad(parameter: Parameter, reason: str, suggestion: str) -> BadConstraint:
    return BadConstraint(span=parameter.span, name=parameter.name, reason=reason, suggestion=suggestion)


def _applicable(declared: Type) -> frozenset[str]:
    match declared:
        case OptionalOf():
            return _applicable(declared.item)
        case Scalar(name="int" | "float"):
            return _NUMERIC
        case Scalar(name="str"):
            return _SIZED | {"pattern"}
        case Scalar(name="any"):
            return _NUMERIC | _SIZED | {"pattern"}
        case ListOf() | DictOf():
            return _SIZED
    return frozenset()


def _contradictions(bounds: Constraints) -> Iterator[str]:
    low, high = bounds.ge, bounds.le
    for one, other, sign, holds in (
        (bounds.ge, bounds.le, ("ge", "le"), low is None or high is None or low <= high),
        (bounds.ge, bounds.lt, ("ge", "lt"), low is None or bounds.lt is None or low < bounds.lt),
        (bounds.gt, bounds.le, ("gt", "le"), bounds.gt is None or high is None or bounds.gt < high),
        (bounds.gt, bounds.lt, ("gt", "lt"), bounds.gt is None or bounds.lt is None or bounds.gt < bounds.lt),
        (
            bounds.min_length,
            bounds.max_length,
            ("min_length", "max_length"),
            bounds.min_length is None or bounds.max_length is None or bounds.min_length <= bounds.max_length,
        ),
    ):
        if not holds:
            yield f"nothing satisfies both `{sign[0]}={one}` and `{sign[1]}={other}`"
    if bounds.max_length is not None and bounds.max_length < 0:
        yield f"no length is at most {bounds.max_length}"
    if bounds.multiple_of is not None and not bounds.multiple_of > 0:
        yield f"`multiple_of={bounds.multiple_of}` is not more than 0"


def _pattern_error(pattern: str) -> str | None:
    try:
        compiled(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None
