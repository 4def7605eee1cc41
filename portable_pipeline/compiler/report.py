"""The report beside the output: which rules it relies on and how the target keeps them; which line came from where."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from importlib.metadata import version
from typing import Any

from portable_pipeline.backend import Answer, Backend, rules_used
from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.codegen.names import python_name
from portable_pipeline.ir import Pipeline, digest

_FUNCTION = re.compile(r"^[ \t]*def (\w+)\(", re.MULTILINE)


def report_path(pipeline: Pipeline) -> str:
    """Where the report stands in the target's folder."""
    return f"{python_name(pipeline.name)}.report.json"


def report(
    pipeline: Pipeline, target: Backend, files: Iterable[GeneratedFile], degraded: Collection[str]
) -> GeneratedFile:
    """The report as a file.

    Args:
        files: The generated files as they will be written: the source map counts their lines.
        degraded: Ids of refused rules that the user gave up.
    """
    kept = tuple(files)
    content = {
        "pipeline": pipeline.name,
        "source": pipeline.source,
        "target": target.name,
        "engine_version": target.engine.version,
        "ppc_version": version("portable-pipeline"),
        "ir_sha256": digest(pipeline),
        "rules": {rule: _answer(target, rule, degraded) for rule in rules_used(pipeline)},
        "source_map": _source_map(pipeline, kept),
        "files": sorted(each.path for each in kept),
    }
    return GeneratedFile(report_path(pipeline), json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _answer(target: Backend, rule: str, degraded: Collection[str]) -> dict[str, str]:
    support = target.support[rule]
    if support.answer is Answer.REFUSED and rule in degraded:
        return {"answer": "degraded", "how": support.degraded}
    return {"answer": support.answer.value, "how": support.how}


def _source_map(pipeline: Pipeline, files: Iterable[GeneratedFile]) -> list[dict[str, Any]]:
    spans = {stage.id: stage.span for stage in pipeline.stages}
    entries: list[dict[str, Any]] = []
    for each in files:
        lines = _function_lines(each.text) if each.anchors else {}
        for stage, function in each.anchors.items():
            span = spans[stage]
            if span is not None:
                place = {"file": each.path, "line": lines[function]}
                entries.append({**place, "stage": stage, "source": span.file, "source_line": span.line})
    return entries


def _function_lines(text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    position, line = 0, 1
    for match in _FUNCTION.finditer(text):
        line += text.count("\n", position, match.start(1))
        position = match.start(1)
        lines.setdefault(match[1], line)
    return lines
