"""The user's code, as it travels with the pipeline: statements with what they define and need."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from portable_pipeline.ir.base import Node


class Statement(Node):
    """One top-level statement of a module that stages need, comments above it included, our decorators taken off.

    Args:
        text: Source, ending in a newline.
        line: Its first line in the original file, from 1.
        defines: Names it binds at module level.
        needs: Module-level names (of the same module) that it uses, in any nested scope.
        local_imports: Dotted names of the user's local modules that it imports, at top level or inside.
        is_import: Whether it is an import statement (they come first in a module).
    """

    text: str
    line: int
    defines: tuple[str, ...]
    needs: tuple[str, ...] = ()
    local_imports: tuple[str, ...] = ()
    is_import: bool = False


class ExtractedModule(Node):
    """A module that uses our language: only what its stages need travels.

    Args:
        name: Dotted name under which stages refer to it.
        file: Path of the original, relative to the project root.
        future_annotations: Whether the original has `from __future__ import annotations`.
        runtime_names: Names of ours that stage code needs at run time (`Abort`, `Artifact`), imported from
            `stage_runtime`.
        statements: In source order; reachable from a stage of the pipeline.
    """

    kind: Literal["extracted"] = "extracted"
    name: str
    file: str
    future_annotations: bool = False
    runtime_names: tuple[str, ...] = ()
    statements: tuple[Statement, ...]


class VerbatimModule(Node):
    """A local module that does not use our language: travels as it is.

    Args:
        name: Dotted name.
        file: Path of the original, relative to the project root.
        is_package: Whether it is an `__init__.py`.
        source: The whole text.
        local_imports: Dotted names of further local modules that it imports.
    """

    kind: Literal["verbatim"] = "verbatim"
    name: str
    file: str
    is_package: bool = False
    source: str
    local_imports: tuple[str, ...] = ()


Module = Annotated[ExtractedModule | VerbatimModule, Field(discriminator="kind")]
