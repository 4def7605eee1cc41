"""What was measured, as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from runners.compare import STAGES


def about(measured: Mapping[str, Any]) -> str:
    """The machine, and how quiet it was."""
    machine, moments = measured["machine"], measured["moments"]
    facts = [
        f"{machine['cores']} cores, Python {machine['python']}, SQLite {machine['sqlite']}, {machine['system']}",
        f"{machine['file_system']}: fsync of 4 kB {spread(moments, 'fsync_seconds')} ms, "
        f"a synchronous commit of SQLite {spread(moments, 'commit_seconds')} ms",
        f"the same work of the processor alone took {spread(moments, 'spin_seconds')} ms; load "
        f"{min(each['load'] for each in moments):.1f} to {max(each['load'] for each in moments):.1f}",
        f"{measured['rounds']} rounds, all in turn; medians, the least in parentheses",
    ]
    return "\n".join(f"- {fact}" for fact in facts)


def spread(moments: Sequence[Mapping[str, float]], key: str) -> str:
    """The median of the rounds with the least and the most, in milliseconds."""
    values = [1000 * each[key] for each in moments]
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def comparison(measured: Mapping[str, Any]) -> str:
    """A row for each contestant, the fastest chain first."""
    contestants = measured["contestants"]
    head = [
        "",
        "chain of 100, ms/stage",
        "fan of 200 + join, ms/stage",
        "a run of 1, ms",
        "further stage, ms",
        "ready, s",
    ]
    held = [name for name in ("ours", "floor") if name in contestants]
    head += [f"chain, to {contestants[name]['label']}" for name in held]
    head += [f"fan, to {contestants[name]['label']}" for name in held]
    rows = []
    for each in sorted(contestants.values(), key=lambda each: seconds(each, "chain:100")):
        row = [each["label"], *(per_stage(each, shape) for shape in STAGES)]
        row += [f"{1000 * seconds(each, 'chain:1'):.1f}", f"{1000 * further(each):.2f}", f"{each['setup_seconds']:.1f}"]
        row += [f"{seconds(each, shape) / seconds(contestants[name], shape):.2f}" for shape in STAGES for name in held]
        rows.append(row)
    return table(head, rows)


def processors(measured: Mapping[str, Any]) -> str:
    """Processor time, which does not care who else is at work."""
    rows = [[each["label"], *(processor(each, shape) for shape in STAGES)] for each in measured["contestants"].values()]
    return table(["processor time", *(f"{shape}, ms/stage" for shape in STAGES)], rows)


def growth_table(growth: Mapping[str, Any]) -> str:
    """The run of many stages, a row for each thousand."""
    many = max((key for key in growth if key.isdigit()), key=int)
    fewer = min((key for key in growth if key.isdigit()), key=int)
    curve = growth[many]["curve"]
    rows = [
        [
            str(point["stages"]),
            _step(before, point, "seconds"),
            _step(before, point, "processor_seconds"),
            f"{point['resident_mb']:.1f}",
        ]
        for before, point in pairwise(curve)
        if point["stages"] % 1000 == 0
    ]
    peaks = {size: growth[size]["peak_mb"] for size in (fewer, many)}
    seconds = curve[-1]["seconds"]
    facts = [
        f"{many} stages in one run, and their join: {seconds:.1f} s, {1000 * seconds / int(many):.2f} ms a stage; "
        f"the floor {growth['floor_seconds']:.1f} s",
        *(
            f"at most resident with {size} stages: the runner {peak['runner']:.1f} MB, the largest of its processes "
            f"{peak['largest_of_the_others']:.1f} MB"
            for size, peak in peaks.items()
        ),
    ]
    shown = table(["stages done", "ms/stage of the last 1000", "processor ms/stage", "runner, MB resident"], rows)
    return "\n".join(f"- {fact}" for fact in facts) + "\n\n" + shown


def _step(before: Mapping[str, Any], point: Mapping[str, Any], key: str) -> str:
    """Milliseconds of each stage between two points."""
    if before[key] is None or point[key] is None:
        return ""
    return f"{1000 * (point[key] - before[key]) / (point['stages'] - before['stages']):.2f}"


def seconds(each: Mapping[str, Any], shape: str) -> float:
    """The median."""
    found: float = each["runs"][shape]["seconds"]["median"]
    return found


def further(each: Mapping[str, Any]) -> float:
    """What one more stage of a chain costs, the start of the run left out."""
    return (seconds(each, "chain:100") - seconds(each, "chain:1")) / 99


def per_stage(each: Mapping[str, Any], shape: str) -> str:
    """Median and least milliseconds."""
    found = each["runs"][shape]["seconds"]
    return f"{1000 * found['median'] / STAGES[shape]:.2f} ({1000 * found['min'] / STAGES[shape]:.2f})"


def processor(each: Mapping[str, Any], shape: str) -> str:
    """Median milliseconds of all processors together."""
    found = each["runs"][shape]["processor_seconds"]
    return "" if found is None else f"{1000 * found['median'] / STAGES[shape]:.2f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """In columns, so that it can be read in a terminal too."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    lines.insert(1, ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])])
    return "\n".join(
        "| "
        + " | ".join(_cell(text, width, index) for index, (text, width) in enumerate(zip(line, widths, strict=True)))
        + " |"
        for line in lines
    )


def _cell(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column == 0 else text.rjust(width)
