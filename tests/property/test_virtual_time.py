"""Random pipelines by a clock that is turned by hand: how runs end, when attempts begin, and who waits for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portable_pipeline.instances import Path as Indices
from portable_pipeline.instances import instance_id, split_id
from portable_pipeline.ir import Branch, Loop, Pipeline, Retry, Stage
from portable_pipeline.ir.control import values_of
from portable_pipeline.ir.graph import stages_of
from portable_pipeline.runner.bindings import Bindings, RunValues
from portable_pipeline.runtime.errors import InvalidValue
from portable_pipeline.store import Project
from tests.property.control_flow_model import Model, name
from tests.property.control_flow_model import Path as ModelPath
from tests.property.control_flow_pipelines import Fate, pipelines
from tests.unit.runner.virtual import (
    DAY,
    HOUR,
    MINUTE,
    MOMENT,
    SECOND,
    Does,
    PowerCut,
    World,
    bad,
    ctrl_c,
    good,
    power_cut,
    resume,
    run,
    terminated,
)

SETTINGS = settings(max_examples=80)
POLICIES = st.builds(
    Retry,
    retries=st.integers(0, 4),
    delay=st.sampled_from([0, 1, MINUTE, HOUR]).map(lambda seconds: timedelta(seconds=seconds)),
    backoff=st.sampled_from([1.0, 2.0, 10.0]),
    max_delay=st.sampled_from([None, timedelta(hours=5)]),
    jitter=st.sampled_from([0.0, 0.5]),
)
DURATIONS = (SECOND, MINUTE, HOUR, 9 * HOUR)


@st.composite
def timed(draw: st.DrawFn) -> Pipeline:
    """A pipeline whose stages are tried again after a while, some of them with a timeout."""
    case = draw(pipelines())
    timeouts = st.sampled_from([None, None, timedelta(hours=2)])
    stages = (each.model_copy(update={"retry": draw(POLICIES), "timeout": draw(timeouts)}) for each in case.stages)
    return case.model_copy(update={"stages": tuple(stages)})


class TimedFate(Fate):
    """What happens in a run, and how long that takes."""

    def __init__(self, seed: int, pipeline: Pipeline) -> None:
        super().__init__(seed, pipeline)
        self.stages = {stage.id: stage for stage in pipeline.stages}

    def does(self, name: str, number: int) -> Does:
        if split_id(name)[0] not in self.stages:  # a hook
            return good(self._chance("seconds", name).choice(DURATIONS))
        end, seconds = self.attempt(name, number), self.seconds(name, number)
        return good(seconds) if end == "success" else bad(seconds, abort=end == "abort")

    def attempt(self, stage: str, attempt: int) -> str:
        known = self.stages[split_id(stage)[0]]
        late = known.timeout is not None and self.seconds(stage, attempt) > known.timeout.total_seconds()
        # Where there are retries left, or hardly any stage would ever wait.
        fails = attempt <= known.retry.retries and self._chance("fails", stage, attempt).random() < 0.6
        return "failure" if late or fails else super().attempt(stage, attempt)

    def seconds(self, stage: str, attempt: int) -> float:
        return self._chance("seconds", stage, attempt).choice(DURATIONS)


class FatedValues(RunValues):
    """What conditions and loops are told, whatever stages have returned."""

    def __init__(self, pipeline: Pipeline, fate: Fate) -> None:
        super().__init__(pipeline, Bindings({}, MOMENT))
        self._fate = fate

    def inputs(self, stage: Stage, path: Indices) -> dict[str, object]:  # type: ignore[override]
        return {}

    def holds(self, branch: Branch, path: Indices) -> bool:
        found = self._fate.holds(instance_id(branch.id, path))
        if found is None:
            raise InvalidValue("these cannot be compared")
        return found

    def count(self, loop: Loop, path: Indices) -> int:
        found = self._fate.counts(instance_id(loop.id, path))
        if found is None:
            raise InvalidValue("this is no list")
        return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    opened = Project(tmp_path_factory.mktemp("runs") / ".ppc")
    yield opened
    opened.close()


NUMBERS = iter(range(10**9))


class Lived:
    """A run of a random pipeline, and what the model says of it."""

    def __init__(
        self, case: Pipeline, seed: int, project: Project, room: int, *, chance: float = 0.0, id: str | None = None
    ) -> None:
        self.case, self.project, self.room, self.chance = case, project, room, chance
        self.fate = TimedFate(seed, case)
        self.id = id or f"run-{next(NUMBERS)}"
        self.model = Model(case, self.fate.succeeds, self.fate.holds, self.fate.counts)
        self.world = World(self.fate.does, chance=chance)

    def begin(self, *meanwhile: tuple[float, Callable[[], None]]) -> None:
        self.world = World(self.fate.does, meanwhile, chance=self.chance)
        values = FatedValues(self.case, self.fate)
        self.outcome = run(self.case, self.world, self.project, id=self.id, room=self.room, values=values)

    def resume(self, *meanwhile: tuple[float, Callable[[], None]]) -> None:
        self.world = World(self.fate.does, meanwhile, chance=self.chance)
        values = FatedValues(self.case, self.fate)
        self.outcome = resume(self.case, self.world, self.project, id=self.id, room=self.room, values=values)

    @property
    def states(self) -> dict[str, str]:
        return {each.id: each.state for each in self.outcome.stages}

    def attempts(self) -> dict[str, list[str]]:
        """How the attempts of each stage have ended, in order."""
        found: dict[str, list[str]] = {}
        for (each, _), span in self.world.spans.items():
            if split_id(each)[0] in self.fate.stages:
                found.setdefault(each, []).append("failure" if span.how == "timeout" else span.how)
        return found


@SETTINGS
@given(timed(), st.integers(0, 10**6), st.sampled_from([1, 2, 3, 100]), st.sampled_from([0.0, 0.3, 1.0]))
def test_runs_take_the_time_that_they_should_and_end_as_the_model_says(
    project: Project, case: Pipeline, seed: int, room: int, chance: float
) -> None:
    lived = Lived(case, seed, project, room, chance=chance)
    lived.begin()
    model, world = lived.model, lived.world
    assert lived.states == model.states
    assert (lived.outcome.state, lived.outcome.degraded) == (model.run, bool(model.saved))
    ran = {id for id, state in model.states.items() if state in ("success", "failed")}
    assert lived.attempts() == {id: lived.fate.attempts(id) for id in ran}

    hooks = {each for each, _ in world.spans} - set(model.states)
    assert world.most_at_once(set(model.states)) <= room
    assert world.most_at_once(hooks) <= room
    check_order(lived)
    check_loops(lived)
    check_waits(lived)


def check_waits(lived: Lived) -> None:
    """R1, R2: one after the other, with waits that jitter only makes longer."""
    for id, ends in lived.attempts().items():
        policy = lived.fate.stages[split_id(id)[0]].retry
        assert len(ends) <= policy.retries + 1
        assert "success" not in ends[:-1]
        assert "abort" not in ends[:-1]
        for retry, waited in enumerate(lived.world.waits(id), 1):
            least = policy.delay.total_seconds() * policy.backoff ** (retry - 1)
            if policy.max_delay is not None:
                least = min(least, policy.max_delay.total_seconds())
            assert waited >= least - 1e-6
            if lived.room == 100:  # nobody has to wait for a place
                assert waited == pytest.approx(least * (1 + policy.jitter * lived.chance), abs=1e-6)


def check_order(lived: Lived) -> None:
    """G1, F3: nothing begins before all that it waits for has ended, stand-ins for it included."""
    begun, ended = {}, {}
    for place, (what, id, _) in enumerate(lived.world.order):
        if what == "began":
            begun.setdefault(id, place)
        else:
            ended[id] = place
    for stage in lived.case.stages:
        for path in lived.model.paths((), lived.model.loops(stage)):
            id = name(stage.id, path)
            for source in upstream(lived.model, stage, path) if id in begun else ():
                assert ended.get(source, -1) < begun[id], (id, source)


def upstream(model: Model, stage: Stage, path: ModelPath) -> set[str]:
    """The ids, with indices, of all that a stage waits for."""
    values = [each.value for each in stage.inputs]
    block = stage.block
    while block is not None:
        found = model.blocks[block]
        values += values_of(found) if isinstance(found, Branch | Loop) else ()
        block = found.parent
    needed = {*stage.after, *(each for value in values for each in stages_of(value))}
    needed |= {spare for each in needed if (spare := model.stages[each].fallback) and spare != stage.id}
    needed |= {stage.stands_in_for} - {None}
    found_ids: set[str] = set()
    for each in needed:
        loops = model.loops(model.stages[each])
        shared = [loop for loop, (other, _) in zip(loops, path, strict=False) if loop.id == other]
        found_ids |= {name(each, at) for at in model.paths(path[: len(shared)], loops[len(shared) :])}
    return found_ids


def check_loops(lived: Lived) -> None:
    """M5: from its first attempt to its last no more items of a loop are under way than may be."""
    for loop in (each for each in lived.case.blocks if isinstance(each, Loop) and each.max_parallel):
        items: dict[ModelPath, list[tuple[float, float]]] = {}
        for stage in lived.case.stages:
            for path in lived.model.paths((), lived.model.loops(stage)):
                depth = next((place for place, (id, _) in enumerate(path) if id == loop.id), None)
                if depth is not None:
                    spans = lived.world.of(name(stage.id, path))
                    items.setdefault(path[: depth + 1], []).extend((each.began, each.ended) for each in spans)
        around: dict[ModelPath, list[tuple[float, float]]] = {}
        for path, spans in items.items():
            if spans:
                whole = min(began for began, _ in spans), max(ended for _, ended in spans)
                around.setdefault(path[:-1], []).append(whole)
        for found in around.values():
            for moment, _ in found:
                assert sum(began <= moment < ended for began, ended in found) <= loop.max_parallel


MOMENTS = st.one_of(st.sampled_from([0.0, SECOND, MINUTE, HOUR]), st.floats(0, 2 * DAY))


@SETTINGS
@given(timed(), st.integers(0, 10**6), st.sampled_from([1, 3, 100]), MOMENTS, st.sampled_from([ctrl_c, terminated]))
def test_a_run_that_is_ended_starts_nothing_more_and_is_gone_soon(
    project: Project, case: Pipeline, seed: int, room: int, moment: float, told: Callable[[], None]
) -> None:
    whole = Lived(case, seed, project, room)
    whole.begin()
    lived = Lived(case, seed, project, room)
    lived.begin((moment, told))
    ended = [each for each in lived.world.spans.values() if split_id(each.name)[0] in lived.fate.stages]
    assert all(each.began <= moment for each in ended)
    if told is terminated:
        assert all(each.ended <= moment + SECOND for each in ended)
    # Until then it has been the same run, and what had begun has ended as it would have.
    before = {key: each for key, each in whole.world.spans.items() if each.ended < moment}
    assert {key: each for key, each in lived.world.spans.items() if each.ended < moment} == before
    if whole.world.seconds > moment and lived.outcome.state != whole.outcome.state:
        assert lived.outcome.state == "cancelled"
    assert lived.outcome.state in ("cancelled", whole.outcome.state)
    calls = Counter(each for each, _ in lived.world.spans if each == "on_exit")
    assert calls["on_exit"] == (case.on_exit is not None)


@SETTINGS
@given(timed(), st.integers(0, 10**6), st.sampled_from([1, 3, 100]), st.lists(MOMENTS, min_size=1, max_size=3))
def test_a_run_whose_process_is_gone_goes_on_to_the_end_that_it_would_have_had(
    project: Project, case: Pipeline, seed: int, room: int, moments: list[float]
) -> None:
    lived = Lived(case, seed, project, room)
    cut, started = 0, Counter[str]()
    steps: list[Callable[..., None]] = [lived.begin, *[lived.resume] * len(moments)]
    succeeded: set[str] = set()
    for moment, step in zip([*moments, None], steps, strict=True):
        try:
            step(*([] if moment is None else [(moment, power_cut)]))
        except PowerCut:
            cut += 1
        again = {id for id in lived.attempts() if id in succeeded}
        assert again == set(), "these had succeeded"
        succeeded |= {id for id, ends in lived.attempts().items() if "success" in ends}
        started.update({id: len(ends) for id, ends in lived.attempts().items()})
        if moment is None or project.run(lived.id).state != "interrupted":
            break
    assert lived.states == lived.model.states
    assert (lived.outcome.state, lived.outcome.degraded) == (lived.model.run, bool(lived.model.saved))
    written = Counter(each.stage for each in project.attempts(lived.id))
    assert written == started
    numbers = {id: [each.number for each in project.attempts(lived.id) if each.stage == id] for id in written}
    assert numbers == {id: list(range(1, count + 1)) for id, count in written.items()}
