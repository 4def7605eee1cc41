"""What of a pipeline file is captured: settings, values, order, commands, spans."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from portable_pipeline.capture import Captured, load
from portable_pipeline.ir import (
    ArtifactRef,
    Choice,
    CommandBody,
    Constant,
    Cron,
    ListOf,
    ParameterRef,
    PythonBody,
    Record,
    ResultRef,
    Retry,
    RunDate,
    RunTime,
)
from portable_pipeline.ir.types import DATE, FLOAT, INT

PLAIN = """from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def load() -> int:
    return 3


@pipeline
def nightly():
    load()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def captured(folder: Path, text: str, **others: str) -> Captured:
    """The pipeline of that text, without complaints; `others` are modules beside it."""
    for name, other in others.items():
        (folder / f"{name}.py").write_text(other)
    (folder / "pipeline.py").write_text(text)
    found = load("pipeline.py")
    assert [each.message for each in found.diagnostics] == []
    return found


def load_text(folder: Path, text: str) -> Captured:
    (folder / "pipeline.py").write_text(text, encoding="utf-8")
    return load("pipeline.py")


class TestCaptures:
    def test_settings(self, folder: Path) -> None:
        text = '''"""The module."""
from datetime import timedelta
from portable_pipeline import cron, pipeline, stage


@stage(retries=3, retry_delay="1m30s", backoff=2, max_delay=timedelta(hours=1), jitter=0.5, timeout="2h", tags=["io"])
def load() -> int:
    """Load it.

    Slowly.
    """
    return 3


@stage(name="saved", owner="platform")
def save(rows: int) -> None: ...


@pipeline(
    name="churn", schedule=cron("0 2 * * *", timezone="Europe/Berlin"), timeout="1d", owner="ml", tags=("a", "b"),
    packages=["numpy"],
)
def nightly():
    save(load())
'''
        pipeline = captured(folder, text).pipeline
        assert (pipeline.name, pipeline.description, pipeline.owner) == ("churn", "The module.", "ml")
        assert (pipeline.tags, pipeline.packages, pipeline.timeout) == (("a", "b"), ("numpy",), timedelta(days=1))
        assert isinstance(pipeline.schedule, Cron)
        assert (pipeline.schedule.expression, pipeline.schedule.timezone) == ("0 2 * * *", "Europe/Berlin")
        load_it, save_it = pipeline.stages
        assert load_it.retry == Retry(
            retries=3,
            delay=timedelta(seconds=90),
            backoff=2.0,
            max_delay=timedelta(hours=1),
            jitter=0.5,
        )
        assert (load_it.timeout, load_it.tags, load_it.owner) == (timedelta(hours=2), ("io",), "ml")
        assert load_it.description == "Load it.\n\nSlowly."
        assert (save_it.id, save_it.owner, save_it.timeout, save_it.retry) == ("saved", "platform", None, Retry())
        assert save_it.body == PythonBody(module="pipeline", function="save")

    def test_values(self, folder: Path) -> None:
        text = """from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Literal, NamedTuple, Optional
from portable_pipeline import Dataset, Field, Input, Output, pipeline, run, stage, uri


class Scores(NamedTuple):
    auc: float
    day: date


@dataclass
class Window:
    start: date
    length: timedelta = timedelta(days=1)


@stage(timeout="5m")
def score(window: Window, table: Output[Dataset]) -> Scores: ...


@stage(timeout="5m")
def use(
    scores: Scores,
    auc: float,
    day: date,
    moment: datetime,
    table: Input[Dataset],
    mode: Literal["fast", "slow"],
    limit: Optional[int],
    rest: dict[str, list[float]],
    anything: Any = None,
    factor: float = 2,
    late: timedelta = timedelta(minutes=1),
    odd: Any = object(),
) -> None: ...


@pipeline
def nightly(
    root: str,
    mode: Literal["fast", "slow"] = "fast",
    days: list[date] = [date(2026, 1, 5)],
    limit: Annotated[Optional[int], Field(ge=1, le=9, description="at most")] = None,
):
    scores = score(Window(date(2026, 1, 5)))
    use(
        scores, scores.auc, run.date, run.time, scores, mode, limit,
        rest={"a": [1, 2.5]}, anything=[None, {"x": True}],
    )
    use(
        scores.result, scores.result.auc, date(2026, 1, 6), datetime(2026, 1, 6, tzinfo=timezone.utc), scores.table,
        "slow", 3, {},
    )
"""
        pipeline = captured(folder, text).pipeline
        score, use, again = pipeline.stages
        (window,) = score.inputs
        assert window.value == Constant(value={"start": "2026-01-05", "length": 86400.0})
        assert isinstance(window.type, Record)
        assert [each.required for each in window.type.fields] == [True, False]
        assert score.outputs[0].uri.template == "{root}/nightly/{run_date}/score/table"
        values = {each.name: each.value for each in use.inputs}
        assert values == {
            "scores": ResultRef(stage="score"),
            "auc": ResultRef(stage="score", field="auc"),
            "day": RunDate(),
            "moment": RunTime(),
            "table": ArtifactRef(stage="score", output="table"),
            "mode": ParameterRef(name="mode"),
            "limit": ParameterRef(name="limit"),
            "rest": Constant(value={"a": [1.0, 2.5]}),
            "anything": Constant(value=[None, {"x": True}]),
            "factor": Constant(value=2.0),
            "late": Constant(value=60.0),
        }
        assert again.id == "use_2"
        constants = {each.name: each.value.value for each in again.inputs if isinstance(each.value, Constant)}
        assert constants["moment"] == "2026-01-06T00:00:00+00:00"
        assert constants["day"] == "2026-01-06"
        root, mode, days, limit = pipeline.parameters
        assert (root.required, root.default) == (True, None)
        assert (mode.type, mode.default) == (Choice(values=("fast", "slow")), "fast")
        assert (days.type, days.default) == (ListOf(item=DATE), ["2026-01-05"])
        assert (limit.constraints.ge, limit.constraints.le, limit.description) == (1, 9, "at most")

    def test_order(self, folder: Path) -> None:
        text = """from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def step() -> int:
    return 1


@pipeline
def nightly():
    a, b, c, d = step(), step(), step(), step()
    b.after(a).after(a, [c])
    [a, b] >> d
    a >> [c, d]
"""
        pipeline = captured(folder, text).pipeline
        assert {each.id: each.after for each in pipeline.stages} == {
            "step": (),
            "step_2": ("step", "step_3"),
            "step_3": ("step",),
            "step_4": ("step", "step_2"),
        }

    def test_ids_never_clash(self, folder: Path) -> None:
        text = """from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def step() -> int:
    return 1


@stage(timeout="5m")
def step_2() -> int:
    return 2


@pipeline
def nightly():
    step_2(), step(), step(), step_2()
"""
        assert [each.id for each in captured(folder, text).pipeline.stages] == ["step_2", "step", "step_3", "step_2_2"]

    def test_command(self, folder: Path) -> None:
        text = """from datetime import date
from typing import Annotated
from portable_pipeline import Dataset, Input, Metrics, Output, command, pipeline, run, stage, uri

make = command(
    "echo {day} > {data.path}", name="make", inputs={"day": date}, outputs={"data": Output[Dataset]}, timeout="5m"
)
count = command(
    ["wc", "-l", "{data.path}", "{size}"], name="count", image="busybox:1", timeout="5m",
    inputs={"data": Input[Dataset], "size": float},
    outputs={
        "report": uri("{root}/{stage}/{name}.txt"), "other": Annotated[Output[Metrics], uri("{root}/{pipeline}.json")]
    },
)


@pipeline
def nightly(root: str):
    count(make(run.date), size=3)
"""
        make, count = captured(folder, text).pipeline.stages
        assert make.body == CommandBody(command="echo {day} > {data.path}")
        assert count.body == CommandBody(command=("wc", "-l", "{data.path}", "{size}"), image="busybox:1")
        assert [(each.name, each.artifact, each.uri.template) for each in count.outputs] == [
            ("report", "Artifact", "{root}/count/report.txt"),
            ("other", "Metrics", "{root}/nightly.json"),
        ]
        assert [each.value for each in count.inputs] == [
            ArtifactRef(stage="make", output="data"),
            Constant(value=3.0),
        ]

    def test_functions_of_others(self, folder: Path) -> None:
        text = """import textwrap
import training
from portable_pipeline import pipeline, stage

shorten = stage(textwrap.shorten, timeout="5m", name="short")
fit = stage(training.fit, retries=1, timeout="5m")


@pipeline
def nightly():
    shorten("a b", 3)
    fit(0.5)
"""
        (folder / "training.py").write_text("def fit(rate: float) -> float:\n    return rate\n")
        (folder / "pipeline.py").write_text(text)
        found = load("pipeline.py")
        assert [each.code for each in found.diagnostics] == ["PPC063"], "`**kwargs` of textwrap.shorten"
        shorten, fit = found.pipeline.stages
        assert shorten.body == PythonBody(module="textwrap", function="shorten", installed=True)
        assert fit.body == PythonBody(module="training", function="fit")
        assert fit.inputs[0].type == FLOAT
        assert [each.name for each in found.pipeline.modules] == ["training"]

    def test_aborting_stages(self, folder: Path) -> None:
        text = """import shared
from portable_pipeline import Abort, pipeline, stage


def refuse() -> None:
    raise Abort("no")


def check() -> None:
    refuse()


@stage(timeout="5m")
def direct() -> None:
    raise Abort("no")


@stage(timeout="5m")
def indirect() -> None:
    check()


@stage(timeout="5m")
def elsewhere() -> None:
    shared.refuse()


@stage(timeout="5m")
def never() -> None:
    shared.allow()


@pipeline
def nightly():
    direct(), indirect(), elsewhere(), never()
"""
        shared = """from portable_pipeline import Abort


def refuse() -> None:
    raise Abort("no")


def allow() -> None: ...
"""
        pipeline = captured(folder, text, shared=shared).pipeline
        bodies = {each.id: each.body for each in pipeline.stages}
        aborts = {name: body.aborts for name, body in bodies.items() if isinstance(body, PythonBody)}
        assert aborts == {"direct": True, "indirect": True, "elsewhere": True, "never": False}

    def test_spans(self, folder: Path) -> None:
        text = """from portable_pipeline import Dataset, Output, pipeline, stage, uri


@stage(timeout="5m")
def größe(zahl: int, datei: Output[Dataset] = uri("{root}/ä.csv")) -> int:
    return zahl


@pipeline
def nightly(root: str, n: int = 3):
    größe(größe(n, datei=uri("{root}/ö.csv")), datei=uri("{root}/ü.csv")).after(größe(
        zahl=n,
    ))
"""
        found = load_text(folder, text)
        lines = text.splitlines()

        def source(span: object) -> str:
            line = lines[span.line - 1]  # type: ignore[attr-defined]
            return line[span.column - 1 : span.end_column - 1]  # type: ignore[attr-defined]

        inner, outer, last = found.pipeline.stages
        assert source(inner.span) == 'größe(n, datei=uri("{root}/ö.csv"))'
        assert source(outer.span) == 'größe(größe(n, datei=uri("{root}/ö.csv")), datei=uri("{root}/ü.csv"))'
        assert source(inner.inputs[0].span) == "n"
        assert source(outer.outputs[0].span) == 'uri("{root}/ü.csv")'
        assert last.span is not None
        assert (last.span.line, last.span.end_line) == (11, 13)
        assert source(last.inputs[0].span) == "n"
        assert source(last.outputs[0].span) == "datei: Output[Dataset]"
        assert [source(each.span) for each in found.pipeline.parameters] == ["root: str", "n: int"]
        assert source(found.pipeline.span) == "nightly"

    def test_same_on_every_machine(self, folder: Path) -> None:
        """No path of this machine, no hash order, no time."""
        (folder / "pipeline.py").write_text(PLAIN)
        (folder / "elsewhere").mkdir()
        (folder / "elsewhere" / "pipeline.py").write_text(PLAIN)
        script = (
            "import sys; from portable_pipeline import capture, ir; "
            "print(ir.to_json(capture.load(sys.argv[1]).pipeline))"
        )
        texts = {
            subprocess.run(
                [sys.executable, "-c", script, name],
                env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for name, seed in (("pipeline.py", "1"), ("elsewhere/pipeline.py", "2"))
        }
        assert len(texts) == 1
        assert str(folder) not in texts.pop()


def test_thousand_stages_take_less_than_a_second(folder: Path) -> None:
    """Measured 0.5 s of CPU; a factor for slow machines."""
    stages = "\n".join(
        f"@stage(timeout='5m')\ndef step_{index}(x: int) -> int:\n    return helper(x) + {index}\n"
        for index in range(1000)
    )
    calls = "\n".join(f"    x = step_{index}(x)" for index in range(1000))
    head = "from portable_pipeline import pipeline, stage\n\ndef helper(x: int) -> int:\n    return x\n"
    started = time.process_time()
    found = captured(folder, f"{head}\n{stages}\n@pipeline\ndef nightly(x: int = 1):\n{calls}\n")
    assert len(found.pipeline.stages) == 1000
    assert found.pipeline.stages[-1].inputs[0].type == INT
    assert time.process_time() - started < 2
