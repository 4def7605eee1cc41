"""What random pipelines are made of: names, texts, types with their values, parameters, stages."""

from __future__ import annotations

import keyword
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import strategies as st

from portable_pipeline.ir import (
    ArtifactInput,
    ArtifactKind,
    ArtifactRef,
    Collected,
    CommandBody,
    Constant,
    Constraints,
    ItemKey,
    ItemRef,
    Loop,
    Output,
    Parameter,
    ParameterRef,
    PythonBody,
    Record,
    ResultRef,
    Retry,
    RunDate,
    RunTime,
    Scalar,
    Stage,
    Statement,
    Text,
    Type,
    Uri,
    Value,
    ValueInput,
)
from tests.property.typed_values import MODULE, texts, types, values_of

KINDS = ("Dataset", "Model", "Metrics", "Artifact", "Directory")
CRONS = ("0 2 * * *", "*/15 * * * *", "5,35 2-4 * 1,7 1-5", "0 0 1 * *", "30 23 31 12 *")
#: Zones whose clocks skip nothing any more, and zones whose clocks do.
STEADY_ZONES = ("Asia/Kolkata", "Pacific/Kiritimati")
ZONES = ("Europe/Berlin", "America/New_York", *STEADY_ZONES)

POINT_SOURCE = "@dataclass\nclass Point:\n    x: int\n    label: str\n    day: date | None = None\n"
IMPORTS = (
    Statement(text="from dataclasses import dataclass\n", line=1, defines=("dataclass",), is_import=True),
    Statement(
        text="from datetime import date, datetime, timedelta\n",
        line=2,
        defines=("date", "datetime", "timedelta"),
        is_import=True,
    ),
    Statement(text="from typing import Any\n", line=3, defines=("Any",), is_import=True),
)

seconds = st.one_of(st.integers(1, 7200), st.sampled_from([0.5, 1.25, 90.0])).map(lambda each: timedelta(seconds=each))


def names(prefix: str) -> st.SearchStrategy[str]:
    """Identifiers that no target takes for another after its normalisation."""
    return (
        st.from_regex(r"[a-z]{1,8}[0-9]{0,2}", fullmatch=True)
        .map(lambda stem: f"{prefix}_{stem}")
        .filter(lambda name: not keyword.iskeyword(name))
    )


@st.composite
def parameters(draw: st.DrawFn) -> tuple[Parameter, ...]:
    """The root of all addresses, and a few more."""
    found = [Parameter(name="root", type=Scalar(name="str"), required=False, default="data")]
    for name in draw(st.lists(names("p"), max_size=4, unique=True)):
        declared = draw(types)
        required = draw(st.booleans())
        default = None if required else draw(values_of(declared))
        bounds = (
            Constraints(ge=0) if declared == Scalar(name="int") and required and draw(st.booleans()) else Constraints()
        )
        found.append(
            Parameter(
                name=name,
                type=declared,
                required=required,
                default=default,
                constraints=bounds,
                description=draw(texts),
            )
        )
    # As in Python: those without a default come first.
    return tuple(sorted(found, key=lambda each: not each.required))


@st.composite
def retries(draw: st.DrawFn, jitter: bool) -> Retry:
    """A retry policy without contradictions."""
    if draw(st.booleans()):
        return Retry()
    return Retry(
        retries=draw(st.integers(1, 5)),
        delay=draw(seconds),
        backoff=draw(st.sampled_from([1.0, 1.5, 2.0, 3.0])),
        max_delay=draw(st.none() | st.just(timedelta(hours=3))),
        jitter=draw(st.sampled_from([0.0, 0.25])) if jitter else 0.0,
    )


@dataclass(frozen=True)
class Scope:
    """What a stage can take, and where it stands.

    Args:
        values: Of what is there, with their types; parameters and constants besides.
        artifacts: The same, with their kinds.
        order: Ids of stages that it can come after.
        block: The innermost block.
        loops: Ids of the loops around, the outermost first.
    """

    values: tuple[tuple[Type, Value], ...]
    artifacts: tuple[tuple[ArtifactKind, Value], ...] = ()
    order: tuple[str, ...] = ()
    block: str | None = None
    loops: tuple[str, ...] = ()

    def inside(self, block: str, loop: Loop | None = None) -> Scope:
        """What is there in a block of this scope."""
        found = replace(self, block=block)
        if loop is None:
            return found
        items = tuple((each.type, ItemRef(loop=block, name=each.name)) for each in loop.items)
        return replace(found, loops=(*self.loops, block), values=(*self.values, *items))

    def with_more(self, other: Scope) -> Scope:
        """This scope, with what another has besides."""
        return replace(
            self,
            values=(*self.values, *(each for each in other.values if each not in self.values)),
            artifacts=(*self.artifacts, *(each for each in other.artifacts if each not in self.artifacts)),
            order=tuple(dict.fromkeys((*self.order, *other.order))),
        )


def made_by(stage: Stage) -> Scope:
    """What the stage adds to its scope."""
    fields = stage.result.fields if isinstance(stage.result, Record) else ()
    return Scope(
        values=(
            *(((stage.result, ResultRef(stage=stage.id)),) if stage.result is not None else ()),
            *((each.type, ResultRef(stage=stage.id, field=each.name)) for each in fields if each.required),
        ),
        artifacts=tuple((each.artifact, ArtifactRef(stage=stage.id, output=each.name)) for each in stage.outputs),
        order=(stage.id,),
    )


@st.composite
def stages(draw: st.DrawFn, name: str, scope: Scope, jitter: bool) -> Stage:
    """A stage that takes what is there."""
    policies = {
        "retry": draw(retries(jitter)),
        "timeout": draw(st.none() | seconds),
        "owner": draw(st.none() | st.sampled_from(["data", "ml-platform"])),
        "tags": tuple(draw(st.lists(st.sampled_from(["io", "gpu", "nightly"]), max_size=2, unique=True))),
        "description": draw(texts),
        "after": tuple(draw(st.lists(st.sampled_from(scope.order), max_size=2, unique=True))) if scope.order else (),
        "block": scope.block,
    }
    outputs = tuple(
        Output(name=output, artifact=draw(st.sampled_from(KINDS)), uri=address_of(name, output, scope))
        for output in draw(st.lists(names("o"), max_size=2, unique=True))
    )
    inputs = tuple(draw(input_of(argument, scope)) for argument in draw(st.lists(names("a"), max_size=4, unique=True)))
    if draw(st.integers(0, 5)) == 0 and not any(takes_list(each) for each in inputs):
        placeholders = [
            f"{{{each.name}.path}}" if isinstance(each, ArtifactInput) else f"{{{each.name}}}" for each in inputs
        ]
        placeholders += [f"{{{each.name}.path}}" for each in outputs]
        body: PythonBody | CommandBody = CommandBody(
            command=("echo", draw(texts).translate(dict.fromkeys(map(ord, "{}\0"))), *placeholders)
        )
        return Stage(id=name, body=body, inputs=inputs, outputs=outputs, **policies)
    # Often the same, so that branches can be joined.
    result = draw(st.one_of(st.none(), st.just(Scalar(name="int")), st.just(Scalar(name="int")), types))
    return Stage(
        id=name,
        body=PythonBody(module=MODULE, function=name),
        inputs=inputs,
        outputs=outputs,
        result=result,
        **policies,
    )


def address_of(stage: str, output: str, scope: Scope) -> Uri:
    """One address for each item of the loops around."""
    keys = [part for loop in scope.loops for part in (Text(text="/"), ItemKey(loop=loop))]
    return Uri(parts=(ParameterRef(name="root"), Text(text="/"), RunDate(), *keys, Text(text=f"/{stage}/{output}")))


def takes_list(given: ValueInput | ArtifactInput) -> bool:
    """Whether the argument is a list of artifacts."""
    return isinstance(given, ArtifactInput) and isinstance(given.value, Collected)


@st.composite
def input_of(draw: st.DrawFn, name: str, scope: Scope) -> ValueInput | ArtifactInput:
    """An argument from anywhere that there is."""
    if scope.artifacts and draw(st.booleans()):
        kind, artifact = draw(st.sampled_from(scope.artifacts))
        return ArtifactInput(name=name, artifact=kind, value=artifact)
    constants = types.flatmap(lambda declared: values_of(declared).map(lambda value: (declared, Constant(value=value))))
    made = [each for each in scope.values if not isinstance(each[1], ParameterRef | RunDate | RunTime)]
    anything = st.sampled_from(scope.values)
    declared, value = draw(st.one_of(constants, anything, st.sampled_from(made) if made else anything))
    return ValueInput(name=name, type=declared, value=value)
