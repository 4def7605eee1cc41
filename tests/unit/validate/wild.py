"""Random IR that parses and means nothing in particular: references to nowhere, wild numbers, odd names."""

from datetime import timedelta
from typing import get_args

from hypothesis import strategies as st

from portable_pipeline.diagnostics import Span
from portable_pipeline.ir import (
    AllOf,
    AnyOf,
    ArtifactInput,
    ArtifactKind,
    ArtifactRef,
    Branch,
    Choice,
    Collected,
    CommandBody,
    Compare,
    Constant,
    Constraints,
    Cron,
    DictOf,
    ExtractedModule,
    FirstOf,
    Group,
    Hook,
    ItemKey,
    ItemRef,
    Items,
    ListOf,
    Loop,
    Not,
    Operand,
    OptionalOf,
    Output,
    Parameter,
    ParameterRef,
    Pipeline,
    PythonBody,
    Record,
    RecordField,
    ResultRef,
    Retry,
    RunDate,
    RunTime,
    Scalar,
    Stage,
    Statement,
    Text,
    Type,
    Uri,
    ValueInput,
    VerbatimModule,
)
from portable_pipeline.ir.types import ScalarName

# Few names, so that most references hit something, and some odd ones.
NAMES = st.sampled_from(["a", "b", "c", "result", "", "class", "ä", "x y", "a" * 120, "{a}", "\x1b[0m", "a\nb"])
TEXTS = st.one_of(NAMES, st.text(max_size=12))
SPANS = st.none() | st.builds(Span, st.sampled_from(["p.py", "q.py"]), st.integers(0, 9), st.integers(0, 9))
NUMBERS = st.one_of(st.integers(), st.floats(), st.integers(-3, 3))
DURATIONS = st.timedeltas() | st.sampled_from([timedelta(0), timedelta(seconds=-1), timedelta(minutes=5)])
KINDS = st.sampled_from(get_args(ArtifactKind))
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | st.sampled_from(["2026-01-05", "2026-W01-1", "2026-01-05T02:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def _fields(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[tuple[RecordField, ...]]:
    return st.lists(st.builds(RecordField, name=NAMES, type=inner, required=st.booleans()), max_size=3).map(tuple)


TYPES: st.SearchStrategy[Type] = st.recursive(
    st.builds(Scalar, name=st.sampled_from(get_args(ScalarName)))
    | st.builds(Choice, values=st.lists(st.booleans() | st.integers(0, 2) | NAMES, max_size=3).map(tuple)),
    lambda inner: (
        st.builds(ListOf, item=inner)
        | st.builds(DictOf, value=inner)
        | st.builds(OptionalOf, item=inner)
        | st.builds(
            Record,
            form=st.sampled_from(["dataclass", "namedtuple", "typeddict"]),
            module=NAMES,
            name=NAMES,
            fields=_fields(inner),
        )
    ),
    max_leaves=4,
)
MADE = st.builds(ResultRef, stage=NAMES, field=st.none() | NAMES) | st.builds(ArtifactRef, stage=NAMES, output=NAMES)
COLLECTED = st.recursive(
    st.builds(Collected, loop=NAMES, of=MADE), lambda inner: st.builds(Collected, loop=NAMES, of=inner), max_leaves=2
)
VALUES = st.one_of(
    st.builds(Constant, value=JSON),
    st.builds(ParameterRef, name=NAMES),
    MADE,
    COLLECTED,
    st.builds(FirstOf, options=st.lists(MADE, max_size=3).map(tuple)),
    st.builds(ItemRef, loop=NAMES, name=NAMES, field=st.none() | NAMES),
    st.builds(RunDate),
    st.builds(RunTime),
)
OPERANDS = st.builds(Operand, value=VALUES, type=TYPES)
PREDICATES = st.recursive(
    st.builds(
        Compare, left=OPERANDS, operator=st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in"]), right=OPERANDS
    ),
    lambda inner: (
        st.builds(AllOf, items=st.lists(inner, max_size=2).map(tuple))
        | st.builds(AnyOf, items=st.lists(inner, max_size=2).map(tuple))
        | st.builds(Not, item=inner)
    ),
    max_leaves=3,
)
ITEMS = st.builds(Items, name=NAMES, value=VALUES, type=TYPES)
PARENTS = st.none() | NAMES
BLOCKS = st.one_of(
    st.builds(
        Branch, id=NAMES, parent=PARENTS, predicate=PREDICATES, otherwise_of=st.none() | st.none() | NAMES, span=SPANS
    ),
    st.builds(
        Loop,
        id=NAMES,
        parent=PARENTS,
        items=st.lists(ITEMS, max_size=2).map(tuple),
        key=st.none() | NAMES,
        max_parallel=st.none() | st.integers(),
        span=SPANS,
    ),
    st.builds(Group, id=NAMES, parent=PARENTS, name=TEXTS, span=SPANS),
)
PARTS = st.one_of(
    st.builds(Text, text=st.text("ab/.:{}\n", max_size=6) | st.sampled_from(["s3://b/", "file:///a", "/a", "../"])),
    st.builds(ParameterRef, name=NAMES),
    st.builds(RunDate),
    st.builds(ItemKey, loop=NAMES),
)
CONSTRAINTS = st.builds(
    Constraints,
    ge=st.none() | NUMBERS,
    gt=st.none() | NUMBERS,
    le=st.none() | NUMBERS,
    lt=st.none() | NUMBERS,
    multiple_of=st.none() | NUMBERS,
    min_length=st.none() | st.integers(),
    max_length=st.none() | st.integers(),
    pattern=st.none() | st.sampled_from(["[", "(?P<a>a)", "a*", "(" * 99]) | st.text("[(*+?{a}])\\", max_size=6),
)
INPUTS = st.one_of(
    st.builds(ValueInput, name=NAMES, type=TYPES, value=VALUES, span=SPANS),
    st.builds(ArtifactInput, name=NAMES, artifact=KINDS, value=VALUES, span=SPANS),
)
OUTPUTS = st.builds(
    Output,
    name=NAMES,
    artifact=KINDS,
    uri=st.builds(Uri, parts=st.lists(PARTS, max_size=4).map(tuple)),
    span=SPANS,
)
COMMANDS = st.text("{}a.pathuri '\"\\\0", max_size=12) | st.sampled_from(["", "{a}", "{a.path}", "{{", "{ä.uri}"])
BODIES = st.one_of(
    st.builds(PythonBody, module=NAMES, function=NAMES, installed=st.booleans(), aborts=st.booleans()),
    st.builds(CommandBody, command=COMMANDS | st.lists(COMMANDS, max_size=3).map(tuple), image=st.none() | NAMES),
)
RETRIES = st.builds(
    Retry,
    retries=st.integers(),
    delay=DURATIONS,
    backoff=st.floats(),
    max_delay=st.none() | DURATIONS,
    jitter=st.floats(),
)
HOOKS = st.none() | st.builds(
    Hook, body=st.builds(PythonBody, module=NAMES, function=NAMES, installed=st.booleans()), span=SPANS
)
STAGES = st.builds(
    Stage,
    id=NAMES,
    body=BODIES,
    inputs=st.lists(INPUTS, max_size=3).map(tuple),
    outputs=st.lists(OUTPUTS, max_size=3).map(tuple),
    result=st.none() | TYPES,
    after=st.lists(NAMES, max_size=3).map(tuple),
    retry=RETRIES,
    timeout=st.none() | DURATIONS,
    block=PARENTS,
    fallback=st.none() | NAMES,
    stands_in_for=st.none() | NAMES,
    on_failure=HOOKS,
    span=SPANS,
)
CRON_TEXTS = st.sampled_from(["0 2 * * *", "0 0 31 2 *", "@daily", "* * * * * *", "a b c d e", "0 0 L * *"])
SCHEDULES = st.builds(
    Cron,
    expression=CRON_TEXTS | st.text("0123456789*/,-? LW#", max_size=16),
    timezone=st.sampled_from(["UTC", "Europe", "Berlin", "../etc/passwd", "/etc/localtime", ""]) | st.text(max_size=6),
    span=SPANS,
)
PARAMETERS = st.builds(
    Parameter, name=NAMES, type=TYPES, required=st.booleans(), default=JSON, constraints=CONSTRAINTS, span=SPANS
)
MODULES = st.one_of(
    st.builds(
        ExtractedModule,
        name=NAMES,
        file=NAMES,
        statements=st.lists(
            st.builds(Statement, text=TEXTS, line=st.integers(0), defines=st.lists(NAMES, max_size=2).map(tuple)),
            max_size=2,
        ).map(tuple),
    ),
    st.builds(VerbatimModule, name=NAMES, file=NAMES, source=TEXTS),
)
PIPELINES = st.builds(
    Pipeline,
    name=NAMES,
    source=NAMES,
    schedule=st.none() | SCHEDULES,
    timeout=st.none() | DURATIONS,
    packages=st.lists(st.sampled_from(["a==1", "a=1", "", "-r x", "a ; b"]) | TEXTS, max_size=2).map(tuple),
    parameters=st.lists(PARAMETERS, max_size=3).map(tuple),
    stages=st.lists(STAGES, max_size=4).map(tuple),
    blocks=st.lists(BLOCKS, max_size=4).map(tuple),
    on_exit=HOOKS,
    on_failure=HOOKS,
    modules=st.lists(MODULES, max_size=2).map(tuple),
    span=SPANS,
)
