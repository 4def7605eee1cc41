"""R4: `Abort` fails the stage at once, though retries are left."""

from portable_pipeline import Abort, pipeline, stage

from recording import record


def check(rows: int) -> None:
    if rows == 0:
        raise Abort("the table is empty; trying again will not fill it")


@stage(retries=3, retry_delay="0s")
def refuse(log: str, rows: int) -> int:
    record(log, "refuse")
    check(rows)
    return rows


@stage
def take(log: str, rows: int) -> None:
    record(log, "take")


@pipeline
def r4_abort(log: str):
    take(log=log, rows=refuse(log=log, rows=0))
