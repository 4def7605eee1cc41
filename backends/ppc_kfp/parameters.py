"""The pipeline's own parameters: how they are declared, described, checked and printed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portable_pipeline.codegen.calls import Argument, Keyword
from portable_pipeline.codegen.literals import Source, identifier, literal
from portable_pipeline.ir import Choice, Parameter, ParameterRef, Pipeline, RunDate, RunTime, Scalar
from portable_pipeline.ir.control import values_of
from portable_pipeline.ir.graph import uses_run_date
from ppc_kfp.plan import Check
from ppc_kfp.wires import ANNOTATIONS, declaration, default, parameter_wire, shown

#: The parameter by which a run is given its date.
RUN_DATE_PARAMETER = "run_date"
_PRINTED_ALIKE = ("str", "date")
# Not int: KFP makes a double of it, and rounds it.
_CHECKED_BY_KFP = ("str", "float", "bool")
#: KFP copies the pipeline's docstring into comments of the YAML: what YAML cannot hold, or takes for the end of a line.
_UNREADABLE = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def has_run_date(pipeline: Pipeline) -> bool:
    """Whether the pipeline has a parameter for the run's date."""
    in_blocks = (value for block in pipeline.blocks for value in values_of(block))
    return any(map(uses_run_date, pipeline.stages)) or any(isinstance(each, RunDate | RunTime) for each in in_blocks)


def checked_parameters(pipeline: Pipeline) -> tuple[Parameter, ...]:
    """The parameters that KFP alone would not check, or that a URI needs as Python prints them."""
    texts = printed(pipeline)
    return tuple(each for each in pipeline.parameters if each.name in texts or not _checked_by_kfp(each))


def about(pipeline: Pipeline) -> str:
    """The docstring of the pipeline's function."""
    owner = [f"Owner: {pipeline.owner}."] if pipeline.owner else []
    tags = [f"Tags: {', '.join(pipeline.tags)}."] if pipeline.tags else []
    described = pipeline.description.strip() or pipeline.name
    paragraphs = [described, *([" ".join([*owner, *tags])] if owner or tags else [])]
    notes = [(each.name, _note(each)) for each in pipeline.parameters if _note(each)]
    if has_run_date(pipeline):
        notes.append((RUN_DATE_PARAMETER, "Date or instant of the run in ISO form; empty for now."))
    lines = [f"    {name}: {note}" for name, note in notes]
    arguments = ["\n".join(["Args:", *lines])] if lines else []
    return _UNREADABLE.sub(" ", "\n\n".join([*paragraphs, *arguments]))


def _note(parameter: Parameter) -> str:
    words = " ".join(parameter.description.split())
    if parameter_wire(parameter.type) != "json":
        return words
    return f"JSON, {shown(parameter.type)}. {words}".strip()


def parameters(pipeline: Pipeline) -> Iterator[Argument]:
    """They as KFP declares them."""
    # Those without a default come first, as Python demands; KFP knows them by name only.
    for each in sorted(pipeline.parameters, key=lambda each: not each.required):
        how = parameter_wire(each.type)
        yield Argument(identifier(each.name), ANNOTATIONS[how], None if each.required else default(each.default, how))
    if has_run_date(pipeline):
        yield Argument(Source(RUN_DATE_PARAMETER), Source("str"), literal(""))


def checks(pipeline: Pipeline) -> Iterator[Check]:
    """What the first task looks at."""
    texts = printed(pipeline)
    for each in checked_parameters(pipeline):
        bounds = each.constraints.model_dump(exclude_none=True)
        yield Check(
            name=identifier(each.name),
            annotation=ANNOTATIONS[parameter_wire(each.type)],
            # The check needs no object: a record's fields are what counts.
            declared=declaration(each.type, lambda _: Source("dict")),
            bounds=tuple(Keyword(identifier(name), literal(limit)) for name, limit in bounds.items()),
            as_text=each.name in texts,
        )


def _checked_by_kfp(parameter: Parameter) -> bool:
    declared = parameter.type
    bounded = bool(parameter.constraints.model_dump(exclude_none=True))
    return not bounded and isinstance(declared, Scalar) and declared.name in _CHECKED_BY_KFP


def printed(pipeline: Pipeline) -> frozenset[str]:
    """Parameters that stand in a URI and that KFP would print differently than Python."""
    types = {each.name: each.type for each in pipeline.parameters}
    parts = (part for stage in pipeline.stages for output in stage.outputs for part in output.uri.parts)
    names = {part.name for part in parts if isinstance(part, ParameterRef)}
    return frozenset(name for name in names if not _prints_alike(types[name]))


def _prints_alike(declared: object) -> bool:
    if isinstance(declared, Choice):
        return all(isinstance(each, str) for each in declared.values)
    return isinstance(declared, Scalar) and declared.name in _PRINTED_ALIKE


def moments(pipeline: Pipeline) -> tuple[str, ...]:
    """Which outputs of the task that resolves the run's date are used."""
    values = [each.value for stage in pipeline.stages for each in stage.inputs]
    values += [value for block in pipeline.blocks for value in values_of(block)]
    parts = [part for stage in pipeline.stages for output in stage.outputs for part in output.uri.parts]
    dates = any(isinstance(each, RunDate) for each in (*values, *parts))
    times = any(isinstance(each, RunTime) for each in values)
    return (*(["date"] if dates else []), *(["time"] if times else []))
