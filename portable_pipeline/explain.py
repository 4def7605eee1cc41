"""The pages of `ppc explain`: a code's from its class, a rule's from the semantics and the support tables."""

from __future__ import annotations

from portable_pipeline.diagnostics.explain import explain
from portable_pipeline.semantics import RULES


def explained(name: str) -> str:
    """The page of a code or a rule.

    Raises:
        KeyError: If it is neither.
    """
    if name in RULES:
        from portable_pipeline.backend import backends
        from portable_pipeline.matrix import answers

        return f"{name}: {RULES[name].title}\n\n{answers(name, backends())}"
    return explain(name)
