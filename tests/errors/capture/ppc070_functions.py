import functools
import math

import _retrying
from portable_pipeline import pipeline, stage


def make(rows: int):
    @stage(timeout="5m")
    def inner() -> int:
        return rows

    return inner


class Loader:
    @stage(timeout="5m")
    def method(self) -> int:
        return 3

    @staticmethod
    def static() -> int:
        return 3


@stage(timeout="5m")
async def later() -> int:
    return 3


@stage(timeout="5m")
def several() -> int:
    yield 3


inner = make(3)
double = stage(lambda x: 2 * x, name="double", timeout="5m")
part = stage(functools.partial(math.pow, 2), name="part", timeout="5m")
loader = stage(Loader, name="loader", timeout="5m")
static = stage(Loader.static, timeout="5m")
made = stage(_retrying.from_text(), timeout="5m")


@stage(timeout="5m")
@_retrying.unwrapped
def wrapped() -> int:
    return 3


@pipeline
def nightly():
    inner()
    Loader.method()
    later()
    several()
    double(3)
    part()
    loader()
    static()
    made()
    wrapped()
