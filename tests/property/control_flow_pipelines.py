"""Pipelines in which everything may stand in everything, and runs of them in any order."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from portable_pipeline.ir import (
    Block,
    Branch,
    Collected,
    Compare,
    Constant,
    FirstOf,
    Group,
    Hook,
    Items,
    Loop,
    Operand,
    Pipeline,
    PythonBody,
    ResultRef,
    Stage,
    Value,
)
from portable_pipeline.runner.machine import advance, begin
from portable_pipeline.runner.messages import (
    Action,
    AttemptFailed,
    AttemptStarted,
    AttemptSucceeded,
    BranchDecided,
    CallHook,
    CancelRequested,
    CountLoop,
    DecideBranch,
    DropAttempts,
    Event,
    HookEnded,
    LoopCounted,
    RetryDue,
    RunTimedOut,
    StartAttempt,
    StartTimer,
    StopRequested,
)
from tests.unit.runner.pipelines import ANY, pipeline, stage

HOOK = Hook(body=PythonBody(module="pipeline", function="hook"))


class _Growing:
    """A pipeline while it is drawn, block by block."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.stages: list[Stage] = []
        self.blocks: list[Block] = []
        self.loops: dict[str, tuple[str, ...]] = {}  # around each stage

    def body(self, parent: str | None, loops: tuple[str, ...], depth: int) -> None:
        self.stage(parent, loops)
        for _ in range(self.draw(st.integers(0, 3))):
            kind = self.draw(st.sampled_from(["stage", "branch", "loop", "loop", "group"] if depth else ["stage"]))
            if kind == "stage":
                self.stage(parent, loops)
            else:
                self.block(kind, parent, loops, depth)

    def block(self, kind: str, parent: str | None, loops: tuple[str, ...], depth: int) -> None:
        id = f"b{len(self.blocks)}"
        if kind == "group":
            self.blocks.append(Group(id=id, parent=parent, name=id))
        elif kind == "loop":
            items = (Items(name="x", value=self.value(loops), type=ANY),)
            limit = self.draw(st.sampled_from([None, None, 1, 2]))
            self.blocks.append(Loop(id=id, parent=parent, items=items, max_parallel=limit))
            loops = (*loops, id)
        else:
            left, right = (Operand(value=self.value(loops), type=ANY) for _ in range(2))
            predicate = Compare(left=left, operator="==", right=right)
            self.blocks.append(Branch(id=id, parent=parent, predicate=predicate))
            if self.draw(st.booleans()):
                self.body(id, loops, depth - 1)
                other = f"b{len(self.blocks)}"
                self.blocks.append(Branch(id=other, parent=parent, predicate=predicate, otherwise_of=id))
                id = other
        self.body(id, loops, depth - 1)

    def stage(self, parent: str | None, loops: tuple[str, ...], stands_in_for: str | None = None) -> None:
        id = f"s{len(self.stages)}"
        known = [each.id for each in self.stages if each.id != stands_in_for]
        after = self.draw(st.lists(st.sampled_from(known), max_size=1)) if known else []
        takes = {f"v{n}": self.value(loops, stands_in_for) for n in range(self.draw(st.integers(0, 2)))}
        made = stage(id, takes=takes, after=after, retries=self.draw(st.integers(0, 1)))
        saved = stands_in_for is None and self.draw(st.integers(0, 3)) == 0
        more = {
            "block": parent,
            "stands_in_for": stands_in_for,
            "fallback": f"s{len(self.stages) + 1}" if saved else None,
            "on_failure": self.draw(st.sampled_from([None, HOOK])),
        }
        self.loops[id] = loops
        self.stages.append(made.model_copy(update=more))
        if saved:
            self.stage(parent, loops, id)

    def value(self, loops: tuple[str, ...], but: str | None = None) -> Value:
        """A constant, or something of the stages that are there already, as it is seen from inside these loops."""
        known = [each.id for each in self.stages if each.id != but]
        seen = [each for each in known if self.loops[each] == loops[: len(self.loops[each])]]
        if seen and self.draw(st.integers(0, 2)) == 0:
            # Mostly of what stands in blocks: those are what joins are for.
            blocks = {each.id: each.block for each in self.stages}
            among = [each for each in seen if blocks[each]] if self.draw(st.integers(0, 3)) else []
            among = among if len(among) > 1 else seen
            least = min(2, len(among))
            options = self.draw(st.lists(st.sampled_from(among), min_size=least, max_size=3, unique=True))
            return FirstOf(options=tuple(ResultRef(stage=each) for each in options))
        if not known or self.draw(st.integers(0, 2)) == 0:
            return Constant(value=[])
        chosen = self.draw(st.sampled_from(known))
        value: ResultRef | Collected = ResultRef(stage=chosen)
        shared = sum(1 for one, other in zip(self.loops[chosen], loops, strict=False) if one == other)
        for loop in reversed(self.loops[chosen][shared:]):
            value = Collected(loop=loop, of=value)
        return value


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    growing = _Growing(draw)
    growing.body(None, (), depth=3)
    hooks = {"on_exit": draw(st.sampled_from([None, HOOK])), "on_failure": draw(st.sampled_from([None, HOOK]))}
    return pipeline("", *growing.stages, blocks=tuple(growing.blocks), **hooks)


class Fate:
    """What happens in a run, whoever asks and in whatever order: how attempts end, what holds, how long lists are."""

    def __init__(self, seed: int, pipeline: Pipeline) -> None:
        self.seed = seed
        self.retries = {stage.id: stage.retry.retries for stage in pipeline.stages}
        self.in_fallbacks = {stage.id for stage in pipeline.stages if stage.fallback or stage.stands_in_for}
        self.otherwise_of = {each.id: each.otherwise_of for each in pipeline.blocks if isinstance(each, Branch)}

    def attempt(self, stage: str, attempt: int) -> str:
        # Primaries fail often, or their stand-ins would hardly ever run; so do stand-ins.
        good = 3 if stage.split("[", maxsplit=1)[0] in self.in_fallbacks else 20
        return self._chance("attempt", stage, attempt).choice([*["success"] * good, "failure", "abort"])

    def attempts(self, stage: str) -> list[str]:
        """How the attempts of a stage that runs end."""
        ends: list[str] = []
        while len(ends) <= self.retries[stage.split("[", maxsplit=1)[0]] and ends[-1:] not in (["success"], ["abort"]):
            ends.append(self.attempt(stage, len(ends) + 1))
        return ends

    def succeeds(self, stage: str) -> bool:
        return self.attempts(stage)[-1] == "success"

    def holds(self, branch: str) -> bool | None:
        name, bracket, indices = branch.partition("[")
        when = self.otherwise_of[name]
        held = self._chance("holds", f"{when or name}{bracket}{indices}").choice([*[True] * 14, *[False] * 5, None])
        return held if held is None or when is None else not held

    def counts(self, loop: str) -> int | None:
        return self._chance("counts", loop).choice([0, *[1, 2, 3] * 8, None])

    def _chance(self, *of: object) -> random.Random:
        return random.Random(f"{self.seed}/{of}")


class Played:
    """A run of the machine in which what can happen next happens in a random order.

    Args:
        stop: Happens after so many other events.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        fate: Fate,
        chance: random.Random,
        *,
        stop: tuple[int, CancelRequested | RunTimedOut | StopRequested] | None = None,
    ) -> None:
        self.fate = fate
        self.state, actions = begin(pipeline)
        self.actions: list[Action] = []
        self.history: list[Event] = []
        self._possible: list[Event] = []
        self._heed(actions)
        while self._possible or (stop and len(self.history) == stop[0]):
            if stop and len(self.history) == stop[0]:
                event: Event = stop[1]
            else:
                event = self._possible.pop(chance.randrange(len(self._possible)))
            self.play(event)

    def play(self, event: Event) -> None:
        self.history.append(event)
        self.state, actions = advance(self.state, event)
        if isinstance(event, AttemptStarted):
            self._possible.append(self._ended(event))
        self._heed(actions)

    def _ended(self, started: AttemptStarted) -> Event:
        end = self.fate.attempt(started.stage, started.attempt)
        if end == "success":
            return AttemptSucceeded(started.stage, started.attempt, {})
        return AttemptFailed(started.stage, started.attempt, "broken", final=end == "abort")

    def _heed(self, actions: tuple[Action, ...]) -> None:
        self.actions += actions
        for action in actions:
            match action:
                case StartAttempt():
                    self._possible.append(AttemptStarted(action.stage, action.attempt))
                case StartTimer():
                    self._possible.append(RetryDue(action.stage))
                case DecideBranch():
                    self._possible.append(BranchDecided(action.branch, self.fate.holds(action.branch)))
                case CountLoop():
                    self._possible.append(LoopCounted(action.loop, self.fate.counts(action.loop)))
                case CallHook():
                    self._possible.append(HookEnded(f"{action.hook} {action.stage}"))
                case DropAttempts():
                    self._possible = [each for each in self._possible if not isinstance(each, AttemptStarted)]
