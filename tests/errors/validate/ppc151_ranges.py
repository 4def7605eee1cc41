from typing import Literal

from portable_pipeline import first_of, otherwise, pipeline, stage, when


@stage(timeout="5m")
def load() -> int:
    return 3


@stage(timeout="5m")
def double(rows: int) -> int:
    return 2 * rows


@pipeline
def nightly(mode: Literal["fast", "slow", "exact"] = "fast", share: float = 0.5):
    rows = load()
    with when(rows > 100):
        many = double(rows)
        with when(rows < 10):
            double(1)
        with when(rows >= 101):
            double(2)
        with otherwise():
            double(3)
    with when((share > 0.5) & (share <= 0.5)):
        double(4)
    with when(mode.is_in(["fast", "slow"])):
        quick = double(5)
        with when(mode == "exact"):
            double(6)
        with when(mode != "fast"):
            with when(mode != "slow"):
                double(7)
    with when(mode == "exact"):
        exact = double(8)
    with when(rows < 10):
        few = double(9)
    with when((rows == 1) & (rows > 1)):
        double(10)
    # These exclude each other.
    double(first_of(many, few))
    double(first_of(quick, exact))
