"""Compile one pipeline for some targets, and print as JSON what it took: `compile_once.py FILE OUT TARGET...`."""

import time

BEGAN = time.perf_counter()

import json  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from portable_pipeline.backend import backend  # noqa: E402
from portable_pipeline.capture import load  # noqa: E402
from portable_pipeline.codegen.writing import changes, write  # noqa: E402
from portable_pipeline.compiler import compile_pipeline, report_path  # noqa: E402
from portable_pipeline.diagnostics import has_errors  # noqa: E402
from portable_pipeline.validate import validate  # noqa: E402


def main(file: str, out: str, *targets: str) -> None:
    """Every step of `ppc compile`; the engines' own compilers left out."""
    imported = time.perf_counter()
    captured = load(file)
    loaded = time.perf_counter()
    found = (*captured.diagnostics, *validate(captured.pipeline))
    if has_errors(found):
        raise SystemExit("; ".join(f"{each.code} {each.message}" for each in found))
    validated = time.perf_counter()
    for name in targets:
        target = backend(name)
        files = compile_pipeline(captured.pipeline, target)
        folder = Path(out, name)
        write(folder, changes(folder, files, report_path(captured.pipeline)))
    done = time.perf_counter()
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = {
        "seconds": done - imported,
        "capture_seconds": loaded - imported,
        "validate_seconds": validated - loaded,
        "compile_seconds": done - validated,
        "process_seconds": done - BEGAN,
        "peak_mb": usage / (1 << 20 if sys.platform == "darwin" else 1 << 10),
    }
    print(json.dumps(figures))


main(*sys.argv[1:])
