"""F3: stages that give nothing and that nothing comes after: what stands in runs all the same, and the run is saved."""

from portable_pipeline import for_each, pipeline, stage

from recording import record


@stage
def announce(log: str, to: str, broken: bool) -> None:
    record(log, to)
    if broken:
        raise RuntimeError("nobody listens")


@stage
def shout(log: str, to: str) -> None:
    record(log, to)


@pipeline
def f3_alone(log: str, broken: bool):
    announce(log, "announce", broken).or_else(shout(log, "shout"))
    with for_each(["a", "b"]) as item:
        announce(log, item, broken).or_else(shout(log, item))
