"""What a stage needs of its module, and how modules are put together."""

from __future__ import annotations

import ast

from portable_pipeline.codegen.code_folder import closure, local_modules, module_text, runtime_sources
from portable_pipeline.ir import (
    Branch,
    Compare,
    Constant,
    ExtractedModule,
    Hook,
    Items,
    Loop,
    Operand,
    Pipeline,
    PythonBody,
    Stage,
    Statement,
    VerbatimModule,
)
from portable_pipeline.ir.types import INT

MODULE = ExtractedModule(
    name="flow",
    file="flow.py",
    runtime_names=("Abort",),
    statements=(
        Statement(text="import math\n", line=1, defines=("math",), is_import=True),
        Statement(text="from data import rows\n", line=2, defines=("rows",), local_imports=("data",), is_import=True),
        Statement(text="LIMIT = 3\n", line=4, defines=("LIMIT",)),
        Statement(text="# how much is too much\nSCALE = 2\n", line=5, defines=("SCALE",)),
        Statement(
            text="def helper(x):\n    return math.floor(x) * SCALE\n",
            line=8,
            defines=("helper",),
            needs=("math", "SCALE"),
        ),
        Statement(text="def one():\n    return helper(LIMIT)\n", line=11, defines=("one",), needs=("helper", "LIMIT")),
        Statement(text="def two():\n    return rows()\n", line=15, defines=("two",), needs=("rows",)),
    ),
)
PIPELINE = Pipeline(
    name="flow",
    source="flow.py",
    stages=(
        Stage(id="one", body=PythonBody(module="flow", function="one")),
        Stage(id="two", body=PythonBody(module="flow", function="two")),
    ),
    modules=(
        MODULE,
        VerbatimModule(
            name="data", file="data.py", source="from pack.deep import rows\n", local_imports=("pack.deep",)
        ),
        VerbatimModule(name="pack", file="pack/__init__.py", is_package=True, source=""),
        VerbatimModule(name="pack.deep", file="pack/deep.py", source="def rows(): return []\n"),
        VerbatimModule(name="unused", file="unused.py", source=""),
    ),
)


def test_a_closure_holds_what_the_stage_needs_in_source_order():
    one, two = (closure(PIPELINE, stage) for stage in PIPELINE.stages)
    assert [each.defines[0] for each in one] == ["math", "LIMIT", "SCALE", "helper", "one"]
    assert [each.defines[0] for each in two] == ["rows", "two"]


def test_local_modules_come_transitively_with_their_packages():
    one, two = (local_modules(PIPELINE, stage) for stage in PIPELINE.stages)
    assert one == ()
    assert [each.name for each in two] == ["data", "pack", "pack.deep"]


def test_an_extracted_module_reads_like_a_written_one():
    text = module_text(MODULE)
    ast.parse(text)
    assert text == (
        '"""Stage code of flow.py."""\n\n'
        "import math\nfrom data import rows\n\n"
        "from stage_runtime import Abort\n\n"
        "LIMIT = 3\n# how much is too much\nSCALE = 2\n\n\n"
        "def helper(x):\n    return math.floor(x) * SCALE\n\n\n"
        "def one():\n    return helper(LIMIT)\n\n\n"
        "def two():\n    return rows()\n"
    )


def test_helpers_for_control_flow_come_with_control_flow():
    one = Operand(value=Constant(value=1), type=INT)
    loop = Loop(id="loop", items=(Items(name="item", value=Constant(value=[1]), type=INT),))
    branch = Branch(id="when", predicate=Compare(left=one, operator="==", right=one))
    hook = Hook(body=PythonBody(module="flow", function="one"))
    told = MODULE.model_copy(update={"runtime_names": ("FailureEvent",)})
    optional = {"events.py", "items.py", "predicates.py"}
    copied = [
        {name for name, _ in runtime_sources(PIPELINE.model_copy(update=update))}
        for update in ({}, {"blocks": (loop,)}, {"blocks": (branch,)}, {"on_exit": hook}, {"modules": (told,)})
    ]
    assert [optional & each for each in copied] == [
        set(),
        {"items.py"},
        {"predicates.py"},
        {"events.py"},
        {"events.py"},
    ]
    assert all("attempts.py" in each for each in copied)
