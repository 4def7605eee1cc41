"""The user's project: where its modules are, which files belong to it."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

from portable_pipeline.capture.source_files import SourceFile

INSTALLED = frozenset({"site-packages", "dist-packages"})

#: What stands in the top folder of a project.
_TOP = ("pyproject.toml", "setup.py", "setup.cfg", ".git")


def root_of(file: Path) -> Path:
    """The folder that the file's module is imported from: the first one up that is no package."""
    folder = file.parent
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    return folder


def top_of(root: Path) -> Path:
    """The project's top folder, from which its files are named; where nothing tells, that of the imports."""
    found = (each for each in (root, *root.parents) if any((each / name).exists() for name in _TOP))
    return next(found, root)


def module_name(file: Path, root: Path) -> str:
    """The dotted name by which the file is imported from the root."""
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


class Project:
    """The modules below one root. Installed packages, the standard library and we ourselves are none of them.

    Args:
        root: The folder that they are imported from, absolute.
        main: The pipeline file: it belongs to the project wherever it is.
    """

    def __init__(self, root: Path, main: Path) -> None:
        self.root = root
        self.top = top_of(root)
        self.main = main
        # Among installed packages, the project is the package that the pipeline is in.
        self._home = root / main.relative_to(root).parts[0] if not INSTALLED.isdisjoint(root.parts) else root
        self._files: dict[str, SourceFile | None] = {}
        self._others = _not_the_users(root)

    def file(self, path: str) -> SourceFile | None:
        """The project's file at this path; None when it is none of the project's."""
        if path not in self._files:
            self._files[path] = self._opened(path)
        return self._files[path]

    def module_file(self, dotted: str) -> SourceFile | None:
        """The file of the project's module of this name; None when the project has no such module."""
        base = self.root.joinpath(*dotted.split("."))
        for candidate in (base / "__init__.py", base.with_name(f"{base.name}.py")):
            if candidate.is_file():
                return self.file(str(candidate))
        return None

    def _opened(self, path: str) -> SourceFile | None:
        absolute = Path(path).resolve()
        if absolute != self.main and not self._holds(absolute):
            return None
        return SourceFile(absolute, absolute.relative_to(self.top).as_posix())

    def _holds(self, path: Path) -> bool:
        if path.suffix != ".py" or not path.is_relative_to(self._home) or not path.is_file():
            return False
        inside = path.relative_to(self.root).parts
        return INSTALLED.isdisjoint(inside) and not any(path.is_relative_to(each) for each in self._others)


def _not_the_users(root: Path) -> tuple[Path, ...]:
    """Folders that hold the standard library or us; those that hold the project itself say nothing."""
    ours = Path(__file__).resolve().parents[1]
    library = (Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib"))
    return tuple(each for each in (ours, *_backend_folders(), *library) if not root.is_relative_to(each))


def _backend_folders() -> list[Path]:
    modules = [module for name, module in sys.modules.items() if name.startswith("ppc_") and "." not in name]
    return [Path(module.__file__).resolve().parent for module in modules if module.__file__ is not None]
