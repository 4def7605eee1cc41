"""PPC202-207: addresses of outputs, each on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.artifacts import UndatedOutput
from portable_pipeline.diagnostics.catalog.places import (
    BadAddress,
    RelativeRoot,
    UnaddressableParameter,
    UnreachableAddress,
)
from portable_pipeline.ir import Choice, Output, Parameter, ParameterRef, Pipeline, RunDate, Scalar, Text, Type, Uri
from portable_pipeline.validate.type_names import type_name

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)")
_CLIMB = re.compile(r"(?:^|/)\.\.(?:/|$)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def climbs(uri: Uri) -> bool:
    """Whether fixed text in it leads upwards."""
    # A variable is neither a slash nor a dot: `{x}..` may be a fine name.
    return bool(_CLIMB.search("".join(part.text if isinstance(part, Text) else "{}" for part in uri.parts)))


def bad_addresses(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Addresses that are none."""
    for stage in pipeline.stages:
        for output in stage.outputs:
            reason = _flaw(output.uri)
            if reason is not None:
                yield BadAddress(
                    span=output.span or stage.span,
                    output=f"{stage.id}.{output.name}",
                    address=output.uri.template,
                    reason=reason,
                )


def unreachable_addresses(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Addresses of a scheme that generated code cannot open, written so or by a parameter's default."""
    roots = _roots(pipeline)
    for stage in pipeline.stages:
        for output in stage.outputs:
            first = output.uri.parts[0] if output.uri.parts else None
            reason = _unreachable(first.text) if isinstance(first, Text) else None
            if reason is not None:
                yield UnreachableAddress(span=output.span or stage.span, address=output.uri.template, reason=reason)
    for parameter, default in roots.items():
        reason = _unreachable(default)
        if reason is not None:
            yield UnreachableAddress(span=_span(pipeline, parameter), address=default, reason=reason)


def relative_addresses(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Relative paths of scheduled pipelines, written so or by a parameter's default."""
    if pipeline.schedule is None:
        return
    for parameter, default in _roots(pipeline).items():
        if _is_relative(default):
            yield RelativeRoot(span=_span(pipeline, parameter), path=default)
    for stage in pipeline.stages:
        for output in stage.outputs:
            first = output.uri.parts[0] if output.uri.parts else None
            if isinstance(first, RunDate) or (isinstance(first, Text) and _is_relative(first.text)):
                yield RelativeRoot(span=output.span or stage.span, path=output.uri.template)


def undated_outputs(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Outputs of a scheduled pipeline whose address is the same in every run."""
    if pipeline.schedule is None:
        return
    for stage in pipeline.stages:
        for output in stage.outputs:
            if not any(isinstance(part, RunDate) for part in output.uri.parts):
                yield UndatedOutput(
                    span=output.span or stage.span,
                    output=f"{stage.id}.{output.name}",
                    address=output.uri.template,
                )


def unaddressable_parameters(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Parameters in addresses whose text is not the same everywhere."""
    parameters = {parameter.name: parameter for parameter in pipeline.parameters}
    for stage in pipeline.stages:
        for output in stage.outputs:
            for parameter in _used(output, parameters):
                if not _has_one_spelling(parameter.type):
                    yield UnaddressableParameter(
                        span=output.span or stage.span,
                        output=f"{stage.id}.{output.name}",
                        parameter=parameter.name,
                        type=type_name(parameter.type),
                    )


def _flaw(uri: Uri) -> str | None:
    text = "".join(part.text for part in uri.parts if isinstance(part, Text))
    if not uri.parts or not (text or uri.template):
        return "is empty"
    if _CONTROL.search(text):
        return "holds a control character"
    if climbs(uri):
        return "climbs with `..`"
    last = uri.parts[-1]
    if isinstance(last, Text) and (last.text.endswith(("/", "/.")) or uri.template == "."):
        return "ends with a slash: it names a folder to write into, not an artifact"
    return None


def _roots(pipeline: Pipeline) -> dict[str, str]:
    """Parameters with which addresses start, with those of their defaults that are text."""
    firsts = (output.uri.parts[0] for stage in pipeline.stages for output in stage.outputs if output.uri.parts)
    names = dict.fromkeys(first.name for first in firsts if isinstance(first, ParameterRef))
    parameters = {parameter.name: parameter for parameter in pipeline.parameters}
    return {
        name: default
        for name in names
        if name in parameters and not parameters[name].required and isinstance(default := parameters[name].default, str)
    }


def _unreachable(address: str) -> str | None:
    found = _SCHEME.match(address)
    if found is None:
        return None
    scheme, host = found[1], found[2]
    if scheme.lower() != "file":
        return f"`{scheme}://` is no place that generated code can open"
    return f"`{host}` would be a host" if host not in ("", "localhost") else None


def _is_relative(address: str) -> bool:
    return not address.startswith("/") and _SCHEME.match(address) is None


def _span(pipeline: Pipeline, name: str) -> Span | None:
    return next((parameter.span for parameter in pipeline.parameters if parameter.name == name), None)


def _used(output: Output, parameters: Mapping[str, Parameter]) -> Iterator[Parameter]:
    names = dict.fromkeys(part.name for part in output.uri.parts if isinstance(part, ParameterRef))
    return (parameters[name] for name in names if name in parameters)


def _has_one_spelling(declared: Type) -> bool:
    if isinstance(declared, Choice):
        return not any(isinstance(value, bool) for value in declared.values)
    return isinstance(declared, Scalar) and declared.name in ("str", "int", "date")
