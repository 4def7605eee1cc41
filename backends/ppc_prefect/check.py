"""What only Prefect minds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.prefect import (
    PrefectFlowName,
    PrefectParameterName,
    PrefectTagTemplate,
)
from portable_pipeline.ir import Pipeline
from ppc_prefect.lower import moment_names, owner_and_tags
from ppc_prefect.names import PREFECT_NAMES

_BANNED_IN_NAMES = frozenset('/%&><"')
#: Prefect fills these in a deployment file and knows no way to escape them.
_TEMPLATE = re.compile(r"{{\s*[\w.\-\[\]$]+\s*}}")


def check(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Names that Prefect does not take, and text that it would not leave alone."""
    banned = "".join(sorted({*pipeline.name} & _BANNED_IN_NAMES))
    if banned:
        yield PrefectFlowName(span=pipeline.span, name=pipeline.name, banned=banned)
    reserved = {*PREFECT_NAMES, *moment_names(pipeline)}
    for parameter in pipeline.parameters:
        if parameter.name in reserved or parameter.name.startswith("_"):
            yield PrefectParameterName(span=parameter.span or pipeline.span, name=parameter.name)
    for tag in owner_and_tags(pipeline):
        if _TEMPLATE.search(tag):
            yield PrefectTagTemplate(span=pipeline.span, tag=tag)
