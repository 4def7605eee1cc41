"""Pieces of calls that all targets generate: names that are free, keyword arguments, targets, addresses."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from portable_pipeline.codegen.literals import Source, identifier, literal
from portable_pipeline.ir import (
    HOOK_TIMEOUT,
    Body,
    CommandBody,
    Hook,
    ItemKey,
    ParameterRef,
    RunDate,
    Text,
    Uri,
    UriPart,
)


class FreeNames:
    """Hands out each name once.

    Args:
        taken: Names that are not to be given away, apart from Python's own.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*taken, *keyword.kwlist, *dir(builtins)}

    def take(self, wanted: str) -> Source:
        """The name, or the name with as many underscores behind it as it takes."""
        while wanted in self._taken:
            wanted += "_"
        self._taken.add(wanted)
        return identifier(wanted)

    def keep(self, names: Iterable[str]) -> None:
        """Give these away to nobody."""
        self._taken |= {*names}

    def copy(self) -> FreeNames:
        """One that hands out the same names, for an inner scope."""
        return FreeNames(self._taken)


@dataclass(frozen=True, slots=True)
class Keyword:
    """`name=value`, as an argument of a call."""

    name: Source
    value: Source


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of a generated function; `default` is None where a value must be given."""

    name: Source
    annotation: Source
    default: Source | None = None


def given(name: str, value: object) -> Keyword:
    """An argument whose value is known at compile time."""
    return Keyword(identifier(name), value if isinstance(value, Source) else literal(value))


def work(body: Body) -> Source:
    """What an attempt is to do: `"module:function"`, the arguments of a command, or a shell line."""
    if isinstance(body, CommandBody):
        return literal(body.command if isinstance(body.command, str) else list(body.command))
    return literal(f"{body.module}:{body.function}")


def hook_timeout(hook: Hook) -> Source | None:
    """The bound on a hook; None where it is that of our runtime."""
    return None if hook.timeout == HOOK_TIMEOUT else literal(hook.timeout)


def address(
    uri: Uri,
    expression: Callable[[ParameterRef | RunDate], Source],
    item_key: Callable[[ItemKey], Source] | None = None,
) -> Source:
    """An artifact's address as a string, or as an f-string.

    Args:
        expression: What stands in the braces for a part that only the run knows; it holds no double quote and no
            backslash, which Python 3.10 and 3.11 do not take there.
        item_key: The same for what names the current item (M7), where the target has loops.
    """
    if all(isinstance(part, Text) for part in uri.parts):
        return literal("".join(part.text for part in uri.parts if isinstance(part, Text)))
    return Source(f'f"{"".join(_in_address(part, expression, item_key) for part in uri.parts)}"')


def _in_address(
    part: UriPart,
    expression: Callable[[ParameterRef | RunDate], Source],
    item_key: Callable[[ItemKey], Source] | None,
) -> str:
    if isinstance(part, Text):
        return _in_f_string(part.text)
    if isinstance(part, ItemKey):
        if item_key is None:
            raise ValueError("a target that writes addresses of loops (M7) has to say how")
        return f"{{{item_key(part)}}}"
    return f"{{{expression(part)}}}"


def _in_f_string(text: str) -> str:
    """Text between the double quotes of an f-string."""
    written = str(literal(text))
    inner = written[1:-1]
    if written[0] == "'":
        inner = inner.replace("\\'", "'").replace('"', '\\"')
    return inner.replace("{", "{{").replace("}", "}}")
