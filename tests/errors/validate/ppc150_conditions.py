from datetime import date, datetime
from typing import Literal, Optional

from portable_pipeline import Metrics, Output, first_of, in_, otherwise, pipeline, run, stage, uri, when


@stage(timeout="5m")
def load() -> int:
    return 3


@stage(timeout="5m")
def find() -> Optional[float]:
    return None


@stage(timeout="5m")
def measure(auc: Output[Metrics] = uri("{root}/{run_date}/auc.txt")) -> None:
    open(auc.path, "w").close()


@stage(timeout="5m")
def double(rows: int) -> int:
    return 2 * rows


@stage(timeout="5m")
def name(rows: int) -> str:
    return str(rows)


@stage(timeout="5m")
def add(one: int, other: int) -> None:
    print(one + other)


@pipeline
def nightly(
    root: str = "/tmp/nightly", mode: Literal["fast", "slow"] = "fast", day: date = date(2026, 1, 5), check: bool = True
):
    rows, found, report = load(), find(), measure()
    with when(rows > 3):
        many = double(rows)
        with when(rows <= 3):
            double(1)
    with otherwise():
        few = double(many)
        text = name(few)
    add(many, few)
    add(1, 2).after(many, few)
    double(first_of(many, few))
    double(first_of(many, text))
    with when(mode == "fsat"):
        double(2)
    with when(mode.is_in(["fast", "slwo"])):
        double(3)
    with when(rows < "3"):
        double(4)
    with when(found < 3):
        double(5)
    with when(found == None):
        double(6)
    with when(rows == None):
        double(7)
    with when(day == "2026-01-05"):
        double(8)
    with when(run.date > day):
        double(9)
    with when(run.time > datetime(2026, 1, 5)):
        double(10)
    with when(report.auc > 0.8):
        double(11)
    with when(in_(rows, mode)):
        double(12)
    with when(rows.is_in([])):
        double(13)
    with when(in_(3, [1, 2])):
        double(14)
    with when((rows == 1) & (rows == 2)):
        double(15)
    with when(check & ~check):
        double(16)
    with when(first_of(many, few) == 3):
        double(17)
    with when(rows > 100):
        more = double(18)
    add(first_of(many, more), 1)
    with when(mode == "fast"):
        fast = double(19)
    with when(mode == "slow"):
        slow = double(20)
    double(first_of(fast, slow))
