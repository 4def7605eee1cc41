"""M3: a loop over a constant that happens to be empty."""

from portable_pipeline import collect, for_each, pipeline, stage

from recording import record

REGIONS: list[str] = []


@stage
def body(log: str, region: str) -> str:
    record(log, "body")
    return region


@stage
def take(log: str, regions: list[str]) -> None:
    record(log, "take", regions=regions)


@pipeline
def m3_constant(log: str):
    with for_each(REGIONS) as region:
        done = body(log=log, region=region)
    take(log=log, regions=collect(done))
