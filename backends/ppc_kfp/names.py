"""Names of generated Python: what the user wrote where it can be, and never what something else is called."""

from __future__ import annotations

from ppc_kfp.plan_passing import NAMES

#: What a generated file imports or defines at its top level.
_CONSTANTS = ("BASE_IMAGE", "CODE", "PACKAGES", "RETRY_WINDOW")
_CARRIED_LISTS = (
    *("ARGUMENTS", "ARTIFACTS", "HOOKS", "JITTER", "PARAMETERS", "RECORDS", "SCALARS", "STAGE", "STAND_IN"),
    *("SUPERVISED", "VALUES"),
)
_OWN = ("NamedTuple", "Path", "check_parameters", "compiler", "dsl", "kubernetes", "resolve_run_date", *NAMES)
MODULE_NAMES = frozenset((*_CONSTANTS, *_CARRIED_LISTS, *_OWN))
#: The functions of `carried.py`: what a component has at module level, beside KFP's own names.
CARRIED_NAMES = frozenset(
    {
        *("decode_value", "encode_result", "convert_scalar", "convert_value", "declared_by_value", "argument_text"),
        *(
            "local_path",
            "fingerprint",
            "stage_outputs",
            "commit_outputs",
            "verify_inputs",
            "check_value",
            "run_stage",
            "add_jitter",
            "artifact_record",
            "received_artifacts",
            "run_in_child",
            "supervise",
            "call_hook",
            "hand_on",
        ),
    }
)
