"""F3: a stand-in in a branch, and the join that gets its value; where the branch does not run, neither of them does."""

from portable_pipeline import first_of, otherwise, pipeline, stage, when

from recording import record


@stage
def train(log: str, broken: bool) -> str:
    record(log, "train")
    if broken:
        raise RuntimeError("no model today")
    return "new"


@stage
def previous(log: str) -> str:
    record(log, "previous")
    return "old"


@stage
def nothing(log: str) -> str:
    record(log, "nothing")
    return "none"


@stage
def serve(log: str, model: str) -> str:
    record(log, "serve", model=model)
    return model


@pipeline
def f3_in_a_branch(log: str, wanted: bool, broken: bool):
    with when(wanted):
        trained = train(log, broken).or_else(previous(log))
    with otherwise():
        left = nothing(log)
    serve(log, first_of(trained, left))
