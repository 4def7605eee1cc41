"""The variables of modules as they were, to tell whether they still are.

A variable that is bound to something else is seen by comparing the module's names with a copy; one whose object has
changed inside, by a picture of that object. Of what no picture can be made, nothing can be said.
"""

import _thread
import builtins
import datetime
import enum
import functools
import marshal
import os
import re
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from contextvars import Context, ContextVar
from typing import Any

_OURS = __name__.partition(".")[0]
#: Larger data is not compared after each attempt, bytes.
_LARGEST = 1 << 16

_UNCHANGING: tuple[type, ...] = (
    *(int, float, complex, str, bytes, range, slice, type(None), type(...), type(NotImplemented)),
    *(datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo, enum.Enum, re.Pattern),
    *(types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType),
    *(types.GetSetDescriptorType, types.MemberDescriptorType, types.GenericAlias, types.UnionType),
)
#: What is of a type of these modules, and of none of the above, does not change either: annotations, fields of tuples.
_UNCHANGING_MODULES = ("__future__", "_abc", "collections", "pathlib", "pathlib._local", "typing")
_DATA = (list, dict, set, bytearray)


class Unknowable(Exception):
    """There is an object of which nobody can tell whether it has changed."""


class Pictures:
    """The state of modules at one moment.

    Args:
        code: The folder of the stages' code: what is defined there is looked into.
        modules: Those that were imported for them; of the library's own the names are looked at.

    Raises:
        Unknowable: If that state cannot be told.
    """

    def __init__(self, code: str, modules: Iterable[types.ModuleType]) -> None:
        self._names: dict[int, tuple[Mapping[str, Any], dict[str, Any]]] = {}
        self._pictures: list[tuple[Callable[[], object], object]] = []
        self._seen: set[int] = set()
        self._own = {module.__name__ for module in modules if _is_in(module, code)}
        for module in (builtins, os, sys):
            self._watch(vars(module))
        for module in modules:
            self._module(module)

    def renew(self) -> None:
        """Take everything as it is now: what a fork has changed of itself is no trace."""
        self._names = {key: (names, dict(names)) for key, (names, _) in self._names.items()}
        self._pictures = [(look, look()) for look, _ in self._pictures]

    def same(self) -> bool:
        """Whether everything is as it was."""
        return all(names == before for names, before in self._names.values()) and all(
            look() == before for look, before in self._pictures
        )

    def _module(self, module: types.ModuleType) -> None:
        if module.__name__ in self._own:
            self._namespace(vars(module))
        elif module.__name__.partition(".")[0] not in {*sys.stdlib_module_names, _OURS}:
            raise Unknowable(module.__name__)

    def _namespace(self, names: Mapping[str, Any]) -> None:
        self._watch(names)
        for name, value in names.items():
            if not (name.startswith("_") and name.endswith("_")):  # the interpreter's, and those of enumerations
                self._look_into(value)

    def _watch(self, names: Mapping[str, Any]) -> None:
        self._names[id(names)] = (names, dict(names))

    def _look_into(self, value: Any) -> None:
        """Take note of what can change in a value, and in what it holds."""
        if isinstance(value, _UNCHANGING) or id(value) in self._seen:
            return
        self._seen.add(id(value))
        if isinstance(value, getattr(sys.modules.get("logging"), "Logger", ())):
            self._logger(value)
            return
        for kind, look in _KINDS.items():
            if isinstance(value, kind):
                look(self, value)
                return
        if type(value).__module__ not in _UNCHANGING_MODULES:
            raise Unknowable(repr(type(value)))

    def _picture(self, look: Callable[[], object]) -> None:
        self._pictures.append((look, look()))

    def _many(self, value: Iterable[Any]) -> None:
        for each in value:
            self._look_into(each)

    def _data(self, value: Any) -> None:
        # Version 2 depends on nothing but the content.
        look = functools.partial(marshal.dumps, value, 2)
        try:
            size = len(look())
        except ValueError:
            raise Unknowable(repr(type(value))) from None
        if size > _LARGEST:
            raise Unknowable(f"{size} bytes")
        self._picture(functools.partial(_content, look))

    def _function(self, value: types.FunctionType) -> None:
        if value.__module__ in self._own:
            self._watch(value.__dict__)
            self._imports_of(value.__code__)
            self._picture(lambda: (value.__code__, value.__defaults__, value.__kwdefaults__))
            self._many([*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values(), *value.__dict__.values()])
            self._many([cell.cell_contents for cell in value.__closure__ or ()])

    def _imports_of(self, code: types.CodeType) -> None:
        """Watch what may be imported inside: its names are among all the others."""
        for name in code.co_names:
            _refuse(name)
            if name in sys.modules and name not in self._own:
                self._watch(vars(sys.modules[name]))
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._imports_of(constant)

    def _cached(self, value: Any) -> None:
        self._picture(value.cache_info)
        self._look_into(value.__wrapped__)

    def _bound(self, value: Any) -> None:
        # Those of the generator that everybody uses; it is seeded for each attempt.
        if value.__self__ is not getattr(sys.modules.get("random"), "_inst", None):
            self._look_into(value.__self__)

    def _logger(self, value: Any) -> None:
        self._watch(vars(value))
        self._picture(lambda: ([*value.handlers], [*value.filters]))

    def _class(self, value: type) -> None:
        _refuse(value.__module__)
        if value.__module__ in self._own:
            self._namespace(vars(value))

    def _lock(self, value: Any) -> None:
        self._picture(value.locked)

    def _context_variable(self, value: ContextVar[Any]) -> None:
        # What an attempt sets is gone with its context; all begin with the default.
        with suppress(LookupError):
            self._look_into(Context().run(value.get))

    def _descriptor(self, value: Any) -> None:
        self._look_into(value.__func__)

    def _property(self, value: property) -> None:
        self._many((value.fget, value.fset, value.fdel))

    def _referred(self, value: types.ModuleType) -> None:
        _refuse(value.__name__)
        if value.__name__ not in self._own:
            self._watch(vars(value))


def _refuse(module: str) -> None:
    if module == "ctypes":  # whoever uses it can change everything
        raise Unknowable(module)


def _content(look: Callable[[], object]) -> object:
    try:
        return look()
    except ValueError:  # something was put in that no picture can be made of
        return None


def _is_in(module: types.ModuleType, folder: str) -> bool:
    file = getattr(module, "__file__", None) or ""
    return file.startswith(folder + os.sep) and module.__name__.partition(".")[0] != _OURS


#: How to look into what is of that kind; the first that fits.
_KINDS: dict[Any, Callable[[Pictures, Any], None]] = {
    (tuple, frozenset): Pictures._many,
    _DATA: Pictures._data,
    types.FunctionType: Pictures._function,
    functools._lru_cache_wrapper: Pictures._cached,
    (types.MethodType, types.BuiltinFunctionType): Pictures._bound,
    type: Pictures._class,
    (staticmethod, classmethod): Pictures._descriptor,
    property: Pictures._property,
    types.ModuleType: Pictures._referred,
    _thread.LockType: Pictures._lock,
    ContextVar: Pictures._context_variable,
}
