"""The Kubeflow Pipelines 2 target: a pipeline of self-contained Python components."""

from ppc_kfp.backend import BACKEND

__all__ = ["BACKEND"]
