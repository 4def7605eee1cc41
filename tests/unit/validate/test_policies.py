"""Timeouts, retries, schedules, constants: the edges of each range."""

from datetime import timedelta
from typing import Any

import pytest

from portable_pipeline.ir import Constant, Cron, Retry
from portable_pipeline.ir.types import FLOAT, STR
from portable_pipeline.validate.policies import total_wait
from tests.unit.validate.pipelines import NIGHTLY, a_parameter, a_pipeline, a_stage, codes, found, takes, writes

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_a_sound_pipeline_is_clean() -> None:
    stage = a_stage(
        outputs=(writes("/data/{run_date}/out"),),
        retry=Retry(retries=3, delay=MINUTE, backoff=2.0, max_delay=HOUR, jitter=0.1),
    )
    assert codes(a_pipeline(stage, schedule=NIGHTLY, timeout=DAY)) == []


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"timeout": timedelta(0)}, "PPC302"),
        ({"timeout": -MINUTE}, "PPC302"),
        ({"timeout": 400 * DAY}, "PPC302"),
        ({"timeout": timedelta.max}, "PPC302"),
        ({"timeout": timedelta.min}, "PPC302"),
        ({"timeout": 365 * DAY}, None),
        ({"retry": Retry(retries=1, delay=-MINUTE)}, "PPC302"),
        ({"retry": Retry(retries=1, delay=timedelta(0))}, None),
        ({"retry": Retry(retries=1, max_delay=-MINUTE)}, "PPC302"),
        ({"retry": Retry(retries=-1)}, "PPC303"),
        ({"retry": Retry(retries=101)}, "PPC303"),
        ({"retry": Retry(retries=100)}, None),
        ({"retry": Retry(retries=1, backoff=0.99)}, "PPC303"),
        ({"retry": Retry(retries=1, backoff=float("nan"))}, "PPC303"),
        ({"retry": Retry(retries=1, backoff=float("inf"))}, "PPC303"),
        ({"retry": Retry(retries=1, jitter=-0.1)}, "PPC303"),
        ({"retry": Retry(retries=1, jitter=1.0)}, None),
        ({"retry": Retry(retries=1, delay=HOUR, max_delay=MINUTE)}, "PPC304"),
        ({"retry": Retry(retries=1, delay=MINUTE, max_delay=MINUTE)}, None),
        ({"retry": Retry(retries=0, backoff=2.0)}, "PPC305"),
        ({"retry": Retry(retries=0, delay=MINUTE)}, None),
    ],
)
def test_ranges(settings: dict[str, Any], code: str | None) -> None:
    assert codes(a_pipeline(a_stage(**settings))) == ([code] if code else [])


def test_one_warning_for_all_stages_without_a_timeout() -> None:
    stages = [a_stage(f"s{number}", timeout=None) for number in range(5)]
    (warning,) = found(a_pipeline(*stages), "PPC301")
    assert warning.message == "no timeout: `s0`, `s1`, `s2` and 2 more"
    assert found(a_pipeline(*stages, timeout=HOUR), "PPC301") == []


@pytest.mark.parametrize(
    ("retry", "seconds"),
    [
        (Retry(retries=3, delay=MINUTE), 180),
        (Retry(retries=3, delay=MINUTE, backoff=2.0), 420),
        (Retry(retries=3, delay=MINUTE, backoff=2.0, max_delay=2 * MINUTE), 300),
        (Retry(retries=100, delay=DAY, backoff=100.0), float("inf")),
    ],
)
def test_total_wait(retry: Retry, seconds: float) -> None:
    assert total_wait(retry) == seconds or total_wait(retry) > 1e100


def test_waits_beyond_the_pipeline() -> None:
    retry = Retry(retries=3, delay=HOUR)
    assert codes(a_pipeline(a_stage(retry=retry), timeout=2 * HOUR)) == ["PPC306"]
    assert codes(a_pipeline(a_stage(retry=retry), timeout=3 * HOUR)) == []


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("0 2 * * *", None),
        ("*/5 0-6,22-23 1,15 jan-mar MON-FRI", None),
        ("0 0 29 2 *", None),
        ("0 0 * * 7", None),
        # Day of month or day of week: it fires on Mondays.
        ("0 0 30 2 1", None),
        ("0 0 30 2 *", "PPC311"),
        ("0 0 31 4,6,9,11 *", "PPC311"),
        ("60 * * * *", "PPC310"),
        ("* * * *", "PPC310"),
        ("0 0 * * 5L", "PPC310"),
        ("0 0 * * 5#2", "PPC310"),
        ("0 0 ? * *", "PPC310"),
        ("*/0 * * * *", "PPC310"),
        ("0 2 * * 5-1", "PPC310"),
        ("R R * * *", "PPC310"),
        ("0 2 * * ٣", "PPC310"),
        ("@reboot", "PPC310"),
        ("", "PPC310"),
    ],
)
def test_cron(expression: str, code: str | None) -> None:
    assert codes(a_pipeline(a_stage(), schedule=Cron(expression=expression))) == ([code] if code else [])


@pytest.mark.parametrize(
    ("zone", "suggestion"),
    [
        ("Europe/Berln", "did you mean `Europe/Berlin`?"),
        ("europe/berlin2", "did you mean `Europe/Berlin`?"),
        ("Berlin", "did you mean `Europe/Berlin`?"),
        ("../../etc/passwd", "write a name such as `Europe/Berlin` or `UTC`"),
        ("", "write a name such as `Europe/Berlin` or `UTC`"),
    ],
)
def test_unknown_zone(zone: str, suggestion: str) -> None:
    (error,) = found(a_pipeline(a_stage(), schedule=Cron(expression="0 2 * * *", timezone=zone)), "PPC312")
    assert error.advice == suggestion


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_known_zone(zone: str) -> None:
    assert codes(a_pipeline(a_stage(), schedule=Cron(expression="0 2 * * *", timezone=zone))) == []


@pytest.mark.parametrize(("characters", "code"), [(48 * 1024 - 2, None), (48 * 1024 - 1, "PPC116")])
def test_limit_of_constants(characters: int, code: str | None) -> None:
    """The limit counts bytes of compact JSON, quotes included, as at run time."""
    stage = a_stage(inputs=(takes("text", STR, Constant(value="x" * characters)),))
    assert codes(a_pipeline(stage)) == ([code] if code else [])


def test_nan_is_told_once() -> None:
    stage = a_stage(inputs=(takes("number", FLOAT, Constant(value=float("nan"))),))
    assert codes(a_pipeline(stage)) == ["PPC115"]


def test_scheduled_pipelines_need_more() -> None:
    stage = a_stage(outputs=(writes("{root}/out"),))
    root = a_parameter("root")
    assert codes(a_pipeline(stage, parameters=(root,))) == []
    assert codes(a_pipeline(stage, parameters=(root,), schedule=NIGHTLY)) == ["PPC202", "PPC313"]


@pytest.mark.parametrize(
    ("default", "code"),
    [("/data", None), ("file:///data", None), ("data", "PPC203"), ("s3://bucket", "PPC205"), ("file://data", "PPC205")],
)
def test_roots(default: str, code: str | None) -> None:
    stage = a_stage(outputs=(writes("{root}/{run_date}/out"),))
    pipeline = a_pipeline(stage, parameters=(a_parameter("root", default=default),), schedule=NIGHTLY)
    assert codes(pipeline) == ([code] if code else [])
