"""What Prefect's own objects say of a generated flow and its deployment, for the driver beside this file."""

from __future__ import annotations

import inspect
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ppc_prefect.driver_graph import submissions
else:  # run by its path, without the package
    from driver_graph import submissions


def view(flow: Any, deployment: dict[str, Any]) -> dict[str, Any]:
    """What the engine sees in a generated flow and its deployment."""
    schedule = next(iter(deployment.get("schedules") or ()), None)
    return {
        "pipeline": flow.name,
        "stages": {each.task.name: each.view() for each in submissions(flow) if each.is_stage},
        "schedule": schedule and {"cron": schedule["cron"], "timezone": schedule.get("timezone", "UTC")},
        "parameters": parameters_of(flow),
        "timeout_s": flow.timeout_seconds,
        "tags": sorted(deployment.get("tags") or ()),
        "errors": [],
    }


def parameters_of(flow: Any) -> dict[str, Any]:
    """The flow's parameters as Prefect's schema for them says."""
    schema = flow.parameters
    return {
        name: {
            "type": shown.get("type", shown),
            "default": json_default(flow, name),
            "required": name in (schema.required or ()),
            "schema": shown,
        }
        for name, shown in schema.properties.items()
        if name not in ("run_date", "run_time")
    }


def json_default(flow: Any, name: str) -> Any:
    """A default as the IR has it."""
    default = inspect.signature(flow.fn).parameters[name].default
    return None if default is inspect.Parameter.empty else as_json(default)


def as_json(value: Any) -> Any:
    """A value as the IR has it: pydantic would show durations as ISO 8601, and UTC as `Z`."""
    from pydantic_core import to_jsonable_python

    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [as_json(each) for each in value]
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    return to_jsonable_python(value, timedelta_mode="float")


def deployment_of(folder: str, file: str) -> dict[str, Any]:
    """The deployment of a flow, as Prefect reads it from the YAML file beside it."""
    import yaml
    from prefect.cli.deploy._models import PrefectYamlModel

    stem = Path(file).stem.removesuffix("_flow")
    text = (Path(folder) / f"{stem}.prefect.yaml").read_text(encoding="utf-8")
    deployment = PrefectYamlModel.model_validate(yaml.safe_load(text)).deployments[0]
    shown: dict[str, Any] = deployment.model_dump(mode="json", exclude_none=True)
    return shown
