"""Failing for good."""

from __future__ import annotations


class Abort(Exception):
    """Raise this in a stage to fail it at once, whatever retries are left (R4).

    >>> raise Abort("the table is empty")
    Traceback (most recent call last):
        ...
    portable_pipeline.dsl.abort.Abort: the table is empty
    """
