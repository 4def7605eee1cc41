"""What a user sees of a bug of ours: a code, and where the traceback is kept."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback

from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.output import OurBug

TRACEBACK_VARIABLE = "PPC_TRACEBACK"


def our_bug(error: Exception) -> Diagnostic:
    """The diagnostic for an exception that nothing expected; its traceback goes to a file."""
    trace = "".join(traceback.format_exception(error))
    if os.environ.get(TRACEBACK_VARIABLE, "0") not in ("", "0"):
        print(trace, file=sys.stderr)
    with tempfile.NamedTemporaryFile(
        "w", prefix="ppc-traceback-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as file:
        file.write(f"ppc {' '.join(sys.argv[1:])}\n\n{trace}")
    return OurBug(error=f"{type(error).__name__}: {error}", traceback=file.name)
