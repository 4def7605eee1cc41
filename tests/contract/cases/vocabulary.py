"""Names of the language by way of a module of the user's, as projects with a module for such things have them."""

from portable_pipeline import FailureEvent, RunEvent

__all__ = ["FailureEvent", "RunEvent"]
