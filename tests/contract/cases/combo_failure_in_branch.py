"""A failure in the branch that runs: its join and all after it are lost; the other branch stays skipped."""

from portable_pipeline import first_of, otherwise, pipeline, stage, when

from recording import record


@stage
def risky(log: str, broken: bool) -> str:
    record(log, "risky")
    if broken:
        raise RuntimeError("boom")
    return "risky"


@stage
def polish(log: str, text: str) -> str:
    return text.upper()


@stage
def safe(log: str) -> str:
    record(log, "safe")
    return "safe"


@stage
def other(log: str) -> str:
    return "in the same branch"


@stage
def apart(log: str) -> str:
    return "in none"


@stage
def tell(log: str, text: str) -> str:
    record(log, "tell")
    return text


@pipeline
def combo_failure_in_branch(log: str, dare: bool, broken: bool):
    with when(dare):
        polished = polish(log, risky(log, broken))
        other(log)
    with otherwise():
        kept = safe(log)
    told = tell(log, first_of(polished, kept))
    polish(log, told)
    apart(log)
