# ruff: noqa: F541 - the sources of other files
"""Pipeline files whose stage code has to behave the same where it travels to: the table of `test_extraction.py`.

Each file ends in a call of the stage `it`; `arguments` are what it is called with, in both places.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """Files by path; the pipeline file is `pipeline.py` unless another is named."""

    name: str
    files: dict[str, str]
    arguments: dict[str, Any] = field(default_factory=dict)
    main: str = "pipeline.py"


def case(name: str, text: str, others: dict[str, str] | None = None, **arguments: Any) -> Case:
    return Case(name, {"pipeline.py": text, **(others or {})}, arguments)


HEAD = "from portable_pipeline import Abort, Dataset, Input, Output, pipeline, stage, uri\n"
TAIL = '\n\n@pipeline\ndef nightly(root: str = "/tmp/nightly"):\n    it()\n'

CASES = (
    case(
        "helpers and constants",
        f"""{HEAD}
# Two of them.
LIMIT = 2
UNUSED = open


def unused() -> None:
    print(UNUSED)


def twice(x: int) -> int:
    return LIMIT * x if x < 100 else thrice(x)


def thrice(x: int) -> int:
    return x + twice(x - 100)


@stage
def it(x: int = 7) -> int:
    return twice(x) + twice(107)
{TAIL}""",
    ),
    case(
        "names of scopes",
        f"""{HEAD}
TABLE = []
TABLE.append(1)
items = {{}}
items["a"] = 1


class Counter:
    items = [4]

    def count(self, items):
        return len(items) + len(self.items) + sum(items for items in items)


def outer(n):
    TABLE = [n]

    def inner():
        nonlocal n
        n += 1
        return [TABLE for TABLE in range(n)] + TABLE

    return inner() + (lambda items: items)([5])


@stage
def it() -> list[int]:
    return [Counter().count([1, 2]), *outer(2)]
{TAIL}""",
    ),
    case(
        "expressions at the top of the module",
        f"""import re
import sys
{HEAD}
NAMES = ("b", "a")
BY_NAME = {{name: index for index, name in enumerate(sorted(NAMES))}}
SIZES = [len(name) for name in NAMES if (length := len(name)) > 0]
WORD = re.compile("|".join(map(re.escape, NAMES)))
KEY = lambda word, known=BY_NAME: known[word]
FIRST, *REST = range(3)
if sys.version_info >= (3, 10):
    NEW = "yes"
else:
    NEW = "no"
A = B = 3; C = A + B


@stage
def it() -> list:
    return [BY_NAME, SIZES, length, WORD.sub("-", "abc"), KEY("b"), FIRST, REST, NEW, C]
{TAIL}""",
    ),
    case(
        "imports",
        f"""import collections, json as j, os
import os.path
import xml.dom
import xml.etree.ElementTree as tree
from math import (
    floor,  # down
    pi as PI,
    sqrt,
)
from os import *
try:
    import no_such_module_at_all as fast
except ImportError:
    fast = None
{HEAD}

@stage
def it() -> list:
    import string
    from textwrap import dedent as d

    parsed = tree.fromstring("<a/>").tag
    return [j.dumps({{}}), os.path.basename("a/b"), parsed, floor(PI), fast, string.digits, d(" x"), xml.dom.__name__]
{TAIL}""",
    ),
    case(
        "type checking",
        f"""from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from portable_pipeline import Model
from dataclasses import dataclass, field
from datetime import date
{HEAD}

class Row(NamedTuple):
    day: date
    size: int = 3


@dataclass(frozen=True)
class Table:
    rows: list[Row] = field(default_factory=list)
    when: date | None = None


def total(rows: Sequence[Row], model: Input[Model] | None = None) -> int:
    found: Sequence[Row] = rows
    return sum(row.size for row in found)


@stage
def it(limit: Annotated[int, "at most"] = 4, day: "date" = date(2026, 1, 5)) -> int:
    return total(Table([Row(day), Row(day, limit)]).rows)
{TAIL}""",
    ),
    case(
        "classes",
        f"""import abc
import enum
import functools
{HEAD}

class Base(abc.ABC):
    factor = 2

    @abc.abstractmethod
    def of(self, x: int) -> int: ...


class Kind(enum.Enum):
    A = "a"


class Double(Base, metaclass=abc.ABCMeta):
    kind: Kind = Kind.A

    @functools.cached_property
    def base(self) -> int:
        return super().__init__() or self.factor

    def of(self, x: int) -> int:
        return self.base * x * SCALE


SCALE = 10


@functools.lru_cache(maxsize=None)
def doubled(x: int) -> int:
    return Double().of(x)


@stage
def it(x: int = 3) -> list:
    return [doubled(x), Double.kind.value]
{TAIL}""",
    ),
    case(
        "decorators of others",
        f"""import functools
{HEAD}
TIMES = 2


def again(times):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return [function(*args, **kwargs) for _ in range(times)]

        return wrapper

    return decorate


@stage(
    retries=3,  # the source is slow
    timeout="5m",
)
# Twice: see above.
@again(TIMES)
def it(x: int = 3) -> list[int]:
    return x
{TAIL}""",
    ),
    case(
        "signatures",
        f"""from datetime import timedelta
from typing import Annotated
{HEAD.rstrip()}, Field, Directory

HOUR = timedelta(hours=1)
Raw = Input[Dataset]


@stage(timeout="5m")
def source(
    naïve: Output[Dataset] = uri("{{root}}/naïve.csv"), ärger: Output[Dataset] = uri("{{root}}/ä.csv")
) -> None:
    open(naïve.path, "w").close()


@stage(timeout="5m")
def it(
    x: Annotated[int, Field(ge=0)] = 3,  # a number
    wait: timedelta = HOUR,
    é: "Output[Dataset]" = uri("{{root}}/é.csv"),
    # where it goes
    out: Annotated[Output[Directory], "folder"] = uri("{{root}}/out"),
    *,
    names: list[str] = ["a"],
    last: Output[Dataset] = uri(
        "{{root}}/last.csv"
    ),
) -> list:
    return [x, wait.seconds, é, out, names, last]


def helper(data: Raw, more: "Input[Dataset]") -> str:
    return data + more


@stage(timeout="5m")
def other(plain: int = 3, out: Output[Dataset] = uri("{{root}}/x.csv")) -> int:
    return plain + len(helper("a", "b"))


@pipeline
def nightly(root: str = "/tmp/nightly"):
    source()
    it()
    other()
""",
        **{"é": "E", "out": "O", "last": "L", "names": ["b"]},
    ),
    case(
        "our names as a module",
        f"""import functools
import portable_pipeline as pp
from portable_pipeline import Abort as Stop

quick = functools.partial(pp.stage, timeout="5m")
careful = pp.stage(retries=3, timeout="5m")


def check(x: int) -> int:
    if x > 3:
        raise pp.Abort("too many")
    if x < 0:
        raise Stop("too few")
    return x


@quick
def helped() -> int:
    return check(1)


@careful
def it(x: int = 3) -> list:
    tried = []
    for each in (x, 4, -1):
        try:
            tried.append(check(each))
        except pp.Abort as error:
            tried.append(str(error))
    return tried


@pp.pipeline
def nightly():
    helped()
    it()
""",
    ),
    case(
        "effects on modules",
        f"""import logging
import warnings
{HEAD}
logger = logging.getLogger(__name__)
logger.setLevel
warnings.filterwarnings("error", category=UserWarning)
logging.addLevelName(5, "TRACE")


@stage
def it() -> list:
    try:
        warnings.warn("loud")
    except UserWarning as error:
        return [str(error), logging.getLevelName(5), logger.name]
    return []
{TAIL}""",
    ),
    case(
        "texts that look like code",
        f'''{HEAD}
TEXT = """
@stage(retries=3)
def no(raw: Output[Dataset] = uri("x")) -> None: ...
"""


@stage
def it() -> str:
    """Quotes: '\\'' and {{braces}}.

    from portable_pipeline import stage
    """
    return TEXT + f"{{len(TEXT)!r:>5}}" + it.__doc__.replace("\\n", "|")  # @stage
{TAIL}''',
    ),
    case(
        "conditional definitions",
        f"""import sys
from typing import overload
{HEAD}
if sys.platform == "nowhere":

    def place() -> str:
        return "nowhere"

else:

    def place() -> str:
        return str(PLACES[0])


with open("/dev/null") as empty:
    CONTENT = empty.read()

PLACES = ["somewhere"]
match len(PLACES):
    case 1:
        COUNT = "one"
    case other:
        COUNT = "many"


@overload
def sized(x: int) -> int: ...
@overload
def sized(x: str) -> str: ...
def sized(x):
    return x * 2


if __name__ == "__main__":
    raise SystemExit("run by hand")


@stage
def it() -> list:
    return [place(), CONTENT, COUNT, sized("a"), sized(2)]
{TAIL}""",
    ),
)
