"""What the component of a stand-in takes from its primary's task, to hand it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portable_pipeline.codegen.calls import Argument, FreeNames
from portable_pipeline.codegen.literals import Source
from ppc_kfp.failing import empty
from ppc_kfp.plan import Component, Output
from ppc_kfp.plan_failures import HandOver


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a stand-in's component takes from its primary's task.

    Args:
        arguments: Its parameters for it.
        names: These, each with KFP's name for what the primary's task gives.
        kinds: KFP's types of the primary's artifacts, by the names of outputs: consumers know them as these.
    """

    arguments: tuple[Argument, ...]
    names: tuple[tuple[Source, str], ...]
    kinds: Mapping[str, Source]
    hand_over: HandOver


@dataclass(frozen=True, slots=True)
class Offer:
    """What a component gives.

    Args:
        values: KFP's name for the result (under None) and for each field of it.
        artifacts: The component's name for each artifact.
    """

    values: Mapping[str | None, str]
    artifacts: Mapping[str, Source]


def take_over(
    primary: Component, theirs: Offer, ours: Offer, outputs: tuple[Output, ...], names: FreeNames
) -> TakenOver:
    """What a stand-in takes.

    Args:
        theirs: What the primary's component gives.
        ours: What the stand-in's does.
        outputs: What that returns.
        names: Free in it.
    """
    failure = names.take("primary_failure")
    annotations = {each.name: each.annotation for each in primary.outputs}
    given = {key: names.take(f"primary_{name}") for key, name in theirs.values.items() if key in ours.values}
    files = {name: names.take(f"primary_{name}") for name in theirs.artifacts if name in ours.artifacts}
    declared = {each.name: str(each.annotation) for each in primary.arguments}
    kinds = {
        name: Source(declared[theirs.artifacts[name]].removeprefix("dsl.Output[").removesuffix("]")) for name in files
    }
    by_output = {ours.values[key]: given[key] for key in given}
    return TakenOver(
        arguments=(
            Argument(failure, Source("str")),
            *(Argument(given[key], annotations[theirs.values[key]]) for key in given),
            *(Argument(files[name], Source(f"dsl.Input[{kinds[name]}]")) for name in files),
        ),
        names=(
            (failure, primary.failure),
            *((given[key], theirs.values[key]) for key in given),
            *((files[name], str(theirs.artifacts[name])) for name in files),
        ),
        kinds=kinds,
        hand_over=HandOver(
            failure,
            tuple((files[name], ours.artifacts[name]) for name in files),
            tuple(by_output.get(each.name) or empty(each) for each in outputs),
        ),
    )
