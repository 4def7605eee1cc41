"""What decides about blocks, in the words of who wrote it, short enough for a drawing."""

from __future__ import annotations

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
    Predicate,
    ResultRef,
    RunDate,
    RunTime,
    Value,
)

_LONGEST = 44


def predicate_words(predicate: Predicate, *, whole: bool = False) -> str:
    """The predicate, cut short unless all of it is wanted: `evaluate.auc >= min_auc`."""
    text = _predicate(predicate, inner=False)
    return text if whole else _short(text)


def loop_words(loop: Loop) -> str:
    """What the loop runs over: `for each of load.regions, 2 at once`."""
    lists = " with ".join(_value(each.value) for each in loop.items)
    most = "" if loop.max_parallel is None else f", {loop.max_parallel} at once"
    return f"for each of {_short(lists)}{most}"


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
