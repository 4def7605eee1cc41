"""The page of a code in `ppc explain`, from the docstring of its class; and the examples in it, for the tests."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

from portable_pipeline.diagnostics.catalog import load
from portable_pipeline.diagnostics.diagnostic import Diagnostic, codes

HEADINGS = ("What", "Why", "Example", "Instead")

_FENCED = re.compile(r"^( *)```python\n(.*?)^ *```$\n?", re.MULTILINE | re.DOTALL)


def explain(code: str) -> str:
    """The page of a code, ending in a newline.

    Raises:
        KeyError: If there is no such code.
    """
    load()
    kind = codes()[code]
    page = _FENCED.sub(lambda found: _indented(found[2]), _docstring(kind))
    triggered = f"\nSeen with\n    {kind.triggered_by}\n" if kind.triggered_by else ""
    return f"{code} ({kind.severity.value}): {page.strip()}\n{triggered}"


def sections(kind: type[Diagnostic]) -> Mapping[str, str]:
    """What stands under each heading, in order; the summary under the empty one."""
    found: dict[str, list[str]] = {"": []}
    heading = ""
    for line in _docstring(kind).splitlines():
        if line in HEADINGS:
            heading = line
            found[heading] = []
        else:
            found[heading].append(line)
    return {name: inspect.cleandoc("\n".join(lines)) for name, lines in found.items()}


def example(text: str) -> str | None:
    """The pipeline file in a section, or None when there is none in it."""
    found = _FENCED.search(f"{text}\n")
    return inspect.cleandoc(found[2]) + "\n" if found else None


def _docstring(kind: type[Diagnostic]) -> str:
    return inspect.cleandoc(kind.__doc__ or "")


def _indented(code: str) -> str:
    # It stands under its heading with four spaces already: four more set it apart from the text.
    return "".join(f"    {line}" if line.strip() else line for line in code.splitlines(keepends=True))
