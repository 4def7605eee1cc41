"""`prefect deploy` takes the generated deployment, and a worker runs the flow with the date on which it was due."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.engines.environments import require
from portable_pipeline.engines.home import cache_folder
from portable_pipeline.ir import Cron
from tests.engines.prefect.flows import generate

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("prefect")]


def test_a_deployed_flow_runs_with_the_date_of_its_fire_time(tmp_path: Path) -> None:
    target = backend("prefect")
    code = generate(
        tmp_path / "code",
        "v",
        degrade=("D2.gap",),
        description="Sleeps.",
        tags=("nightly",),
        owner="ml",
        schedule=Cron(expression="30 2 * * *", timezone="Europe/Berlin"),
    )
    command = [
        str(require(target).python),
        str(Path(__file__).with_name("deployed.py")),
        str(target.engine.driver),
        str(tmp_path / "home"),
        str(cache_folder(f"prefect-{target.engine.version}")),
        str(code),
        json.dumps({"folder": str(tmp_path)}),
        "2026-01-05T23:30:00+00:00",  # half past midnight of the 6th in Berlin
    ]
    environment = {**os.environ, "PREFECT_WORKER_QUERY_SECONDS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["deployment"] == {
        "name": "slow",
        "tags": ["nightly", "owner:ml"],
        "description": "Sleeps.",
        "entrypoint": "slow_flow.py:slow",
    }
    # A time that the clock skips: D2.gap is refused because of it. One that comes twice fires once.
    skipped = "2026-03-29T03:30:00+02:00" if answer["python"] >= [3, 13] else "2026-03-29T01:30:00+01:00"
    assert answer["fires"] == {
        "spring": [skipped, "2026-03-30T02:30:00+02:00"],
        "autumn": ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"],
    }
    assert answer["state"] == "COMPLETED", done.stderr
    assert (tmp_path / "days").read_text() == "2026-01-06\n"
