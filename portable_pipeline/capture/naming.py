"""What a user may call a pipeline: `path.py`, `path.py:function`, `package.module:function`, or IR JSON."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from portable_pipeline.capture.project import root_of
from portable_pipeline.diagnostics import Refused
from portable_pipeline.diagnostics.catalog.input import MissingFile, NotAPipelineFile, UnknownModule
from portable_pipeline.diagnostics.suggest import closest, did_you_mean


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for.

    Args:
        file: The Python or JSON file, absolute.
        function: The pipeline in it; None when the name does not say.
        shown: The file or module as the user named it.
        root: The folder that the file's module is imported from.
    """

    file: Path
    function: str | None
    shown: str
    root: Path


def resolve(name: str) -> Named:
    """The file and function that a name stands for.

    Raises:
        Refused: If there is no such file or module.
    """
    file, separator, function = name.rpartition(":")
    if not separator or not (file.endswith(".py") or _is_dotted(file)) or Path(name).is_file():
        file, function = name, ""
    elif not file.endswith(".py"):
        path = _module_file(file)
        depth = file.count(".") + (path.name == "__init__.py")
        return Named(path, function or None, file, path.parents[depth])
    path = Path(file).resolve()
    if not path.exists() and not separator and "." in name and path.suffix not in (".py", ".json") and _is_dotted(name):
        return resolve(f"{name}:")
    if not path.exists():
        raise Refused([MissingFile(path=file, suggestion=_beside(path))])
    if path.is_dir():
        reason = "it is a folder"
        raise Refused([NotAPipelineFile(path=file, reason=reason)])
    if path.suffix not in (".py", ".json"):
        raise Refused(
            [NotAPipelineFile(path=file, reason=f"its name ends in `{path.suffix}`, not in `.py` or `.json`")]
        )
    return Named(path, function or None, file, root_of(path))


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


def _beside(path: Path) -> str:
    """The file in that folder that was probably meant."""
    folder = path.parent
    if not folder.is_dir():
        return f"there is no folder `{folder.name}` either; paths count from the current folder"
    names = [each.name for each in folder.iterdir() if each.suffix in (".py", ".json")]
    close = closest(path.name, names)
    return f"did you mean `{close}`?" if close else "paths count from the current folder"


def _module_file(dotted: str) -> Path:
    """The file of a module, found as `python -m` would, without importing its packages."""
    path: list[str] | None = [str(Path.cwd()), *sys.path]
    origin: str | None = None
    for part in dotted.split("."):
        spec = PathFinder.find_spec(part, path)
        if spec is None:
            suggestion = did_you_mean(part, _modules_in(path), listed=0)
            if not suggestion.startswith("did"):
                suggestion = "name a file, `path.py:function`, or a module that is found from the current folder"
            raise Refused([UnknownModule(name=dotted, suggestion=suggestion)])
        origin, path = spec.origin, list(spec.submodule_search_locations or [])
    if origin is None or not origin.endswith(".py"):
        raise Refused([UnknownModule(name=dotted, suggestion="it is no Python file")])
    return Path(origin).resolve()


def _modules_in(folders: list[str] | None) -> list[str]:
    existing = (Path(folder) for folder in folders or () if Path(folder).is_dir())
    names = (each.name.removesuffix(".py") for folder in existing for each in folder.iterdir())
    return [each for each in names if each.isidentifier()]
