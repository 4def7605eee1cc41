"""What a stage takes and gives: its annotations, read once for all its calls."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from portable_pipeline.capture.annotations import (
    ArtifactAnnotation,
    UnsupportedAnnotation,
    artifact_of,
    constraints_of,
    evaluated,
    shown,
    type_of,
)
from portable_pipeline.capture.definitions import Definition
from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.passing import NotAUri
from portable_pipeline.diagnostics.catalog.signatures import (
    MissingAnnotation,
    UnresolvableAnnotation,
    UnsupportedParameter,
    UnsupportedType,
    UnusedConstraint,
)
from portable_pipeline.dsl.artifacts import UriTemplate
from portable_pipeline.dsl.constraints import Field
from portable_pipeline.dsl.stages import CommandStage
from portable_pipeline.ir import Record, Type
from portable_pipeline.ir.types import ANY, NONE, ArtifactKind

NO_BOUNDS = Field()
_EMPTY = inspect.Parameter.empty
_VARIADIC: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


@dataclass(frozen=True, slots=True)
class ValueParameter:
    """A parameter that takes a value; `default` is the function's, `inspect.Parameter.empty` where it has none."""

    name: str
    type: Type
    constraints: Field = NO_BOUNDS
    default: Any = _EMPTY
    span: Span | None = None
    keyword_only: bool = False


@dataclass(frozen=True, slots=True)
class InputParameter:
    """A parameter that takes an artifact, or a list of them."""

    name: str
    kind: ArtifactKind
    default: Any = _EMPTY
    span: Span | None = None
    keyword_only: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class OutputParameter:
    """A parameter through which an artifact is written; `uri` is what its default says."""

    name: str
    kind: ArtifactKind
    uri: Any = _EMPTY
    span: Span | None = None
    keyword_only: bool = False


Parameter: TypeAlias = ValueParameter | InputParameter | OutputParameter


@dataclass(frozen=True, slots=True)
class Signature:
    """What a stage takes and gives; `result` is None when it returns nothing."""

    parameters: tuple[Parameter, ...]
    result: Type | None = None

    @property
    def outputs(self) -> tuple[OutputParameter, ...]:
        """The artifacts that it writes."""
        return tuple(each for each in self.parameters if isinstance(each, OutputParameter))

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the result's fields, where it is a record."""
        return tuple(each.name for each in self.result.fields) if isinstance(self.result, Record) else ()

    @property
    def named(self) -> tuple[str, ...]:
        """What a handle of the stage can be asked for."""
        result = ("result",) if self.result is not None else ()
        return (*(each.name for each in self.outputs), *self.fields, *result)


@dataclass(frozen=True, slots=True)
class _Declared:
    """A parameter as Python has it, or as a command declares it."""

    name: str
    annotation: Any
    default: Any = _EMPTY
    keyword_only: bool = False


class SignatureReader:
    """Reads signatures and says what is wrong with them.

    Args:
        found: Where diagnostics go.
        untyped: Whether parameters without annotation are any JSON value: for functions that are not the user's own.
    """

    def __init__(self, found: list[Diagnostic], untyped: bool = False) -> None:
        self._found = found
        self._untyped = untyped

    def of_stage(self, function: Callable[..., Any], definition: Definition) -> Signature:
        """The signature of a stage's function."""
        python = _python_signature(function)
        parameters = self._parameters(python.parameters.values(), function, definition)
        result = self._result(python.return_annotation, function, definition)
        signature = Signature(parameters, result)
        self._check_names(signature, definition)
        return signature

    def of_pipeline(self, function: Callable[..., Any], definition: Definition) -> Signature:
        """The signature of a pipeline function, whose parameters all take values."""
        parameters = self._parameters(_python_signature(function).parameters.values(), function, definition)
        values: list[Parameter] = []
        for each in parameters:
            if isinstance(each, ValueParameter):
                values.append(each)
            else:
                self._found.append(
                    UnsupportedType(
                        span=each.span,
                        where=f"parameter `{each.name}` of {definition.title}",
                        annotation="an artifact",
                        instead="`str` with the address; artifacts come from stages",
                    )
                )
        return Signature(tuple(values))

    def of_command(self, command: CommandStage, definition: Definition) -> Signature:
        """The signature of a command: its `inputs` and `outputs`."""
        parameters = [
            self._parameter(_Declared(str(name), each), {}, definition) for name, each in command.inputs.items()
        ]
        for each in parameters:
            if isinstance(each, InputParameter) and each.many:
                instead = "`Input[...]`: a placeholder stands for one file"
                self._unsupported(each.name, UnsupportedAnnotation(command.inputs[each.name], instead), definition)
        parameters += [self._command_output(name, each, definition) for name, each in command.outputs.items()]
        signature = Signature(tuple(parameters))
        self._check_names(signature, definition)
        return signature

    def _command_output(self, name: str, given: Any, definition: Definition) -> Parameter:
        if isinstance(given, UriTemplate):
            return OutputParameter(name, "Artifact", given, definition.parameter(name), keyword_only=True)
        found = None if isinstance(given, str) else self._artifact(name, given, definition)
        if found is not None and found.direction == "output":
            return OutputParameter(name, found.kind, found.uri or _EMPTY, definition.parameter(name), keyword_only=True)
        span = definition.parameter(name)
        self._found.append(NotAUri(span=span, stage=definition.title, output=name))
        return OutputParameter(name, "Artifact", UriTemplate(str(given), definition.place), span, keyword_only=True)

    def _parameters(
        self, parameters: Iterable[inspect.Parameter], function: Callable[..., Any], definition: Definition
    ) -> tuple[Parameter, ...]:
        namespace = getattr(inspect.unwrap(function), "__globals__", {})
        found: list[Parameter] = []
        for each in parameters:
            if each.kind in _VARIADIC or each.kind is inspect.Parameter.POSITIONAL_ONLY:
                self._found.append(
                    UnsupportedParameter(
                        span=definition.parameter(each.name),
                        parameter=_VARIADIC.get(each.kind, "") + each.name,
                        where=definition.title,
                        kind="takes any number of arguments" if each.kind in _VARIADIC else "is positional-only",
                    )
                )
            if each.kind in _VARIADIC:
                continue
            keyword_only = each.kind is inspect.Parameter.KEYWORD_ONLY
            declared = _Declared(each.name, each.annotation, each.default, keyword_only)
            parameter = self._parameter(declared, namespace, definition)
            found.append(parameter)
        return tuple(found)

    def _parameter(self, given: _Declared, namespace: Mapping[str, Any], definition: Definition) -> Parameter:
        name, span, keyword_only = given.name, definition.parameter(given.name), given.keyword_only
        if given.annotation is _EMPTY:
            if not self._untyped:
                self._found.append(MissingAnnotation(span=span, what=f"parameter `{name}` of {definition.title}"))
            return ValueParameter(name, ANY, default=given.default, span=span, keyword_only=keyword_only)
        annotation = self._evaluated(f"parameter `{name}` of", given.annotation, namespace, span, definition)
        if annotation is _EMPTY:
            return ValueParameter(name, ANY, default=given.default, span=span, keyword_only=keyword_only)
        artifact = self._artifact(name, annotation, definition)
        if artifact is None:
            declared, bounds = self._type(name, annotation, definition), constraints_of(annotation)
            return ValueParameter(name, declared, bounds, given.default, span, keyword_only)
        if artifact.direction == "input":
            return InputParameter(name, artifact.kind, given.default, span, keyword_only, artifact.many)
        uri = given.default if given.default is not _EMPTY else artifact.uri or _EMPTY
        return OutputParameter(name, artifact.kind, uri, span, keyword_only)

    def _result(self, annotation: Any, function: Callable[..., Any], definition: Definition) -> Type | None:
        if annotation is _EMPTY:
            if self._untyped:
                return ANY
            self._found.append(MissingAnnotation(span=definition.name_span, what=f"the result of {definition.title}"))
            return ANY
        namespace = getattr(inspect.unwrap(function), "__globals__", {})
        hint = self._evaluated("the result of", annotation, namespace, definition.result, definition)
        if hint is _EMPTY:
            return None
        try:
            if artifact_of(hint) is not None:
                instead = "a parameter `name: Output[...]`: artifacts are written, values are returned"
                raise UnsupportedAnnotation(hint, instead)
            result = type_of(hint)
        except UnsupportedAnnotation as error:
            self._found.append(
                UnsupportedType(
                    span=definition.result,
                    where=f"the result of {definition.title}",
                    annotation=error.annotation,
                    instead=error.instead,
                )
            )
            return ANY
        return None if result == NONE else result

    def _evaluated(
        self, what: str, annotation: Any, namespace: Mapping[str, Any], span: Span | None, definition: Definition
    ) -> Any:
        try:
            return evaluated(annotation, namespace)
        except Exception as error:
            self._found.append(
                UnresolvableAnnotation(
                    span=span, where=f"{what} {definition.title}", annotation=shown(annotation), reason=str(error)
                )
            )
            return _EMPTY

    def _artifact(self, name: str, annotation: Any, definition: Definition) -> ArtifactAnnotation | None:
        try:
            return artifact_of(annotation)
        except UnsupportedAnnotation as error:
            self._unsupported(name, error, definition)
            return ArtifactAnnotation("input", "Artifact")

    def _type(self, name: str, annotation: Any, definition: Definition) -> Type:
        try:
            return type_of(annotation)
        except UnsupportedAnnotation as error:
            self._unsupported(name, error, definition)
            return ANY

    def _unsupported(self, name: str, error: UnsupportedAnnotation, definition: Definition) -> None:
        self._found.append(
            UnsupportedType(
                span=definition.parameter(name),
                where=f"parameter `{name}` of {definition.title}",
                annotation=error.annotation,
                instead=error.instead,
            )
        )

    def _check_names(self, signature: Signature, definition: Definition) -> None:
        for each in signature.parameters:
            if isinstance(each, ValueParameter) and each.constraints != NO_BOUNDS:
                self._found.append(UnusedConstraint(span=each.span, parameter=each.name, stage=definition.title))


def _python_signature(function: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        # Some functions written in C do not say what they take; that they are no stages is said elsewhere.
        return inspect.Signature(return_annotation=None)
