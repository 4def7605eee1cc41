"""Two stages, the second of which fails until it is mended."""

import os

from portable_pipeline import pipeline, stage


@stage(timeout="1m")
def first(n: int) -> int:
    return n + 1


@stage(timeout="1m", retries=1, retry_delay="100ms")
def second(n: int) -> int:
    if not os.path.exists("mended"):
        raise ValueError("not yet")
    return n + 1


@pipeline
def failing(n: int = 1):
    second(first(n))
