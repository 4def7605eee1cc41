"""How long a hook may take where nothing is said: the same wherever it runs, and written down only where it differs."""

from __future__ import annotations

import inspect
from datetime import timedelta

from portable_pipeline.codegen.calls import hook_timeout
from portable_pipeline.ir import HOOK_TIMEOUT, Hook, PythonBody
from portable_pipeline.runtime.attempts import call_hook
from ppc_kfp import carried

BODY = PythonBody(module="pipeline", function="tell")


def test_all_that_call_hooks_bound_them_alike() -> None:
    assert inspect.signature(call_hook).parameters["timeout"].default == HOOK_TIMEOUT
    in_kfp = inspect.signature(carried.call_hook).parameters["timeout_seconds"].default
    assert timedelta(seconds=in_kfp) == HOOK_TIMEOUT


def test_only_another_bound_is_written_down() -> None:
    assert hook_timeout(Hook(body=BODY)) is None
    assert hook_timeout(Hook(body=BODY, timeout=timedelta(minutes=1))) == "timedelta(minutes=1)"
