"""Random, but the same on every machine and every day: what fails here fails there."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "pipelines",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("pipelines")
