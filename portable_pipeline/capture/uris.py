"""From `uri("{root}/{run_date}/raw.parquet")` to the parts of an address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from string import Formatter

from portable_pipeline.diagnostics import Diagnostic, Span
from portable_pipeline.diagnostics.catalog.addresses import (
    BadTemplate,
    FormattedPlaceholder,
    MovingPlaceholder,
    UnknownPlaceholder,
)
from portable_pipeline.diagnostics.catalog.loop_addresses import ItemKeyOutsideLoop
from portable_pipeline.diagnostics.suggest import did_you_mean
from portable_pipeline.ir import ItemKey, ParameterRef, RunDate, Text, Uri, UriPart

#: Where an output goes that names no address.
DEFAULT_TEMPLATE = "{root}/{pipeline}/{run_date}/{stage}/{name}"
DEFAULT_TEMPLATE_IN_LOOP = "{root}/{pipeline}/{run_date}/{stage}/{item_key}/{name}"

#: What changes from attempt to attempt or from run to run of one date (A2).
_MOVING = {
    "run_id": "the run",
    "run": "the run",
    "attempt": "the attempt",
    "try_number": "the attempt",
    "now": "the clock",
    "today": "the clock",
    "time": "the clock",
    "timestamp": "the clock",
    "uuid": "chance",
    "run_time": "the instant of a manual run",
}


def parse_uri(
    template: str,
    parameters: Collection[str],
    fixed: Mapping[str, str],
    found: list[Diagnostic],
    where: Callable[[], Span | None] = lambda: None,
    *,
    loops: tuple[str, ...] = (),
) -> Uri:
    """The address that a template stands for. What it cannot hold is reported, and stays as fixed text.

    Args:
        template: As written.
        parameters: Names of the pipeline's parameters; they win over `fixed`.
        fixed: What `{pipeline}`, `{stage}` and `{name}` stand for.
        found: Where diagnostics go.
        where: Gives the place of the template.
        loops: Ids of the loops around, the outermost first: `{item_key}` names an item of each, with slashes between.
    """
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        found.append(BadTemplate(span=where(), template=template, reason=str(error)))
        return Uri(parts=(Text(text=template),))
    parts: list[UriPart] = []
    for text, name, spec, conversion in pieces:
        if text:
            parts.append(Text(text=text))
        if name is None:
            continue
        if spec or conversion:
            found.append(FormattedPlaceholder(span=where(), template=template, placeholder=name))
        if name == "item_key" and loops and name not in parameters:
            parts += _item_key(loops)
            continue
        known = _known(name, parameters, fixed)
        if known is not None:
            parts.append(known)
            continue
        parts.append(Text(text=f"{{{name}}}"))
        found.append(_refused(name, template, where(), [*parameters, "run_date", *fixed]))
    return Uri(parts=tuple(_merged(parts)))


def _item_key(loops: tuple[str, ...]) -> Iterator[UriPart]:
    for index, loop in enumerate(loops):
        if index:
            yield Text(text="/")
        yield ItemKey(loop=loop)


def _refused(name: str, template: str, span: Span | None, known: list[str]) -> Diagnostic:
    if name == "item_key":
        return ItemKeyOutsideLoop(span=span, template=template)
    if name in _MOVING:
        return MovingPlaceholder(span=span, template=template, placeholder=name, depends_on=_MOVING[name])
    return UnknownPlaceholder(span=span, template=template, placeholder=name, suggestion=did_you_mean(name, known))


def _known(name: str, parameters: Collection[str], fixed: Mapping[str, str]) -> UriPart | None:
    if name in parameters:
        return ParameterRef(name=name)
    if name == "run_date":
        return RunDate()
    return Text(text=fixed[name]) if name in fixed else None


def _merged(parts: list[UriPart]) -> list[UriPart]:
    """Neighbouring texts as one."""
    merged: list[UriPart] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Text) and isinstance(last, Text):
            merged[-1] = Text(text=last.text + part.text)
        else:
            merged.append(part)
    return merged
