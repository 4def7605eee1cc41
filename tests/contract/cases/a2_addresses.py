"""A2: an address depends on parameters, run date and stage only: not on attempt, time or run."""

from portable_pipeline import Dataset, Input, Output, pipeline, stage, uri

from recording import record


@stage(retries=1, retry_delay="0s")
def write(
    log: str,
    text: str,
    default: Output[Dataset],
    given: Output[Dataset] = uri("{root}/{region}/{run_date}/given.txt"),
) -> None:
    attempt = record(log, "write", given=given.uri, default=default.uri)
    if attempt == 1:
        raise RuntimeError("the second attempt has the same addresses")
    for each in (given, default):
        with open(each.path, "w") as file:
            file.write(text)


@stage
def read(log: str, given: Input[Dataset], default: Input[Dataset]) -> str:
    record(
        log, "read", given=given.uri, default=default.uri, texts=[open(given.path).read(), open(default.path).read()]
    )
    return open(given.path).read()


@pipeline
def a2_addresses(log: str, root: str, region: str, text: str):
    written = write(log=log, text=text)
    read(log=log, given=written.given, default=written.default)
