"""What the language's blocks become in the IR."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portable_pipeline.capture import load
from portable_pipeline.diagnostics import has_errors
from portable_pipeline.ir import (
    AllOf,
    AnyOf,
    ArtifactRef,
    Branch,
    Collected,
    Compare,
    Constant,
    FirstOf,
    Group,
    ItemKey,
    ItemRef,
    Loop,
    Not,
    Operand,
    ParameterRef,
    Pipeline,
    Predicate,
    ResultRef,
    Text,
    from_json,
    to_json,
)
from portable_pipeline.ir.types import BOOL, FLOAT, INT, STR, ListOf, Record
from portable_pipeline.validate import validate

HEAD = """
from dataclasses import dataclass
from datetime import date

from portable_pipeline import (
    Dataset, FailureEvent, Input, Output, RunEvent, collect, each, first_of, for_each, group, in_, otherwise,
    pipeline, run, stage, uri, when,
)


@dataclass
class Model:
    name: str
    depth: int


def tell(event: FailureEvent) -> None:
    print(about(event.error))


def about(text: str) -> str:
    return text.upper()


def say(event: RunEvent) -> None:
    print(event.state)


@stage(timeout="5m")
def load() -> int:
    return 3


@stage(timeout="5m")
def names() -> list[str]:
    return ["a"]


@stage(timeout="5m", on_failure=tell)
def double(rows: int) -> int:
    return 2 * rows


@stage(timeout="5m")
def show(rows: int) -> None:
    print(rows)


@stage(timeout="5m")
def write(part: str, table: Output[Dataset] = uri("{root}/{run_date}/{stage}/{item_key}.csv")) -> int:
    open(table.path, "w").close()
    return 1


@stage(timeout="5m")
def join(tables: list[Input[Dataset]], rows: list[int]) -> None:
    print(len(tables))


@stage(timeout="5m")
def fit(model: Model, rate: float) -> float:
    return rate


"""

Captures = Callable[[str], Pipeline]


@pytest.fixture
def captured(tmp_path: Path) -> Captures:
    """The pipeline whose function's body is the text."""

    def capture(body: str, signature: str = "root: str = '/tmp/x', limit: float = 0.5, check: bool = True") -> Pipeline:
        file = tmp_path / "pipeline_file.py"
        lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
        file.write_text(f"{HEAD}@pipeline(on_exit=say)\ndef nightly({signature}):\n{lines}", encoding="utf-8")
        found = load(str(file))
        every = [*found.diagnostics, *validate(found.pipeline)]
        assert not has_errors(every), [f"{each.code}: {each.message}" for each in every]
        assert from_json(to_json(found.pipeline)) == found.pipeline
        return found.pipeline

    return capture


def predicate_of(pipeline: Pipeline) -> Predicate:
    (branch,) = (each for each in pipeline.blocks if isinstance(each, Branch))
    return branch.predicate


def constant(value: int | float | bool, declared: object) -> Operand:
    return Operand(value=Constant(value=value), type=declared)


LIMIT = Operand(value=ParameterRef(name="limit"), type=FLOAT)
CHECK = Operand(value=ParameterRef(name="check"), type=BOOL)
ROWS = Operand(value=ResultRef(stage="load"), type=INT)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("limit > 1", Compare(left=LIMIT, operator=">", right=constant(1.0, FLOAT))),
        ("1 > limit", Compare(left=LIMIT, operator="<", right=constant(1.0, FLOAT))),
        ("load() != 2.5", Compare(left=ROWS, operator="!=", right=constant(2.5, FLOAT))),
        ("load() <= limit", Compare(left=ROWS, operator="<=", right=LIMIT)),
        ("check", Compare(left=CHECK, operator="==", right=constant(True, BOOL))),
        ("~check", Not(item=Compare(left=CHECK, operator="==", right=constant(True, BOOL)))),
        (
            "load().is_in((1, 2))",
            Compare(left=ROWS, operator="in", right=Operand(value=Constant(value=[1, 2]), type=ListOf(item=INT))),
        ),
        (
            "in_('a', names())",
            Compare(
                left=Operand(value=Constant(value="a"), type=STR),
                operator="in",
                right=Operand(value=ResultRef(stage="names"), type=ListOf(item=STR)),
            ),
        ),
        (
            "check & (limit < 1) & (limit > 0)",
            AllOf(
                items=(
                    Compare(left=CHECK, operator="==", right=constant(True, BOOL)),
                    Compare(left=LIMIT, operator="<", right=constant(1.0, FLOAT)),
                    Compare(left=LIMIT, operator=">", right=constant(0.0, FLOAT)),
                )
            ),
        ),
        (
            "(limit == 1) | ~check",
            AnyOf(
                items=(
                    Compare(left=LIMIT, operator="==", right=constant(1.0, FLOAT)),
                    Not(item=Compare(left=CHECK, operator="==", right=constant(True, BOOL))),
                )
            ),
        ),
    ],
)
def test_predicates(captured: Captures, written: str, expected: Predicate) -> None:
    pipeline = captured(f"with when({written}):\n    show(1)")
    assert predicate_of(pipeline) == expected


def test_dates_are_compared_as_dates(captured: Captures) -> None:
    predicate = predicate_of(captured("with when(run.date >= date(2026, 1, 5)):\n    show(1)"))
    assert isinstance(predicate, Compare)
    assert predicate.right.value == Constant(value="2026-01-05")
    assert predicate.right.type == predicate.left.type


def test_branches_know_their_place(captured: Captures) -> None:
    pipeline = captured(
        """
rows = load()
with when(rows > 1):
    many = double(rows)
    with when(check):
        show(many)
    with otherwise():
        with group("small ones"):
            show(0)
with otherwise():
    few = double(1)
show(first_of(many, few))
"""
    )
    assert [(each.id, each.parent) for each in pipeline.blocks] == [
        ("when", None), ("when_2", "when"), ("otherwise", "when"), ("small_ones", "otherwise"), ("otherwise_2", None),
    ]  # fmt: skip
    first, second, other, group, last = pipeline.blocks
    assert isinstance(group, Group)
    assert group.name == "small ones"
    assert isinstance(first, Branch)
    assert isinstance(second, Branch)
    assert isinstance(other, Branch)
    assert isinstance(last, Branch)
    assert (other.otherwise_of, other.predicate) == ("when_2", second.predicate)
    assert (last.otherwise_of, last.predicate) == ("when", first.predicate)
    blocks = {stage.id: stage.block for stage in pipeline.stages}
    assert blocks == {
        "load": None, "double": "when", "show": "when_2", "show_2": "small_ones", "double_2": "otherwise_2",
        "show_3": None,
    }  # fmt: skip
    assert pipeline.stages[-1].inputs[0].value == FirstOf(
        options=(ResultRef(stage="double"), ResultRef(stage="double_2"))
    )
    assert pipeline.blocks[0].span is not None
    assert pipeline.blocks[0].span.line == HEAD.count("\n") + 4


def test_a_loop_over_a_result(captured: Captures) -> None:
    pipeline = captured(
        """
with for_each(names(), max_parallel=2) as name:
    written = write(name)
join(collect(written), collect(written))
"""
    )
    (loop,) = pipeline.blocks
    assert isinstance(loop, Loop)
    assert loop.max_parallel == 2
    assert [(each.name, each.value, each.type) for each in loop.items] == [("item", ResultRef(stage="names"), STR)]
    _, writing, joining = pipeline.stages
    assert writing.inputs[0].value == ItemRef(loop="for_each", name="item")
    assert ItemKey(loop="for_each") in writing.outputs[0].uri.parts
    assert [each.value for each in joining.inputs] == [
        Collected(loop="for_each", of=ArtifactRef(stage="write", output="table")),
        Collected(loop="for_each", of=ResultRef(stage="write")),
    ]


def test_a_map_goes_through_lists_in_step(captured: Captures) -> None:
    pipeline = captured(
        """
models = [Model("a", 1), Model("b", 2)]
fit.map(each(models), rate=each([1, 2]), key="name", max_parallel=1)
fit.map(model=Model("c", 3), rate=each([0.5]))
"""
    )
    first, second = pipeline.blocks
    assert isinstance(first, Loop)
    assert isinstance(second, Loop)
    assert [first.id, second.id] == ["map_fit", "map_fit_2"]
    models, rates = first.items
    assert models.value == Constant(value=[{"name": "a", "depth": 1}, {"name": "b", "depth": 2}])
    assert isinstance(models.type, Record)
    assert (rates.value, rates.type) == (Constant(value=[1.0, 2.0]), FLOAT)
    assert (first.key, first.max_parallel) == ("name", 1)
    assert [each.value for each in pipeline.stages[0].inputs] == [
        ItemRef(loop="map_fit", name="model"),
        ItemRef(loop="map_fit", name="rate"),
    ]
    assert pipeline.stages[1].inputs[0].value == Constant(value={"name": "c", "depth": 3})


def test_fields_of_items(captured: Captures) -> None:
    pipeline = captured(
        """
with for_each([Model("a", 1)]) as model:
    with when(model.depth > 1):
        show(model.depth)
"""
    )
    depth = ItemRef(loop="for_each", name="item", field="depth")
    assert pipeline.stages[0].inputs[0].value == depth
    branch = pipeline.blocks[1]
    assert isinstance(branch, Branch)
    assert isinstance(branch.predicate, Compare)
    assert branch.predicate.left == Operand(value=depth, type=INT)


def test_loops_in_loops_are_collected_level_by_level(captured: Captures) -> None:
    pipeline = captured(
        """
with for_each(["a", "b"]) as outer:
    written = write.map(part=each(["c", "d"]))
    join(collect(written), collect(written.result))
    write(outer)
with for_each(collect(collect(written))) as inner:
    with for_each(inner) as number:
        show(number)
"""
    )
    writing, joining = pipeline.stages[0], pipeline.stages[1]
    assert writing.outputs[0].uri.parts[-4:] == (
        ItemKey(loop="for_each"), Text(text="/"), ItemKey(loop="map_write"), Text(text=".csv"),
    )  # fmt: skip
    assert joining.inputs[1].value == Collected(loop="map_write", of=ResultRef(stage="write"))
    second, third = pipeline.blocks[2:]
    assert isinstance(second, Loop)
    assert isinstance(third, Loop)
    assert second.items[0].value == Collected(
        loop="for_each", of=Collected(loop="map_write", of=ResultRef(stage="write"))
    )
    assert second.items[0].type == ListOf(item=INT)
    assert third.items[0].type == INT


def test_an_output_without_address_names_the_item(captured: Captures, tmp_path: Path) -> None:
    file = tmp_path / "without.py"
    text = HEAD.replace(' = uri("{root}/{run_date}/{stage}/{item_key}.csv")', "")
    file.write_text(f"{text}@pipeline\ndef nightly(root: str):\n    write.map(part=each(['a']))\n", encoding="utf-8")
    found = load(str(file))
    assert found.diagnostics == ()
    assert found.pipeline.stages[0].outputs[0].uri.template == "{root}/nightly/{run_date}/write/{item_key}/table"


def test_fallbacks_and_hooks(captured: Captures) -> None:
    pipeline = captured("rows = double(1).or_else(load())\nshow(rows)")
    primary, stand_in, consumer = pipeline.stages
    assert (primary.fallback, primary.stands_in_for) == ("load", None)
    assert (stand_in.fallback, stand_in.stands_in_for) == (None, "double")
    assert consumer.inputs[0].value == ResultRef(stage="double")
    assert primary.on_failure is not None
    assert primary.on_failure.body.function == "tell"
    assert pipeline.on_exit is not None
    assert (pipeline.on_exit.body.module, pipeline.on_exit.body.function) == ("pipeline_file", "say")
    (module,) = pipeline.modules
    assert module.kind == "extracted"
    defined = {name for statement in module.statements for name in statement.defines}
    assert defined >= {"tell", "about", "say"}
    assert set(module.runtime_names) == {"FailureEvent", "RunEvent"}


def test_the_same_lines_give_the_same_ids(captured: Captures) -> None:
    body = "with when(check):\n    with for_each([1]) as one:\n        show(one)\nwith group('when'):\n    show(2)"
    assert [each.id for each in captured(body).blocks] == ["when", "for_each", "when_2"]
    assert to_json(captured(body)) == to_json(captured(body))
