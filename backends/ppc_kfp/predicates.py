"""The predicates of branches as components: typed, as Python compares, which KFP's own conditions cannot be."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portable_pipeline.codegen.calls import Argument, FreeNames, Keyword
from portable_pipeline.codegen.literals import Source, identifier, literal
from portable_pipeline.ir import (
    AllOf,
    AnyOf,
    ArtifactRef,
    Branch,
    Choice,
    Collected,
    Compare,
    Constant,
    DictOf,
    FirstOf,
    ItemRef,
    ListOf,
    Not,
    Operand,
    OptionalOf,
    ParameterRef,
    Predicate,
    Record,
    ResultRef,
    RunDate,
    Scalar,
    Type,
    Value,
)
from portable_pipeline.ir.control import operands
from ppc_kfp.names import CARRIED_NAMES
from ppc_kfp.plan import PredicateComponent
from ppc_kfp.wires import ANNOTATIONS, Wire, constant, decoding, parameter_wire, wire

#: How tasks that evaluate a predicate are shown; no stage id has a space in it.
SHOWN_AS = "when "
_LONGEST_SHOWN = 100
_MOMENTS = ("date", "datetime", "timedelta")


def predicate_component(branch: Branch, name: Source, is_text: Callable[[Value], bool]) -> PredicateComponent:
    """The component that tells whether the branch runs.

    Args:
        name: Of the component's function.
        is_text: Whether a value reaches it as text, whatever its type.
    """
    arguments = _arguments(branch)
    carried = {"decode_value"} if arguments or _decoded_constants(branch) else set()
    for each in operands(branch.predicate) if carried else ():
        scalar = isinstance(each.type, Scalar) and each.type.name != "any"
        carried |= {"convert_scalar"} if scalar else {"convert_scalar", "convert_value"}
    return PredicateComponent(
        name=name,
        words=_words(branch.predicate),
        carried=tuple(map(identifier, sorted(carried))),
        arguments=tuple(Argument(name, ANNOTATIONS[operand_wire(each, is_text)]) for name, each in arguments.values()),
        expression=_outermost(_expression(branch.predicate, lambda value: arguments[value][0], is_text)),
    )


def predicate_arguments(
    branch: Branch, source: Callable[[Value, Wire], Source], is_text: Callable[[Value], bool]
) -> tuple[Keyword, ...]:
    """The arguments of its call.

    Args:
        source: The expression for a value in the pipeline's function.
        is_text: As for the component.
    """
    given = _arguments(branch).items()
    return tuple(Keyword(name, source(value, operand_wire(each, is_text))) for value, (name, each) in given)


def shown(branch: Branch) -> str:
    """The name under which KFP shows the task."""
    # KFP and Argo replace what is in double braces.
    words = " ".join(_words(branch.predicate).split()).replace("{{", "{ {").replace("}}", "} }")
    return SHOWN_AS + (words if len(words) <= _LONGEST_SHOWN else f"{words[: _LONGEST_SHOWN - 3]}...")


def operand_wire(operand: Operand, is_text: Callable[[Value], bool]) -> Wire:
    """How an operand travels."""
    if isinstance(operand.value, ItemRef | Collected):
        return "json"
    if is_text(operand.value) and wire(operand.type) in ("float", "bool"):
        return "json"
    return parameter_wire(operand.type) if isinstance(operand.value, ParameterRef) else wire(operand.type)


def _arguments(branch: Branch) -> Mapping[Value, tuple[Source, Operand]]:
    names = FreeNames({*CARRIED_NAMES, "dsl", "kfp"})
    found: dict[Value, tuple[Source, Operand]] = {}
    for each in operands(branch.predicate):
        if not isinstance(each.value, Constant) and each.value not in found:
            found[each.value] = (names.take(_word(each.value).replace(".", "_").replace("-", "_")), each)
    return found


def _decoded_constants(branch: Branch) -> bool:
    constants = (each for each in operands(branch.predicate) if isinstance(each.value, Constant))
    return any(_holds_moments(each.type) for each in constants)


def _expression(predicate: Predicate, name: Callable[[Value], Source], is_text: Callable[[Value], bool]) -> Source:
    match predicate:
        case AllOf() | AnyOf():
            word = " and " if isinstance(predicate, AllOf) else " or "
            return Source("(" + word.join(_expression(each, name, is_text) for each in predicate.items) + ")")
        case Not():
            return Source(f"(not {_expression(predicate.item, name, is_text)})")
    left, right = (_operand(each, name, is_text) for each in (predicate.left, predicate.right))
    if isinstance(predicate.right.value, Constant) and predicate.operator in ("==", "!="):
        value = predicate.right.value.value
        if _is_truth(predicate):
            return left
        if value is None or isinstance(value, bool):
            # `True == 1` in Python; the linters' `is` would not do.
            right = Source(f"[{right}]")
            return Source(f"({left} {'in' if predicate.operator == '==' else 'not in'} {right})")
    return Source(f"({left} {predicate.operator} {right})")


def _outermost(expression: Source) -> Source:
    """What is in brackets for the sake of what is around it, where there is nothing."""
    return Source(expression[1:-1]) if expression.startswith("(") else expression


def _operand(operand: Operand, name: Callable[[Value], Source], is_text: Callable[[Value], bool]) -> Source:
    if isinstance(operand.value, Constant):
        if not _holds_moments(operand.type):
            return literal(operand.value.value)
        how = wire(operand.type)
        return decoding(constant(operand.value.value, how), operand.type, how, lambda _: Source("dict"))
    return decoding(name(operand.value), operand.type, operand_wire(operand, is_text), lambda _: Source("dict"))


def _is_truth(predicate: Compare) -> bool:
    """Whether it is a bool on its own: `when(force)`."""
    declared, right = predicate.left.type, predicate.right.value
    is_bool = isinstance(declared, Scalar) and declared.name == "bool"
    return is_bool and predicate.operator == "==" and isinstance(right, Constant) and right.value is True


def _holds_moments(declared: Type) -> bool:
    match declared:
        case Scalar():
            return declared.name in _MOMENTS
        case ListOf() | OptionalOf():
            return _holds_moments(declared.item)
        case DictOf():
            return _holds_moments(declared.value)
        case Record():
            return any(_holds_moments(each.type) for each in declared.fields)
        case Choice():
            return False


def _words(predicate: Predicate) -> str:
    """The predicate as its author thinks of it."""
    match predicate:
        case AllOf() | AnyOf():
            word = " and " if isinstance(predicate, AllOf) else " or "
            return word.join(map(_grouped, predicate.items))
        case Not():
            return f"not {_grouped(predicate.item)}"
    if _is_truth(predicate):
        return _side(predicate.left)
    return f"{_side(predicate.left)} {predicate.operator} {_side(predicate.right)}"


def _grouped(predicate: Predicate) -> str:
    words = _words(predicate)
    return words if isinstance(predicate, Compare) else f"({words})"


def _side(operand: Operand) -> str:
    return str(literal(operand.value.value)) if isinstance(operand.value, Constant) else _word(operand.value)


def _word(value: Value) -> str:
    match value:
        case ResultRef():
            return value.stage if value.field is None else f"{value.stage}.{value.field}"
        case ArtifactRef():
            return f"{value.stage}.{value.output}"
        case ParameterRef():
            return value.name
        case ItemRef():
            return value.name if value.field is None else f"{value.name}.{value.field}"
        case FirstOf():
            return "_or_".join(_word(each) for each in value.options)
        case Collected():
            return f"{_word(value.of)}_of_all"
        case RunDate():
            return "run_date"
    return "run_time"
