import warnings

from portable_pipeline import pipeline, stage

TABLE = {}
TABLE["events"] = 3
NAMES = ["a"]
NAMES.append("b")
NAMES += ["c"]
FILLED = {}
for name in NAMES:
    FILLED[name] = len(name)
LIMIT = 3
COUNT = 0
PASSED = []


def fill(target) -> None:
    target.append(1)


fill(PASSED)
warnings.filterwarnings("ignore")


def configure() -> None:
    global LIMIT
    LIMIT = 4


configure()


@stage(timeout="5m")
def load() -> int:
    warnings.warn("loading")
    return TABLE["events"] + len(NAMES) + FILLED["a"] + LIMIT + len(PASSED) + len(name)


@stage(timeout="5m")
def count() -> int:
    global COUNT
    COUNT += 1
    return COUNT


@pipeline
def nightly():
    load()
    count()
