"""A page's model through its template. All text is escaped; style and script stand in the page, known by their hash."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from portable_pipeline.codegen.environment import templates_folder
from portable_pipeline.report.looks import LOOKS
from portable_pipeline.report.model import PipelinePage, RunPage

if TYPE_CHECKING:
    from jinja2 import Environment


def rendered(template: str, page: RunPage | PipelinePage) -> str:
    """The text of a page.

    Args:
        template: `run` or `pipeline`.
    """
    from markupsafe import Markup

    style, script = (_read(name) for name in ("style.css", "script.js"))
    return (
        _environment()
        .get_template(f"{template}.html.j2")
        .render(
            page=page,
            # Ours, read from beside the templates, and a drawing that has escaped what it was given.
            style=Markup(style),
            script=Markup(script),
            drawing=Markup(page.drawing.svg),
            policy=_policy(style, script),
            looks=LOOKS,
            version=version("portable-pipeline"),
        )
    )


def _policy(style: str, script: str) -> str:
    """Forbids everything but this style and this script: nothing is loaded, sent, framed or run besides."""
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{_hash(style)}'; script-src 'sha256-{_hash(script)}';"
        " base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _folder() -> Path:
    return templates_folder() / "report"


@cache
def _read(name: str) -> str:
    text = (_folder() / name).read_text(encoding="utf-8")
    assert "</" not in text, name
    return text


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_folder()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
    )
