"""The Airflow 3 target: TaskFlow DAGs."""

from ppc_airflow.backend import BACKEND

__all__ = ["BACKEND"]
