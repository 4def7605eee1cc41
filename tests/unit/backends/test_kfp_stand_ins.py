"""Stand-ins and hooks on KFP: who refers to whom, what is refused, and what hooks are told."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from portable_pipeline.backend import backend, target_diagnostics
from portable_pipeline.capture import load
from portable_pipeline.diagnostics.catalog.targets import RefusedRule
from portable_pipeline.ir import Collected, Loop, Pipeline, ResultRef
from portable_pipeline.semantics import RULES
from ppc_kfp.generate import generate
from ppc_kfp.stand_ins import through_stand_ins

HEAD = """
from portable_pipeline import RunEvent, collect, for_each, first_of, otherwise, pipeline, stage, when

@stage
def one(value: int = 1) -> int:
    return value

@stage
def two(value: int = 2) -> int:
    return value

@stage
def many() -> list[int]:
    return [1]

@stage
def show(values: list[int]) -> None:
    pass

def tell(event: RunEvent) -> None:
    {told}

@pipeline({hooks})
def flow(limit: int = 1):
"""


def captured(folder: Path, *body: str, told: str = "print(event.state)", hooks: str = "") -> Pipeline:
    file = folder / "flow.py"
    head = HEAD.replace("{told}", told).replace("{hooks}", hooks)
    file.write_text(head + "".join(f"    {line}\n" for line in body), encoding="utf-8")
    found = load(str(file))
    assert found.diagnostics == ()
    return found.pipeline


def test_whoever_names_a_primary_gets_its_stand_in(tmp_path: Path) -> None:
    pipeline = captured(
        tmp_path,
        "listed = many().or_else(many())",
        "with for_each(listed) as item:",
        "    made = one(item).or_else(two(item))",
        "show(collect(made)).after(listed)",
    )
    placed = through_stand_ins(pipeline)
    by_id = {each.id: each for each in placed.stages}
    (loop,) = placed.blocks
    assert isinstance(loop, Loop)
    assert loop.items[0].value == ResultRef(stage="many_2")
    assert by_id["show"].inputs[0].value == Collected(loop=loop.id, of=ResultRef(stage="two"))
    assert by_id["show"].after == ("many_2",)
    assert (by_id["two"].after, by_id["many_2"].after) == (("one",), ("many",))


def test_without_stand_ins_nothing_changes(tmp_path: Path) -> None:
    pipeline = captured(tmp_path, "two(one())")
    assert through_stand_ins(pipeline) is pipeline


@pytest.mark.parametrize(
    ("body", "apart"),
    [
        (["one(one()).or_else(two())"], False),
        (["made = one()", "one(made).or_else(two(made))"], False),
        (["made = one()", "one(two(made)).or_else(two(made))"], False),
        (["made = one()", "one(limit).after(made).or_else(two(made))"], False),
        (["made = one()", "one(limit).or_else(two(made))"], True),
        (["made = one()", "one(limit).or_else(two(limit).after(made))"], True),
        (["made = one()", "with when(made > 0):", "    one(limit).or_else(two(made))"], False),
        (
            ["made = one()", "with when(limit > 0):", "    a = one(made)", "with otherwise():", "    b = two(limit)",
             "one(first_of(a, b)).or_else(two(made))"],
            True,
        ),
    ],
)  # fmt: skip
def test_stand_ins_that_need_more_than_their_primaries(tmp_path: Path, body: list[str], apart: bool) -> None:
    pipeline = captured(tmp_path, *body)
    assert len(list(RULES["F3.apart"].used(pipeline))) == apart
    refused = [each.rule for each in target_diagnostics(pipeline, backend("kfp")) if isinstance(each, RefusedRule)]
    assert refused == ["F3.apart"] * apart


@pytest.mark.parametrize(
    ("told", "asks"),
    [
        ("print(event.state, event.run_id, event.pipeline)", False),
        ("print('an event')", False),
        ("print(event.failed)", True),
        ("print(event.degraded)", True),
        ("print(event)", True),
        ("print(f'{event}')", True),
        ("other = event; print(other.state)", True),
        ("print(getattr(event, 'failed'))", True),
        ("print((lambda: event.failed)())", True),
    ],
)
def test_hooks_that_ask_what_has_failed(tmp_path: Path, told: str, asks: bool) -> None:
    pipeline = captured(tmp_path, "one()", told=told, hooks="on_exit=tell, on_failure=tell")
    assert len(list(RULES["X1.failed"].used(pipeline))) == 2 * asks


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("SUCCEEDED", ["exit success"]),
        ("COMPLETE", ["exit success"]),
        ("FAILED", ["failure failed", "exit failed"]),
        ("CANCELED", ["exit cancelled"]),
        ("RUNNING", ["failure failed", "exit failed"]),
    ],
)
def test_what_hooks_are_told_by_what_kfp_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], said: str, told: list[str]
) -> None:
    pipeline = captured(tmp_path, "one()", told="print(event.state)", hooks="on_exit=tell, on_failure=tell")
    (text,) = (each.text for each in generate(pipeline) if each.path == "flow_pipeline.py")
    (component,) = (each for each in ast.parse(text).body if getattr(each, "name", "") == "tell_hooks")
    assert isinstance(component, ast.FunctionDef)
    component.decorator_list.clear()
    for argument in component.args.args:
        argument.annotation = None
    calls: list[str] = []

    def call_hook(hook: str, call: Callable[[], None]) -> None:
        call()
        calls.append(f"{hook.removeprefix('on_')} {capfd.readouterr().out.split()[-1]}")

    namespace: dict[str, Any] = {"call_hook": call_hook}
    exec(ast.unparse(component), namespace)
    namespace["tell_hooks"](SimpleNamespace(state=said), "run-1")
    assert calls == told
