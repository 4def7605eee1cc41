"""The codes, one class for each, a module for each group. Importing this package imports none of them: see `load`."""

from __future__ import annotations

from functools import cache


@cache
def load() -> None:
    """Import every module of the catalog, so that `codes()` knows all codes."""
    from importlib import import_module
    from pkgutil import iter_modules

    for module in iter_modules(__path__, __name__ + "."):
        import_module(module.name)
