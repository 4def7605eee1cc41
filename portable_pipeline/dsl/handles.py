"""Handles: what stages, parameters and `run` give inside a pipeline function instead of values.

A handle stands for a value that exists only in a run. It knows what it is not: each operation that would need the value
is recorded with its place, and tracing goes on with a stand-in, so that one look finds all misuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

from portable_pipeline.dsl.places import users_place
from portable_pipeline.dsl.predicates import Combination, Comparison, Negation, Symbol
from portable_pipeline.dsl.trace import (
    CollectedValue,
    FirstValue,
    ItemValue,
    MisuseKind,
    Origin,
    ParameterValue,
    RunValue,
    StageValue,
    Trace,
    Unusable,
    current_trace,
)


class Handle:
    """A value that exists only in a run. Attributes are the outputs of a stage: `trained.model`, `scores.auc`."""

    __slots__ = ("_origin", "_trace")

    _origin: Origin
    _trace: Trace | None

    def __init__(self, origin: Origin, trace: Trace | None) -> None:
        object.__setattr__(self, "_origin", origin)
        object.__setattr__(self, "_trace", trace)

    def after(self, *others: Any) -> Handle:
        """Start this stage only after others have ended, without taking data from them (G1).

        Args:
            others: Handles of stages, or lists of them.

        Returns:
            This handle.
        """
        _order(others, self)
        return self

    def is_in(self, items: Any) -> Comparison:
        """The predicate that the value is among others; Python's own `in` cannot wait for a run.

        Args:
            items: A list of constants, or the handle of a list.
        """
        return Comparison(self, "in", items, users_place())

    def or_else(self, other: Any) -> Handle:
        """Let another stage stand in where this one has failed for good (F3).

        Args:
            other: Handle of the stand-in, which gives the same.

        Returns:
            This handle: its consumers get the stand-in's values then.
        """
        _fall_back(self, other)
        return self

    def __rshift__(self, other: Any) -> Any:
        """`a >> b`: `b` after `a`; either may be a list."""
        _order(self, other)
        return other

    def __rrshift__(self, other: Any) -> Handle:
        _order(other, self)
        return self

    def __getattr__(self, name: str) -> Handle:
        if name.startswith("__") and name.endswith("__"):
            # Python and its tools ask for protocols like this: having none is the answer.
            raise AttributeError(name)
        return _attribute(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        _misused(self, "assignment", f".{name} = ...")

    def __setitem__(self, key: object, value: object) -> None:
        _misused(self, "assignment", "[...] = ...")

    def __call__(self, *_arguments: object, **_keywords: object) -> Handle:
        """Recorded as a misuse: the value is there only in a run."""
        return _misused(self, "call", "(...)")

    def __bool__(self) -> bool:
        _misused(self, "condition")
        trace = current_trace()
        return trace is not None and trace.first_time()

    def __iter__(self) -> Iterator[Handle]:
        poison = _misused(self, "iteration")
        return iter([poison] * _expected_items())

    def __contains__(self, item: object) -> bool:
        _misused(self, "membership", "handle")
        return True

    def __getitem__(self, key: object) -> Handle:
        return _misused(self, "index", _key(key))

    def __len__(self) -> int:
        _misused(self, "number", "len")
        return 0

    def __int__(self) -> int:
        _misused(self, "number", "int")
        return 0

    def __float__(self) -> float:
        _misused(self, "number", "float")
        return 0.0

    def __index__(self) -> int:
        _misused(self, "number", "index")
        return -1  # `range` is empty then, and `open` opens nothing: 0 is the standard input.

    def __str__(self) -> str:
        _misused(self, "text", "str")
        return repr(self)

    def __format__(self, spec: str) -> str:
        _misused(self, "text", "format")
        return repr(self)

    def __fspath__(self) -> str:
        _misused(self, "text", "path")
        return repr(self)

    def __repr__(self) -> str:
        return f"<{described(self._origin)}>"

    def __copy__(self) -> Handle:
        return self

    def __deepcopy__(self, memo: object) -> Handle:
        return self

    def __reduce__(self) -> str:
        raise TypeError(f"{self!r} has a value only in a run of the pipeline: it cannot be pickled")

    def __hash__(self) -> int:
        return id(self)

    def __invert__(self) -> Negation:
        return Negation(self, users_place())


def origin_of(handle: Handle) -> Origin:
    """Where the value will come from."""
    return handle._origin


def trace_of(handle: Handle) -> Trace | None:
    """The record that the handle belongs to; None for properties of the run, which belong to all."""
    return handle._trace


def described(origin: Origin) -> str:
    """The origin in a few words: `result of ingest`, `parameter root`, `run.date`."""
    if isinstance(origin, StageValue):
        return ".".join((f"handle of {origin.call.stage.__name__}", *origin.path))
    if isinstance(origin, ParameterValue):
        return f"parameter {origin.name}"
    if isinstance(origin, ItemValue):
        return ".".join(("item of a loop", *origin.path))
    if isinstance(origin, CollectedValue):
        return f"collect({described(origin.of)})"
    if isinstance(origin, FirstValue):
        return f"first_of({', '.join(map(described, origin.options))})"
    return f"run.{origin.name}" if isinstance(origin, RunValue) else "what a misused handle gave"


def _handles_in(other: object) -> list[object]:
    """What `other` and the lists in it hold."""
    if isinstance(other, list | tuple):
        return [found for each in other for found in _handles_in(each)]
    return [other]


def _fall_back(primary: Handle, other: Any) -> None:
    trace = current_trace()
    if trace is None:
        raise TypeError("stages stand in for others only inside a pipeline function")
    first, then = primary._origin, other._origin if isinstance(other, Handle) else None
    if isinstance(first, StageValue) and isinstance(then, StageValue):
        trace.fallbacks.append((first.call, then.call, users_place()))
    elif not isinstance(first, Unusable) and not isinstance(then, Unusable):
        trace.misuse("fallback", first, repr(other) if isinstance(first, StageValue) else repr(primary))


def _order(before: Any, after: Any) -> None:
    trace = current_trace()
    if trace is None:
        raise TypeError("stages can be ordered only inside a pipeline function")
    first = [value for each in _handles_in(before) for value in _ordered(each, trace)]
    then = [value for each in _handles_in(after) for value in _ordered(each, trace)]
    for value in then:
        value.call.after.extend(first)


def _ordered(given: object, trace: Trace) -> tuple[StageValue, ...]:
    """The stages that are put in order, of a join all; what is none is recorded."""
    origin = given._origin if isinstance(given, Handle) else None
    values = _stage_values(origin) if origin is not None else ()
    if not values:
        trace.misuse("order", origin or ParameterValue(""), described(origin) if origin else repr(given))
    return values


def _attribute(handle: Handle, name: str) -> Handle:
    deeper = _deeper(handle._origin, name)
    if deeper is None:
        return _misused(handle, "attribute", name)
    if handle._trace is not None:
        handle._trace.attributes.extend((each, users_place()) for each in _stage_values(deeper))
    return Handle(deeper, handle._trace)


def _deeper(origin: Origin, name: str) -> StageValue | ItemValue | CollectedValue | FirstValue | None:
    match origin:
        case StageValue():
            return StageValue(origin.call, (*origin.path, name))
        case ItemValue():
            return ItemValue(origin.loop, origin.name, (*origin.path, name))
        case CollectedValue():
            inner = _deeper(origin.of, name)
            return None if inner is None else CollectedValue(inner)
        case FirstValue():
            return FirstValue(tuple(StageValue(each.call, (*each.path, name)) for each in origin.options))
    return None


def _stage_values(origin: Origin) -> tuple[StageValue, ...]:
    match origin:
        case StageValue():
            return (origin,)
        case CollectedValue():
            return _stage_values(origin.of)
        case FirstValue():
            return origin.options
    return ()


def _misused(handle: Handle, kind: MisuseKind, detail: str = "") -> Handle:
    trace = current_trace()
    if trace is None:
        raise TypeError(f"{handle!r} has a value only in a run of the pipeline; it was used outside of it")
    trace.misuse(kind, handle._origin, detail)
    return Handle(Unusable(), trace)


def _key(key: object) -> str:
    """A key as it stands between the brackets."""
    if isinstance(key, slice):
        return ":".join("" if each is None else repr(each) for each in (key.start, key.stop))
    return repr(key)


def _expected_items() -> int:
    """How many items an unpacking wants, 1 where nothing says: `model, auc = train(...)` goes on with two stand-ins."""
    from dis import opmap

    place = users_place()
    code = place.code.co_code
    return code[place.offset + 1] if code[place.offset] == opmap["UNPACK_SEQUENCE"] else 1


def _operator(symbol: str, kind: MisuseKind) -> Callable[..., Handle]:
    def misuse(self: Handle, *_others: object) -> Handle:
        return _misused(self, kind, symbol)

    return misuse


def _comparison(symbol: Symbol) -> Callable[[Handle, object], Comparison]:
    def compare(self: Handle, other: object) -> Comparison:
        return Comparison(self, symbol, other, users_place())

    return compare


def _combination(kind: Literal["all", "any"], reflected: bool) -> Callable[[Handle, object], Combination]:
    def combine(self: Handle, other: object) -> Combination:
        return Combination(kind, (other, self) if reflected else (self, other), users_place())

    return combine


_COMPARISONS: dict[str, Symbol] = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_COMBINATIONS: dict[str, Literal["all", "any"]] = {"and": "all", "or": "any"}
_BINARY = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "divmod": "divmod", "pow": "**",
    "matmul": "@", "xor": "^", "lshift": "<<",
}  # fmt: skip
_UNARY = {"neg": "-", "pos": "+", "abs": "abs", "round": "round"}

for _name, _compared in _COMPARISONS.items():
    setattr(Handle, f"__{_name}__", _comparison(_compared))
for _name, _kind in _COMBINATIONS.items():
    setattr(Handle, f"__{_name}__", _combination(_kind, reflected=False))
    setattr(Handle, f"__r{_name}__", _combination(_kind, reflected=True))
for _name, _symbol in _BINARY.items():
    setattr(Handle, f"__{_name}__", _operator(_symbol, "arithmetic"))
    setattr(Handle, f"__r{_name}__", _operator(_symbol, "arithmetic"))
for _name, _symbol in _UNARY.items():
    setattr(Handle, f"__{_name}__", _operator(_symbol, "arithmetic"))
