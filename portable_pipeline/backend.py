"""What a backend is, how backends are found, and how their support tables answer for a pipeline."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from portable_pipeline.codegen.files import GeneratedFile
from portable_pipeline.diagnostics import Diagnostic
from portable_pipeline.diagnostics.catalog.targets import RefusedRule, UnknownTarget
from portable_pipeline.diagnostics.diagnostic import Refused
from portable_pipeline.ir import Pipeline
from portable_pipeline.semantics import RULES

ENTRY_POINT_GROUP = "portable_pipeline.backends"


class Answer(Enum):
    """How a target keeps a rule."""

    NATIVE = "native"
    EMULATED = "emulated"
    REFUSED = "refused"


class Evidence(Enum):
    """How the contract tests show it."""

    EXECUTED = "executed"
    SPEC_ONLY = "spec-only"


@dataclass(frozen=True, slots=True)
class Support:
    """A target's answer to one rule.

    Args:
        answer: Whether the engine keeps the rule itself, the generated code does, or the compiler refuses.
        how: By which construct; for a refusal, why the engine cannot.
        evidence: What the contract tests can observe here.
        instead: For a refusal: what the user can write or do instead.
        degraded: For a refusal: what happens under `--degrade RULE`.
    """

    answer: Answer
    how: str
    evidence: Evidence = Evidence.EXECUTED
    instead: str = ""
    degraded: str = ""


@dataclass(frozen=True, slots=True)
class Engine:
    """The real engine of a target, in an isolated environment.

    Args:
        version: Of the engine, as the lock file pins it.
        pythons: Minor versions of Python 3 that it runs on, best first.
        driver: Script that the engine's own Python runs; it loads and executes generated files.
        entry: From a pipeline's name to the generated file that the engine loads.
        compiled: Whether the engine itself turns that file into a further one (KFP's YAML).
    """

    version: str
    pythons: tuple[int, ...]
    driver: Path
    entry: Callable[[Pipeline], str]
    compiled: bool = False


@dataclass(frozen=True, slots=True)
class Backend:
    """A target of the compiler.

    Args:
        name: As in `--target`.
        title: As people call it.
        support: An answer for each rule of the semantics.
        check: Diagnostics that the table cannot give (names that collide after the target's normalisation, ...).
        generate: The generated files, as text; the core formats and writes them and adds the report.
        engine: Where the output runs for real.
    """

    name: str
    title: str
    support: Mapping[str, Support]
    check: Callable[[Pipeline], Iterable[Diagnostic]]
    generate: Callable[[Pipeline], tuple[GeneratedFile, ...]]
    engine: Engine


@cache
def backends() -> Mapping[str, Backend]:
    """All installed backends by name, sorted."""
    found = entry_points(group=ENTRY_POINT_GROUP)
    return {point.name: point.load() for point in sorted(found, key=lambda each: each.name)}


def backend(name: str) -> Backend:
    """The backend of that name.

    Raises:
        Refused: If there is none.
    """
    known = backends()
    if name not in known:
        raise Refused([UnknownTarget.of(name, known)])
    return known[name]


def target_diagnostics(pipeline: Pipeline, target: Backend, degrade: Collection[str] = ()) -> Iterator[Diagnostic]:
    """What stops the pipeline on this target: refused rules that it relies on, and the target's own checks."""
    for rule_id, support in target.support.items():
        if support.answer is not Answer.REFUSED or rule_id in degrade:
            continue
        rule = RULES[rule_id]
        for span in rule.used(pipeline):
            yield RefusedRule(
                span=span,
                rule=rule_id,
                title_of_rule=rule.title,
                target=target.title,
                reason=support.how,
                instead=support.instead,
                degraded=support.degraded,
            )
    yield from target.check(pipeline)


def rules_used(pipeline: Pipeline) -> tuple[str, ...]:
    """Ids of the rules that the pipeline relies on, in the order of the semantics."""
    return tuple(rule.id for rule in RULES.values() if any(True for _ in rule.used(pipeline)))
