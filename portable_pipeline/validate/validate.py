"""All checks, as a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from portable_pipeline.diagnostics import Diagnostic, Severity, in_order
from portable_pipeline.ir import Pipeline
from portable_pipeline.validate import (
    addresses,
    arguments,
    blocks,
    code,
    commands,
    conditions,
    constants,
    cycles,
    entangled,
    fallbacks,
    loops,
    names,
    parameters,
    policies,
    references,
    schedules,
    scopes,
    shared_outputs,
)

Check = Callable[[Pipeline], Iterable[Diagnostic]]

#: Each check looks at the whole pipeline on its own, and copes with everything that the other checks refuse.
CHECKS: tuple[Check, ...] = (
    names.empty,
    names.invalid_names,
    names.invalid_block_names,
    names.duplicates,
    names.collisions,
    references.unknown_references,
    references.unknown_parameters,
    cycles.cycles,
    blocks.broken_blocks,
    blocks.empty_blocks,
    blocks.bad_parallelism,
    scopes.outside_of_loops,
    scopes.reentered_loops,
    entangled.entangled_loops,
    loops.bad_lists,
    loops.bad_item_keys,
    loops.shared_by_items,
    conditions.bad_predicates,
    conditions.deciding_joins,
    conditions.dead_branches,
    conditions.never_together,
    conditions.open_joins,
    conditions.bad_joins,
    fallbacks.unlike_fallbacks,
    fallbacks.misplaced_fallbacks,
    fallbacks.used_stand_ins,
    arguments.ill_typed_arguments,
    constants.unwieldy_constants,
    parameters.unused_parameters,
    parameters.parameter_defaults,
    code.missing_code,
    code.bad_requirements,
    commands.bad_commands,
    addresses.bad_addresses,
    addresses.unreachable_addresses,
    addresses.relative_addresses,
    addresses.undated_outputs,
    addresses.unaddressable_parameters,
    shared_outputs.shared_outputs,
    policies.missing_timeouts,
    policies.bad_durations,
    policies.bad_retries,
    policies.settings_without_retries,
    policies.beyond_the_pipeline,
    policies.cached_for_nothing,
    schedules.bad_cron,
    schedules.unknown_zone,
    schedules.needed_on_schedule,
)


def validate(pipeline: Pipeline, told: Iterable[Diagnostic] = ()) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with the pipeline, on whatever target: each once, in order of the source.

    Args:
        pipeline: Any IR that parses; it may hold references to what is not there, and worse.
        told: What capture has found. Where that is an error the IR is not what the user wrote, and what may only follow
            from it is left out.
    """
    errors = [each for each in told if each.severity is Severity.ERROR]
    lines = _lines(errors)
    found = (each for check in CHECKS for each in check(pipeline))
    return in_order(each for each in found if not errors or _is_news(each, lines))


def _is_news(found: Diagnostic, lines: Collection[tuple[str, int]]) -> bool:
    """Whether it is worth saying beside errors of capture: an error, and on lines that none of these is on."""
    return found.severity is Severity.ERROR and _lines([found]).isdisjoint(lines)


def _lines(found: Iterable[Diagnostic]) -> set[tuple[str, int]]:
    spans = (span for each in found for span in (each.span, *(other.span for other in each.related)))
    return {(span.file, line) for span in spans if span for line in range(span.line, max(span.line, span.end_line) + 1)}
