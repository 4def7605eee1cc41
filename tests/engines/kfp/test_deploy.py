"""The deploy script, run by KFP's Python against a client that has KFP's own signatures and no server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from portable_pipeline.backend import backend
from portable_pipeline.engines.environments import require
from tests.engines.kfp.generated import generate

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("kfp")]

SOURCE = """
from datetime import date

from portable_pipeline import cron, pipeline, run, stage


@stage
def when(day: date) -> None:
    pass


@pipeline(schedule=cron("30 2 * * 1-5", timezone="UTC"))
def nightly(table: str = "events"):
    when(day=run.date)
"""

SPY = """
import json, runpy, sys
from types import SimpleNamespace
from unittest import mock
import kfp

known = json.loads(sys.argv[2])
spy = mock.create_autospec(kfp.Client)
client = spy.return_value
client.get_pipeline_id.return_value = known["pipeline"]
client.upload_pipeline.return_value = SimpleNamespace(pipeline_id="new")
client.upload_pipeline_version.return_value = SimpleNamespace(pipeline_version_id="version")
client.create_experiment.return_value = SimpleNamespace(experiment_id="experiment")
runs = [SimpleNamespace(display_name=name, recurring_run_id=f"{name}-id") for name in known["runs"]]
client.list_recurring_runs.return_value = SimpleNamespace(recurring_runs=runs or None)
kfp.Client = spy
sys.argv = [sys.argv[1], "--host", "http://127.0.0.1:1"]
runpy.run_path(sys.argv[0], run_name="__main__")
calls = [[name, list(args), words] for name, args, words in client.method_calls]
print(json.dumps([spy.call_args.kwargs, calls]))
"""


def deployed(folder: Path, pipeline: str | None, runs: list[str]) -> tuple[dict, dict[str, list]]:
    _, code = generate(folder, SOURCE)
    python = require(backend("kfp")).python
    known = json.dumps({"pipeline": pipeline, "runs": runs})
    done = subprocess.run(
        [str(python), "-c", SPY, str(code / "nightly_deploy.py"), known], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    client, calls = json.loads(done.stdout)
    return client, {name: [args, words] for name, args, words in calls}


def test_a_first_deployment_uploads_and_schedules(tmp_path: Path) -> None:
    client, calls = deployed(tmp_path, None, [])
    assert client == {"host": "http://127.0.0.1:1", "namespace": "kubeflow"}
    package = str(tmp_path / "generated" / "nightly_pipeline.yaml")
    assert calls["upload_pipeline"] == [[package, "nightly"], {"namespace": None}]
    assert calls["create_recurring_run"] == [
        [],
        {
            "experiment_id": "experiment",
            "job_name": "nightly",
            "cron_expression": "0 30 2 * * 1-5",
            "no_catchup": True,
            "params": {"run_date": "scheduled [[CurrentTime.2006-01-02T15:04:05]]"},
            "pipeline_id": "new",
            "version_id": "version",
            "enable_caching": False,
        },
    ]
    assert "delete_recurring_run" not in calls


def test_a_second_deployment_replaces_the_schedule(tmp_path: Path) -> None:
    _, calls = deployed(tmp_path, "old", ["nightly", "other"])
    assert "upload_pipeline" not in calls
    assert calls["upload_pipeline_version"][1] == {"pipeline_id": "old"}
    assert calls["delete_recurring_run"] == [["nightly-id"], {}]
