"""Deploys a generated flow to a real server and has a real worker run it; the engine's Python runs this file.

    python deployed.py DRIVER HOME CACHE FOLDER PARAMETERS DUE

Prints a line of JSON: the deployment as the server has it, when its schedule fires around the changes of clocks, and
how a run that was due at DUE ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

SPRING, AUTUMN = datetime(2026, 3, 28, 12, tzinfo=timezone.utc), datetime(2026, 10, 24, 12, tzinfo=timezone.utc)


def prefect(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "prefect", *arguments], check=True, stdout=sys.stderr)


def main(driver: str, home: str, cache: str, folder: str, parameters: str, due: str) -> None:
    sys.path.insert(0, str(Path(driver).parent))  # its own modules are beside it
    server = runpy.run_path(driver)["prepare"](home, cache).server
    server.start()
    from prefect.server.schemas.schedules import CronSchedule

    os.chdir(folder)
    (file,) = Path().glob("*.prefect.yaml")
    prefect("work-pool", "create", "here", "--type", "process")
    prefect("--no-prompt", "deploy", "--all", "--prefect-file", str(file), "--pool", "here")
    (deployment,) = server.post("/deployments/filter", {})
    schedule = CronSchedule.model_validate(deployment["schedules"][0]["schedule"])
    fires = {
        name: [each.isoformat() for each in asyncio.run(schedule.get_dates(n=2, start=start))]
        for name, start in (("spring", SPRING), ("autumn", AUTUMN))
    }
    run = server.post(
        f"/deployments/{deployment['id']}/create_flow_run",
        {
            "parameters": json.loads(parameters),
            "state": {"type": "SCHEDULED", "state_details": {"scheduled_time": due}},
        },
    )
    prefect("worker", "start", "--pool", "here", "--run-once")
    shown = {name: deployment[name] for name in ("name", "tags", "description", "entrypoint")}
    state = server.get(f"/flow_runs/{run['id']}")["state"]["type"]
    print(json.dumps({"deployment": shown, "fires": fires, "state": state, "python": sys.version_info[:2]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
