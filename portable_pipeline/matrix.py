"""The support matrix: how each target answers each rule of the semantics; printed, and pasted into the README."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from portable_pipeline.backend import Answer, Backend, Evidence, Support
from portable_pipeline.semantics import RULES

GROUPS = {
    "G": "graph",
    "V": "values",
    "P": "parameters",
    "R": "retries and timeouts",
    "F": "failure",
    "C": "conditions",
    "M": "maps",
    "A": "artifacts",
    "D": "dates and schedules",
    "X": "exit and alerts",
    "K": "cache",
    "E": "environment",
}


def as_text(targets: Mapping[str, Backend]) -> str:
    """The matrix for a terminal, one line for each rule."""
    titles = [target.title for target in targets.values()]
    columns = [max(len(title), len("emulated, spec-only")) for title in titles]
    width = max(len(f"{rule.id} {rule.title}") for rule in RULES.values()) + 2
    lines = [" " * width + "  ".join(f"{title:{size}}" for title, size in zip(titles, columns, strict=True)).rstrip()]
    for group, ids in _groups():
        lines += ["", GROUPS[group]]
        for rule in ids:
            cells = [
                f"{_cell(target.support[rule]):{size}}" for target, size in zip(targets.values(), columns, strict=True)
            ]
            lines.append(f"{f'{rule} {RULES[rule].title}':{width}}{'  '.join(cells)}".rstrip())
    return "\n".join([*lines, "", _LEGEND, ""])


def as_json(targets: Mapping[str, Backend]) -> str:
    """The matrix for programs: targets by name, each with its engine and an answer for each rule."""
    content = {
        "rules": {rule.id: rule.title for rule in RULES.values()},
        "targets": {name: _as_object(target) for name, target in targets.items()},
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def as_markdown(targets: Mapping[str, Backend]) -> str:
    """The matrix as a table for the README, and below it what is refused and what to do instead."""
    header = ["Rule", *(f"{target.title} {target.engine.version}" for target in targets.values())]
    lines = [_row(header), _row(["---"] * len(header))]
    for rule in RULES.values():
        lines.append(
            _row([f"**{rule.id}** {rule.title}", *(_cell(each.support[rule.id]) for each in targets.values())])
        )
    refusals = [
        f"- **{target.title}, {rule}**: {target.support[rule].how}. {_sentence(target.support[rule].instead)}".rstrip()
        for target in targets.values()
        for rule in RULES
        if target.support[rule].answer is Answer.REFUSED
    ]
    return "\n".join([*lines, "", _LEGEND, "", *refusals]).rstrip() + "\n"


def means_as_markdown(rules: Iterable[str], targets: Mapping[str, Backend]) -> str:
    """A table of how each target answers some rules, for a page about them."""
    header = ["Rule", *(target.title for target in targets.values())]
    lines = [_row(header), _row(["---"] * len(header))]
    for rule in rules:
        cells = [f"*{_cell(each.support[rule])}*: {each.support[rule].how}" for each in targets.values()]
        lines.append(_row([f"**{rule}** {RULES[rule].title}", *(cell.replace("|", "\\|") for cell in cells)]))
    return "\n".join(lines) + "\n"


def answers(rule: str, targets: Mapping[str, Backend]) -> str:
    """How each target answers one rule, for `ppc explain RULE`."""
    lines = []
    for target in targets.values():
        support = target.support[rule]
        lines.append(f"{target.title}: {_cell(support)}")
        lines.append(f"    {support.how}")
        lines += [f"    instead: {support.instead}"] if support.instead else []
        lines += [f"    with --degrade {rule}: {support.degraded}"] if support.degraded else []
    return "\n".join(lines) + "\n"


_LEGEND = (
    "native: the engine keeps the rule; emulated: the generated code does; refused: the compiler stops (PPC401).\n"
    "spec-only: shown on the compiled specification, not by a run."
)


def _groups() -> Iterator[tuple[str, list[str]]]:
    return ((group, list(ids)) for group, ids in groupby(RULES, key=lambda rule: rule[0]))


def _cell(support: Support) -> str:
    shown_on_spec = support.evidence is Evidence.SPEC_ONLY and support.answer is not Answer.REFUSED
    return f"{support.answer.value}, spec-only" if shown_on_spec else support.answer.value


def _as_object(target: Backend) -> dict[str, Any]:
    return {
        "title": target.title,
        "engine_version": target.engine.version,
        "rules": {rule: _support_object(target.support[rule]) for rule in RULES},
    }


def _support_object(support: Support) -> dict[str, str]:
    shown = {
        "answer": support.answer.value,
        "how": support.how,
        "evidence": support.evidence.value,
        "instead": support.instead,
        "degraded": support.degraded,
    }
    return {name: text for name, text in shown.items() if text}


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""
