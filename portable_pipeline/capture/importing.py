"""Executing the user's module, and leaving the interpreter as it was."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from portable_pipeline.capture.project import INSTALLED, Project
from portable_pipeline.capture.protecting import protected
from portable_pipeline.capture.source_files import SourceFile


@contextmanager
def users_imports(project: Project) -> Iterator[None]:
    """Let modules of the project be imported, and forget them afterwards.

    Two projects may have modules of the same name, and a file may change between two captures. Installed packages stay
    loaded: many cannot be loaded twice.
    """
    path, modules, folder = list(sys.path), dict(sys.modules), Path.cwd()
    for name in _names_in(project.root):
        loaded = sys.modules.get(name)
        if loaded is not None and _is_elsewhere(loaded, project):
            for each in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
                del sys.modules[each]
    sys.path.insert(0, str(project.root))
    importlib.invalidate_caches()
    try:
        with protected():
            yield
    finally:
        sys.path[:] = path
        os.chdir(folder)  # `os.chdir(...)` beside the imports is not rare, and paths on our command line are relative
        for name, module in list(sys.modules.items()):
            if modules.get(name) is not module and _is_inside(module, project):
                del sys.modules[name]
        for name, module in modules.items():
            sys.modules.setdefault(name, module)


def execute(source: SourceFile, name: str) -> ModuleType:
    """The module of the file, executed as an import would.

    Args:
        source: The file.
        name: Its dotted name; its packages are imported first.

    Raises:
        BaseException: Whatever the user's code raises.
    """
    parent, _, last = name.rpartition(".")
    package = importlib.import_module(parent) if parent else None
    loaded = sys.modules.get(name)
    if loaded is not None and _file_of(loaded) == str(source.path):
        return loaded  # Its package has imported it already: a second copy would have other classes.
    spec = spec_from_file_location(name, source.path)
    if spec is None:
        raise ImportError(f"no loader for {source.path.name}", name=name)
    module = module_from_spec(spec)
    sys.modules[name] = module
    # Without `dont_inherit` the user's annotations would become strings, as ours are.
    exec(compile(source.tree, str(source.path), "exec", dont_inherit=True), module.__dict__)
    if package is not None:
        setattr(package, last, module)
    return module


def _names_in(root: Path) -> Iterator[str]:
    for each in root.iterdir():
        if each.suffix == ".py" or (each.is_dir() and each.name.isidentifier()):
            yield each.stem


def _is_inside(module: ModuleType, project: Project) -> bool:
    """Whether it is the project's: a module, or a package without a file of its own."""
    file = _file_of(module)
    if file:
        return project.file(file) is not None
    return any(Path(each).is_relative_to(project.root) for each in getattr(module, "__path__", ()))


def _is_elsewhere(module: ModuleType, project: Project) -> bool:
    """Whether it is a plain module of another project, so that forgetting it for a while does no harm."""
    places = [Path(each) for each in (_file_of(module), *getattr(module, "__path__", ())) if each]
    if not places or module.__name__ in sys.stdlib_module_names:
        return False
    return not any(each.is_relative_to(project.root) or INSTALLED & set(each.parts) for each in places)


def _file_of(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or ""
