"""Who is compared, and how much work each one gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Whose environment it runs in.
Home = Literal["ours", "peers"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A contestant in one way to use it.

    Args:
        label: For people.
        module: Of this package.
        chain: Stages of its chain.
        fan: Stages of its fan, the sum not counted.
    """

    label: str
    module: str
    variant: str
    home: Home = "peers"
    chain: int = 100
    fan: int = 200

    def shapes(self) -> dict[str, str]:
        """What it runs, as `measure.py` takes it; one stage alone is what a run costs by itself."""
        return {"single": "chain:1", "chain": f"chain:{self.chain}", "fan": f"fan:{self.fan}"}

    def stages(self, shape: str) -> int:
        """How many stages that has."""
        return {"single": 1, "chain": self.chain, "fan": self.fan + 1}[shape]


#: By the name that `--only` takes; `ours` and `floor` are what all others are held against. Those that take half a
#: second for a stage get fewer of them.
FIELD = {
    "ours": Entry("**ppc**", "ours", "api", "ours"),
    "ours-command": Entry("**`ppc run`**, the whole process", "ours", "command", "ours"),
    "floor": Entry("*the floor*", "floor", "pool", "ours"),
    "floor-forks": Entry("*the floor*, a fork a stage", "floor", "forks", "ours"),
    "dagster": Entry("Dagster, in process", "dagster", "in-process"),
    "dagster-processes": Entry("Dagster, multiprocess", "dagster", "processes", chain=10, fan=20),
    "prefect": Entry("Prefect, threads", "prefect", "threads"),
    "prefect-processes": Entry("Prefect, processes", "prefect", "processes", chain=20, fan=40),
    "luigi-1": Entry("Luigi, 1 worker", "luigi", "1"),
    "luigi-2": Entry("Luigi, 2 workers", "luigi", "2"),
    "doit-1": Entry("doit", "doit", "1"),
    "doit-2": Entry("doit, 2 processes", "doit", "2"),
    "hamilton": Entry("Hamilton", "hamilton", "memory"),
    "hamilton-cache": Entry("Hamilton, cache", "hamilton", "cache"),
    "dask-threads": Entry("Dask, threads", "dask", "threads"),
    "dask-processes": Entry("Dask, processes", "dask", "processes"),
    "dask-cluster": Entry("Dask, local cluster", "dask", "cluster"),
    "joblib": Entry("joblib, loky", "joblib", "loky"),
    "joblib-memory": Entry("joblib, Memory", "joblib", "memory"),
    "redun-threads": Entry("redun, threads", "redun", "thread"),
    "redun-processes": Entry("redun, processes", "redun", "process"),
}
