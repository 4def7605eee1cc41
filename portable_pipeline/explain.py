"""The pages of `ppc explain`: a code's from its class, a rule's from the semantics and the support tables."""

from __future__ import annotations

import inspect

from portable_pipeline.diagnostics import codes
from portable_pipeline.diagnostics.catalog import load
from portable_pipeline.semantics import RULES


def explained(name: str) -> str:
    """The page of a code or a rule.

    Raises:
        KeyError: If it is neither.
    """
    load()
    found = codes().get(name)
    if found is None:
        from portable_pipeline.backend import backends
        from portable_pipeline.matrix import answers

        return f"{name}: {RULES[name].title}\n\n{answers(name, backends())}"
    return f"{found.code} ({found.severity.value}): {inspect.cleandoc(found.__doc__ or '')}\n"
