"""What decides about blocks, in the words of who wrote it, short enough for a drawing."""

from __future__ import annotations

import re

from portable_pipeline.ir import (
    AnyOf,
    ArtifactRef,
    Collected,
    Compare,
    Constant,
    FirstOf,
    ItemRef,
    Loop,
    Not,
    Operand,
    ParameterRef,
    Pipeline,
    Predicate,
    ResultRef,
    RunDate,
    RunTime,
    Value,
)

_LONGEST = 44
#: Of a decision, in characters and lines.
_LINE, _LINES = 32, 4


def predicate_words(predicate: Predicate) -> str:
    """The predicate: `evaluate.auc >= min_auc`."""
    return _predicate(predicate, inner=False)


def predicate_lines(predicate: Predicate) -> tuple[str, ...]:
    """The predicate in short lines, broken before `and` and `or`; a very long one is cut."""
    lines: list[str] = []
    for part in re.split(" (?=(?:and|or) )", predicate_words(predicate)):
        if lines and len(lines[-1]) + len(part) < _LINE:
            lines[-1] += f" {part}"
        else:
            lines.append(_short(part))
    return tuple(lines) if len(lines) <= _LINES else (*lines[: _LINES - 1], "…")


def hook_words(pipeline: Pipeline) -> str:
    """What the pipeline tells at its end, and whom; empty if nobody: `on exit: sign_off`."""
    hooks = {"on exit": pipeline.on_exit, "on failure": pipeline.on_failure}
    return ", ".join(f"{when}: {hook.body.function}" for when, hook in hooks.items() if hook is not None)


def loop_words(loop: Loop) -> str:
    """What the loop runs over: `for each of load.regions, 2 at once`."""
    lists = " with ".join(_items(each.value, loop.key) for each in loop.items)
    most = "" if loop.max_parallel is None else f", {loop.max_parallel} at once"
    return f"for each of {_short(lists)}{most}"


def _items(value: Value, key: str | None) -> str:
    """A list; of constant records their names, or how many there are."""
    items = value.value if isinstance(value, Constant) else None
    if not isinstance(items, list) or not any(isinstance(each, dict) for each in items):
        return _value(value)
    names = [each.get(key) for each in items if isinstance(each, dict)] if key is not None else [None]
    if any(each is None for each in names):
        return f"{len(items)} item{'' if len(items) == 1 else 's'}"
    return ", ".join(map(str, names))


def name_of(value: ResultRef | ArtifactRef) -> str:
    """What of its stage a value is."""
    return value.output if isinstance(value, ArtifactRef) else value.field or "result"


def _predicate(predicate: Predicate, *, inner: bool) -> str:
    match predicate:
        case Compare():
            if _is_truth(predicate):
                return _operand(predicate.left)
            return f"{_operand(predicate.left)} {predicate.operator} {_operand(predicate.right)}"
        case Not():
            return f"not {_predicate(predicate.item, inner=True)}"
    word = " or " if isinstance(predicate, AnyOf) else " and "
    text = word.join(_predicate(each, inner=True) for each in predicate.items)
    return f"({text})" if inner else text


def _is_truth(comparison: Compare) -> bool:
    return comparison.operator == "==" and comparison.right.value == Constant(value=True)


def _operand(operand: Operand) -> str:
    return _value(operand.value)


def _value(value: Value) -> str:
    match value:
        case Constant():
            return repr(value.value)
        case ParameterRef():
            return value.name
        case ResultRef():
            return f"{value.stage}.{value.field}" if value.field else value.stage
        case ArtifactRef():
            return f"{value.stage}.{value.output}"
        case ItemRef():
            return f"{value.name}.{value.field}" if value.field else value.name
        case Collected():
            return f"all {_value(value.of)}"
        case FirstOf():
            return " or ".join(map(_value, value.options))
        case RunDate():
            return "run.date"
        case RunTime():
            return "run.time"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
