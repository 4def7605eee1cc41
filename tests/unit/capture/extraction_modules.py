# ruff: noqa: E501, F541 - the sources of other files
"""Further cases of `test_extraction.py`: stage code in several modules of the user."""

from __future__ import annotations

from tests.unit.capture.extraction_cases import HEAD, TAIL, Case, case

MODULE_CASES = (
    case(
        "plain local modules",
        f"""import tools.text as text
import training
from tools import numbers as n
from tools.numbers import double
{HEAD}
train = stage(training.train, timeout="5m")


@stage
def it() -> list:
    import lazy
    from tools import deep

    return [training.train(2), n.double(1), double(3), text.upper("a"), lazy.VALUE, deep.found()]


@pipeline
def nightly():
    train(rate=3)
    it()
""",
        {
            "training.py": "from constants import RATE\n\n\ndef train(rate: int) -> int:\n    return rate * RATE\n",
            "constants.py": "RATE = 10\n",
            "lazy.py": "import json\n\nVALUE = json.loads('[1]')\n",
            "tools/__init__.py": '"""Tools."""\n\nfrom .numbers import double\n',
            "tools/numbers.py": "def double(x):\n    return 2 * x\n",
            "tools/text.py": "def upper(x):\n    return x.upper()\n",
            "tools/deep/__init__.py": "from .. import numbers\nfrom .inner import more\n\n\ndef found():\n    return more(numbers.double(4))\n",
            "tools/deep/inner.py": "from ..text import upper\n\n\ndef more(x):\n    return upper(str(x) + 'x')\n",
            "unused.py": "raise RuntimeError\n",
        },
    ),
    case(
        "local modules in our language",
        f"""import shared
from shared import limit as bound, raised
from portable_pipeline import pipeline


@pipeline
def nightly():
    shared.it()
    shared.other()
""",
        {
            "shared.py": f"""import plain
{HEAD}
BASE = 3


def limit() -> int:
    return BASE + plain.more()


def raised() -> None:
    raise Abort("never")


@stage(timeout="5m")
def other() -> int:
    return limit()


@stage(timeout="5m")
def it() -> list:
    return [limit()]
""",
            "plain.py": "def more():\n    from shared import BASE\n\n    return BASE\n",
        },
    ),
    Case(
        "a pipeline in a package",
        {
            "acme/__init__.py": "from acme.pipes.churn import nightly\n\nNAME = 'acme'\n",
            "acme/pipes/__init__.py": "",
            "acme/pipes/churn.py": f"""from . import helpers
from ..lib import VALUE
from .helpers import twice as two
{HEAD}

@stage
def it() -> list:
    from ..lib import other

    return [helpers.twice(VALUE), two(1), other(), __name__]
{TAIL}""",
            "acme/pipes/helpers.py": "def twice(x):\n    return 2 * x\n",
            "acme/lib.py": "VALUE = 5\n\n\ndef other():\n    return -VALUE\n",
        },
        main="acme/pipes/churn.py",
    ),
    case(
        "our names by way of the user's own modules",
        """import functools

from portable_pipeline import pipeline

import names
from lib import it, stop
from names import Stopped as Stop
from names import robust


@robust
def other() -> None:
    raise Stop("never")


@pipeline
def nightly():
    it()
    other()
""",
        {
            "names.py": """import functools

from portable_pipeline import Abort as Stopped, RunEvent, stage

robust = functools.partial(stage, timeout="1h")
""",
            "lib.py": """from names import *


def stop() -> str:
    try:
        raise Stopped("now")
    except Stopped as error:
        return repr(error)


@robust(retries=2)
def it() -> list:
    import plain

    return [stop(), plain.stop(), plain.told()]
""",
            "plain.py": """import names


def stop() -> str:
    try:
        raise names.Stopped("here")
    except names.Stopped as error:
        return repr(error)


def told() -> str:
    return names.RunEvent("a", "b", "success").state
""",
        },
    ),
)
