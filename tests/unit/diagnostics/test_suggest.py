"""Did-you-mean."""

import pytest

from portable_pipeline.diagnostics.suggest import closest, did_you_mean

KNOWN = ("airflow", "kfp", "prefect")


@pytest.mark.parametrize(
    ("name", "meant"), [("airfow", "airflow"), ("PREFECT", "prefect"), ("kpf", "kfp"), ("dagster", None), ("", None)]
)
def test_closest(name: str, meant: str | None) -> None:
    assert closest(name, KNOWN) == meant


def test_advice() -> None:
    assert did_you_mean("kpf", KNOWN) == "did you mean `kfp`?"
    assert did_you_mean("x", KNOWN) == "known: `airflow`, `kfp`, `prefect`"
    assert did_you_mean("x", []) == "there are none"
    assert did_you_mean("x", map(str, range(20)), listed=2) == "known: `0`, `1` and 18 more"
