"""What was measured, as Markdown that can be read in a terminal too."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

SHAPES = ("chain", "fan")

_STATES = {
    "resumes": "goes on, after a loss of power too",
    "usually": "goes on",
    "record": "begins anew, has a record",
    "none": "begins anew",
}
_ISOLATION = {
    "process": "a process of its own",
    "clean": "a process that is as new",
    "pool": "a process of a pool",
    "runner": "the runner's process",
}


def about(measured: Mapping[str, Any]) -> str:
    """The machine, and how quiet it was."""
    machine, moments = measured["machine"], measured["moments"]
    facts = [
        f"{machine['cores']} cores, Python {machine['python']}, SQLite {machine['sqlite']}, {machine['system']}",
        f"{machine['file_system']}: an fsync of 4 kB takes {spread(moments, 'fsync_seconds')} ms, a synchronous commit "
        f"of SQLite {spread(moments, 'commit_seconds')} ms (median of the rounds, least and most)",
        f"noise: the same piece of work of one core took {spread(moments, 'spin_seconds')} ms, the load was "
        f"{min(each['load'] for each in moments):.1f} to {max(each['load'] for each in moments):.1f}",
        f"{measured['rounds']} rounds, all in turn; the median of them, the least in parentheses",
    ]
    return listed(facts)


def spread(moments: Sequence[Mapping[str, float]], key: str) -> str:
    """The median of the rounds with the least and the most, in milliseconds."""
    values = [1000 * each[key] for each in moments]
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def comparison(contestants: Mapping[str, Any]) -> str:
    """A row for each contestant, the fastest chain first."""
    held = [name for name in ("ours", "floor") if name in contestants]
    head = ["ms a stage", "chain", "fan and join", "processor, chain", "a run of 1", "each stage more", "until ready"]
    head += [f"{shape} / {contestants[name]['label']}" for name in held for shape in SHAPES]
    rows = []
    for each in sorted(contestants.values(), key=lambda each: per_stage(each, "chain")):
        row = [each["label"], *(f"{per_stage(each, shape):.2f} ({least(each, shape):.2f})" for shape in SHAPES)]
        row += [processor(each, "chain"), f"{per_stage(each, 'single'):.0f}", f"{further(each, 'chain'):.2f}"]
        row += [f"{1000 * each['setup_seconds']:.0f}"]
        row += [f"{ratio(each, contestants[name], shape):.2f}" for name in held for shape in SHAPES]
        rows.append(row)
    return table(head, rows)


def kinds(contestants: Mapping[str, Any]) -> str:
    """What each does for its time."""
    rows = [
        [
            each["label"],
            each["facts"]["version"] or "",
            _STATES[each["facts"]["state"]],
            each["facts"]["kept"],
            _ISOLATION[each["facts"]["isolation"]],
            each["facts"]["configured"],
        ]
        for each in contestants.values()
    ]
    head = ["", "version", "a run that was killed", "what is kept", "a stage runs in", "how it was used"]
    return table(head, rows, numbers=False)


def ahead(contestants: Mapping[str, Any]) -> str:
    """Who is faster than ours, and what for."""
    ours = contestants["ours"]
    found = []
    for name, each in contestants.items():
        ratios = {shape: ratio(each, ours, shape) for shape in SHAPES}
        if not name.startswith(("ours", "floor")) and min(ratios.values()) < 1:
            facts = each["facts"]
            told = ", ".join(f"{shape} {value:.2f}" for shape, value in ratios.items())
            why = f"a stage runs in {_ISOLATION[facts['isolation']]}, a run that was killed {_STATES[facts['state']]}"
            found.append(f"{each['label']} ({told}): {why}; kept: {facts['kept']}")
    return "Faster than ppc, as a part of its time:\n\n" + listed(found) if found else "None is faster than ppc."


def summary(measured: Mapping[str, Any]) -> str:
    """What our runner is held to."""
    contestants = measured["contestants"]
    facts = []
    if {"ours", "floor"} <= contestants.keys():
        ours, floor = contestants["ours"], contestants["floor"]
        facts += [
            f"a stage of a {shape}: {per_stage(ours, shape):.2f} ms with its part of the start and the end of the run, "
            f"{ratio(ours, floor, shape):.2f} times the floor's {per_stage(floor, shape):.2f} ms; each stage more: "
            f"{further(ours, shape):.2f} ms, the floor's {further(floor, shape):.2f} ms"
            for shape in SHAPES
        ]
    if "ours-command" in contestants:
        single = contestants["ours-command"]["runs"]["single"]["seconds"]
        facts.append(f"`ppc run` of one stage, the whole process: {single['median']:.2f} s ({single['min']:.2f})")
    return listed([*facts, *_grown(measured.get("growth"))])


def _grown(growth: Mapping[str, Any] | None) -> list[str]:
    if growth is None:
        return []
    fewer, many = sorted((key for key in growth if key.isdigit()), key=int)
    seconds = growth[many]["curve"][-1]["seconds"]
    peaks = [f"{growth[size]['peak_mb']['runner']:.0f} MB with {size} stages" for size in (fewer, many)]
    return [
        f"{many} stages and their join in one run: {seconds:.1f} s, {1000 * seconds / int(many):.2f} ms a stage; "
        f"the floor: {growth['floor_seconds']:.1f} s",
        f"at most resident: the runner {' and '.join(peaks)}, any other process of the run "
        f"{growth[many]['peak_mb']['largest_of_the_others']:.0f} MB",
    ]


def growing(growth: Mapping[str, Any]) -> str:
    """The run of many stages, a row for each thousand."""
    many = max((key for key in growth if key.isdigit()), key=int)
    rows = [
        [
            str(point["stages"]),
            f"{point['resident_mb']:.1f}",
            _step(before, point, "seconds"),
            _step(before, point, "processor_seconds"),
        ]
        for before, point in pairwise(growth[many]["curve"])
        if point["stages"] % 1000 == 0
    ]
    return table(["stages done", "runner, MB resident", "ms a stage since", "processor ms a stage since"], rows)


def _step(before: Mapping[str, Any], point: Mapping[str, Any], key: str) -> str:
    """Milliseconds of each stage between two points."""
    if before[key] is None or point[key] is None:
        return ""
    return f"{1000 * (point[key] - before[key]) / (point['stages'] - before['stages']):.2f}"


def per_stage(each: Mapping[str, Any], shape: str) -> float:
    """Median milliseconds."""
    return 1000 * float(each["runs"][shape]["seconds"]["median"]) / int(each["runs"][shape]["stages"])


def least(each: Mapping[str, Any], shape: str) -> float:
    """The least milliseconds."""
    return 1000 * float(each["runs"][shape]["seconds"]["min"]) / int(each["runs"][shape]["stages"])


def ratio(each: Mapping[str, Any], other: Mapping[str, Any], shape: str) -> float:
    """How many times as long it takes for a stage."""
    return per_stage(each, shape) / per_stage(other, shape)


def further(each: Mapping[str, Any], shape: str) -> float:
    """Milliseconds of one more stage: the start of the run is left out, by taking away a run of one stage."""
    single, whole = each["runs"]["single"], each["runs"][shape]
    return 1000 * float(whole["seconds"]["median"] - single["seconds"]["median"]) / int(whole["stages"] - 1)


def processor(each: Mapping[str, Any], shape: str) -> str:
    """Median milliseconds of all cores together, for each stage."""
    found = each["runs"][shape]["processor_seconds"]
    return "" if found is None else f"{1000 * found['median'] / each['runs'][shape]['stages']:.2f}"


def listed(lines: Iterable[str]) -> str:
    """As a list."""
    return "\n".join(f"- {line}" for line in lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = True) -> str:
    """In columns of even width.

    Args:
        numbers: Whether all columns but the first have numbers, that stand to the right.
    """
    lines = [list(head), *map(list, rows)]
    widths = [max(3, *(len(line[column]) for line in lines)) for column in range(len(head))]
    right = [numbers and column > 0 for column in range(len(head))]
    rule = ["-" * (width - 1) + (":" if to_right else "-") for width, to_right in zip(widths, right, strict=True)]
    return "\n".join(
        "| "
        + " | ".join(
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(line, widths, right, strict=True)
        )
        + " |"
        for line in (lines[0], rule, *lines[1:])
    )
