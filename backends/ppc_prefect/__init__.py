"""The Prefect 3 target: flows, tasks and a deployment file."""

from ppc_prefect.backend import BACKEND

__all__ = ["BACKEND"]
