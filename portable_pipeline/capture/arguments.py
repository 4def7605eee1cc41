"""From the arguments of a call to the inputs and outputs of a stage."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import partial
from typing import Any

from portable_pipeline.capture.constants import NotPortable, as_json, is_of_type
from portable_pipeline.capture.references import Missing, References, Wanted
from portable_pipeline.capture.signatures import (
    InputParameter,
    OutputParameter,
    Parameter,
    Signature,
    ValueParameter,
)
from portable_pipeline.capture.spans import CallSpans, Spans
from portable_pipeline.capture.uris import DEFAULT_TEMPLATE, DEFAULT_TEMPLATE_IN_LOOP, parse_uri
from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.calls import (
    ConstantNotPortable,
    MissingArgument,
    RepeatedArgument,
    TooManyArguments,
    UnknownArgument,
)
from portable_pipeline.diagnostics.catalog.maps import EachOutsideMap, ListOfArtifacts
from portable_pipeline.diagnostics.catalog.operators import HandleCompared
from portable_pipeline.diagnostics.catalog.passing import HandleInContainer, MissingRoot, NotAUri, StageNotCalled
from portable_pipeline.diagnostics.suggest import closest, did_you_mean
from portable_pipeline.dsl.artifacts import UriTemplate
from portable_pipeline.dsl.handles import Handle
from portable_pipeline.dsl.maps import Each
from portable_pipeline.dsl.pipelines import PipelineFunction
from portable_pipeline.dsl.predicates import Predicate
from portable_pipeline.dsl.stages import CommandStage, StageFunction
from portable_pipeline.dsl.trace import Call
from portable_pipeline.ir import ArtifactInput, Collected, Constant, Input, Output, Value, ValueInput
from portable_pipeline.ir.types import ANY

_EMPTY = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of the pipeline its stages use.

    Args:
        pipeline: Its name.
        owner: Of the stages that name nobody.
        parameters: Names of its parameters.
    """

    pipeline: str
    owner: str | None
    parameters: tuple[str, ...]


class Arguments:
    """Binds the arguments of one call.

    Args:
        call: The call.
        stage_id: Of the stage that the call is.
        signature: Of the stage.
        spans: Of the call.
        references: Where values come from that other stages make.
        places: Spans of places.
        found: Where diagnostics go.
    """

    def __init__(
        self,
        call: Call,
        stage_id: str,
        signature: Signature,
        spans: CallSpans,
        *,
        references: References,
        places: Spans,
        found: list[Diagnostic],
    ) -> None:
        self._call = call
        self._title = call.stage.__name__
        self._stage_id = stage_id
        self._signature = signature
        self._spans = spans
        self._references = references
        self._places = places
        self._found = found
        self._excused: set[str | None] = set()
        self._given = self._bound(call)

    def inputs(self) -> tuple[Input, ...]:
        """The stage's inputs in order of its parameters; a default of the function is an argument like any other."""
        bound = [self._input(each) for each in self._signature.parameters if not isinstance(each, OutputParameter)]
        return tuple(each for each in bound if each is not None)

    def outputs(self, surroundings: Surroundings, loops: tuple[str, ...]) -> tuple[Output, ...]:
        """The stage's artifacts with their addresses.

        Args:
            loops: Ids of the loops that it stands in, the outermost first.
        """
        return tuple(self._output(each, surroundings, loops) for each in self._signature.outputs)

    def _bound(self, call: Call) -> dict[str, tuple[Any, Span | None]]:
        parameters = {each.name: each for each in self._signature.parameters}
        positional = [each.name for each in self._signature.parameters if not each.keyword_only]
        given: dict[str, tuple[Any, Span | None]] = {}
        unknown: list[str] = []
        for index, argument in enumerate(call.arguments):
            span = self._spans.argument(index)
            if index < len(positional):
                given[positional[index]] = (argument, span)
        if len(call.arguments) > len(positional):
            extra = self._spans.argument(len(positional))
            self._found.append(
                TooManyArguments(span=extra, stage=self._title, given=len(call.arguments), taken=len(positional))
            )
        for name, argument in call.keywords.items():
            span = self._spans.keyword(name)
            if name not in parameters:
                unknown.append(name)
                suggestion = did_you_mean(name, parameters)
                self._found.append(UnknownArgument(span=span, stage=self._title, argument=name, suggestion=suggestion))
            elif name in given:
                self._found.append(RepeatedArgument(span=span, stage=self._title, argument=name))
            else:
                given[name] = (argument, span)
        # What was probably meant by an unknown name is not missing as well.
        self._excused = {closest(name, parameters.keys() - given.keys()) for name in unknown}
        return given

    def _input(self, parameter: ValueParameter | InputParameter) -> Input | None:
        if parameter.name not in self._given:
            return self._default(parameter)
        argument, span = self._given[parameter.name]
        value = self._value(argument, parameter, span)
        if value is None:
            return None
        if isinstance(parameter, InputParameter):
            return ArtifactInput(name=parameter.name, artifact=parameter.kind, value=value, span=span)
        return ValueInput(name=parameter.name, type=parameter.type, value=value, span=span)

    def _default(self, parameter: ValueParameter | InputParameter) -> Input | None:
        # Which stage an artifact comes from cannot be left open: its parameter has no default where it runs.
        is_missing = parameter.default is _EMPTY or isinstance(parameter, InputParameter)
        if is_missing and parameter.name not in self._excused:
            self._found.append(MissingArgument(span=self._spans.whole, stage=self._title, argument=parameter.name))
        if parameter.default is _EMPTY or isinstance(parameter, InputParameter):
            return None
        try:
            value = as_json(parameter.default, parameter.type)
        except NotPortable:
            return None  # Python fills it in where the stage runs, as it would anywhere.
        if not is_of_type(value, parameter.type):
            return None
        return ValueInput(name=parameter.name, type=parameter.type, value=Constant(value=value), span=self._spans.whole)

    def _value(self, argument: Any, parameter: Parameter, span: Span | None) -> Value | None:
        if isinstance(argument, Handle):
            wanted: Wanted = "artifact" if isinstance(parameter, InputParameter) else "value"
            try:
                value = self._references.value_of(argument, wanted)
            except Missing as missing:
                self._found.extend(missing.diagnostics(span, f"{self._title}({parameter.name}=...)"))
                return None
            if isinstance(parameter, InputParameter):
                self._check_count(parameter, value, span)
            return value
        if isinstance(argument, Predicate):
            self._found.append(HandleCompared(span=span, stage=self._title, argument=parameter.name))
            return None
        if isinstance(argument, Each):
            self._found.append(EachOutsideMap(span=span, stage=self._title, argument=parameter.name))
            return None
        if isinstance(argument, StageFunction | CommandStage | PipelineFunction):
            self._found.append(StageNotCalled(span=span, stage=argument.__name__))
            return None
        if _holds_handle(argument, ()):
            self._found.append(HandleInContainer(span=span, stage=self._title, argument=parameter.name))
            return None
        declared = parameter.type if isinstance(parameter, ValueParameter) else None
        try:
            return Constant(value=as_json(argument, declared or ANY))
        except NotPortable as error:
            self._found.append(
                ConstantNotPortable(
                    span=span,
                    what=f"`{parameter.name}{error.path}` of stage `{self._title}`",
                    given=type(error.value).__name__,
                    declared=error.expected if declared else "an artifact",
                )
            )
            return None

    def _check_count(self, parameter: InputParameter, value: Value, span: Span | None) -> None:
        is_list = isinstance(value, Collected)
        nested = isinstance(value, Collected) and isinstance(value.of, Collected)
        if is_list == parameter.many and not nested:
            return
        one, many = "one artifact", "a list of artifacts"
        self._found.append(
            ListOfArtifacts(
                span=span,
                stage=self._title,
                argument=parameter.name,
                expected=many if parameter.many else one,
                given="a list of lists of artifacts" if nested else many if is_list else one,
                instead=f"list[Input[{parameter.kind}]]" if is_list else f"Input[{parameter.kind}]",
            )
        )

    def _place_of(self, given: Any, otherwise: Span | None) -> Span | None:
        """Where an address stands: in the signature, or in the call."""
        return self._places.of(given.place) if isinstance(given, UriTemplate) else otherwise

    def _output(self, parameter: OutputParameter, surroundings: Surroundings, loops: tuple[str, ...]) -> Output:
        given, span = self._given.get(parameter.name, (parameter.uri, parameter.span))
        if given is not _EMPTY and not (isinstance(given, UriTemplate) and isinstance(given.template, str)):
            self._found.append(NotAUri(span=span, stage=f"stage `{self._title}`", output=parameter.name))
            # One address of its own, for each item too, so that nothing else is said about this one.
            item = "{item_key}/" if loops else ""
            given = UriTemplate(f"{self._stage_id}/{item}{parameter.name}", self._call.place)
        default = DEFAULT_TEMPLATE_IN_LOOP if loops else DEFAULT_TEMPLATE
        template = given.template if isinstance(given, UriTemplate) else default
        if given is _EMPTY and "root" not in surroundings.parameters:
            self._found.append(MissingRoot(span=parameter.span, stage=self._title, output=parameter.name))
            template = template.replace("{root}/", "")
        fixed = {"pipeline": surroundings.pipeline, "stage": self._stage_id, "name": parameter.name}
        where = partial(self._place_of, given, span)
        uri = parse_uri(template, surroundings.parameters, fixed, self._found, where, loops=loops)
        return Output(name=parameter.name, artifact=parameter.kind, uri=uri, span=span)


def _holds_handle(value: Any, around: tuple[int, ...]) -> bool:
    if isinstance(value, Handle):
        return True
    items = value.values() if isinstance(value, dict) else value
    if id(value) in around or not isinstance(value, list | tuple | set | frozenset | dict):
        return False
    return any(_holds_handle(each, (*around, id(value))) for each in items)
