import portable_pipeline as pp
from os.path import *

from portable_pipeline import Dataset, Input, Output, pipeline, run, stage, uri


@stage(timeout="5m")
def dynamic(name: str) -> int:
    here = locals()
    return eval(name) + globals()[name] + vars()["name"] + len(vars(here))


@stage(timeout="5m")
def from_star(path: str) -> bool:
    return exists(path)


@stage(timeout="5m")
def misspelt(name: str) -> int:
    return lenn(name) + helper()


def helper() -> int:
    return undefined_anywhere + from_star("a")


@stage(timeout="5m")
def language(data: Output[Dataset] = uri("{root}/a")) -> str:
    other = Input[Dataset]
    if pp.run:
        raise pp.Abort(str(pp.uri("a")))
    return f"{run.date}{__file__}"


@stage(timeout="5m")
def importing() -> str:
    from portable_pipeline import Abort, run

    raise Abort(str(run.date))


@pipeline
def nightly(root: str = "/tmp/nightly"):
    dynamic("a")
    from_star("a")
    misspelt("a")
    language()
    importing()
