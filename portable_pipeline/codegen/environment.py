"""The templates: where they are, and the one environment that renders them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from portable_pipeline.codegen.literals import commas, comment, docstring, identifier, lines, literal

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **context: object) -> str:
    """The text of a template.

    Args:
        template: Its path below the templates folder, `airflow/dag.py.j2`.
        context: What it names. Strings are printed only through the filters `literal`, `identifier`, `docstring`,
            `comment`, `commas` and `lines`, or when they are `Source` already.

    Raises:
        jinja2.UndefinedError: If the template names what is not there.
        TypeError: If it prints a plain string.
    """
    return _environment().get_template(template).render(context)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # Nothing here is HTML. Autoescaping makes the results of macros a type of their own (Markup), so that
    # `_only_source` can tell them, and `Source`, from plain strings.
    environment = Environment(
        loader=FileSystemLoader(templates_folder()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
        finalize=_only_source,
    )
    environment.filters |= {
        "literal": literal,
        "identifier": identifier,
        "docstring": docstring,
        "comment": comment,
        "commas": commas,
        "lines": lines,
    }
    return environment


def templates_folder() -> Path:
    """The repository's folder in a checkout, where an editable install's copy goes stale; else the packaged one."""
    package = Path(__file__).resolve().parents[1]
    checkout = package.parent / "templates"
    return checkout if (package.parent / "pyproject.toml").is_file() else package / "templates"


def _only_source(value: object) -> object:
    if isinstance(value, str) and not hasattr(value, "__html__"):
        raise TypeError(f"a template printed {value!r}, which is no source text: use a filter such as `literal`")
    return value
