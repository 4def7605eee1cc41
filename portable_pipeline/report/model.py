"""What a page says, ready for its template: everything is text, counted, cut and without secrets."""

from __future__ import annotations

from dataclasses import dataclass

from portable_pipeline.report.logs import Excerpt
from portable_pipeline.report.looks import Look
from portable_pipeline.report.settings import Fact
from portable_pipeline.report.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Text:
    """A text that may have been cut.

    Args:
        left_out: How much is left out, in words; empty if nothing is.
    """

    text: str
    left_out: str = ""

    @property
    def long(self) -> bool:
        """Whether it needs more than a line."""
        return len(self.text) > 100 or "\n" in self.text


@dataclass(frozen=True, slots=True)
class NamedText:
    """A value under its name."""

    name: str
    value: Text
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """An artifact that was committed.

    Args:
        stage: Id of the stage, and its section.
        exact: The size in bytes.
    """

    stage: str
    anchor: str
    name: str
    kind: str
    size: str
    exact: str
    sha256: str
    uri: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt.

    Args:
        session: Of the run, in words, where there was more than one.
        error: Where there is no traceback that says it.
    """

    number: int
    look: Look
    session: str
    began: str
    began_iso: str
    took: str
    waited: str
    error: str
    traceback: str
    log: Excerpt | None
    log_left_out: str


@dataclass(frozen=True, slots=True)
class Item:
    """A stage, or one item of a stage in a loop.

    Args:
        reason: Why it is as it is.
        chips: Further words about it.
        log_command: Shows all that it has printed.
    """

    id: str
    anchor: str
    look: Look
    reason: str
    chips: tuple[str, ...]
    took: str
    attempts: tuple[Attempt, ...]
    attempts_left_out: str
    values: tuple[NamedText, ...]
    log_command: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the pipeline.

    Args:
        summary: What is to be said of it in its heading, beside its state.
        left_out: Of its items.
        open: Whether it is shown unfolded.
    """

    id: str
    anchor: str
    look: Look | None
    description: str
    summary: str
    chips: tuple[str, ...]
    facts: tuple[Fact, ...]
    items: tuple[Item, ...]
    looped: bool
    left_out: str
    open: bool
    source: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong.

    Args:
        where: Who says it: a stage and its attempt, a hook, or the run.
    """

    where: str
    anchor: str
    look: Look
    text: str


@dataclass(frozen=True, slots=True)
class Share:
    """How many stages are in a state; `left` and `width` in percent."""

    look: Look
    number: str
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph, as markup of ours; or why there is none."""

    svg: str
    why_not: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """What `ppc report` shows."""

    title: str
    pipeline: str
    description: str
    run: str
    look: Look
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
    shares: tuple[Share, ...]
    problems: tuple[Problem, ...]
    problems_left_out: str
    drawing: Drawing
    timeline: Timeline
    parameters: tuple[NamedText, ...]
    stages: tuple[Stage, ...]
    stages_left_out: str
    artifacts: tuple[Artifact, ...]
    artifacts_left_out: str
    looks: tuple[Look, ...]
    next_step: str


@dataclass(frozen=True, slots=True)
class PipelinePage:
    """What `ppc graph --format html` shows."""

    title: str
    pipeline: str
    description: str
    facts: tuple[Fact, ...]
    drawing: Drawing
    parameters: tuple[NamedText, ...]
    stages: tuple[Stage, ...]
    stages_left_out: str
