"""Conditions three deep, each with its opposite, and one join of all that can run."""

from portable_pipeline import first_of, otherwise, pipeline, stage, when

from recording import record


@stage
def measure(log: str, value: int) -> int:
    record(log, "measure")
    return value


@stage
def double(log: str, value: int) -> int:
    record(log, "double")
    return 2 * value


@stage
def name(log: str, text: str) -> str:
    return text


@stage
def tell(log: str, text: str) -> str:
    record(log, "tell", text=text)
    return text


@pipeline
def combo_nested_conditions(log: str, value: int):
    measured = measure(log, value)
    with when(measured > 0):
        doubled = double(log, measured)
        with when(doubled > 10):
            with when((doubled > 100) & (measured != 99)):
                huge = name(log, "huge")
            with otherwise():
                big = name(log, "big")
        with otherwise():
            small = name(log, "small")
    with otherwise():
        none = name(log, "none")
    tell(log, first_of(huge, big, small, none))
    name(log, "after huge").after(huge)
