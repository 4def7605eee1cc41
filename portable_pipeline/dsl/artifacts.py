"""Artifacts in signatures: `raw: Output[Dataset] = uri("{root}/{run_date}/raw.parquet")`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from portable_pipeline.dsl.places import Place, users_place


class Artifact:
    """Something that a stage leaves at an address: a file, unless it is a `Directory`.

    Attributes:
        path: Local path of the artifact while the stage runs. For an output nothing is there yet, but its folder is.
        uri: The address at which consumers find it once the stage has succeeded.
    """

    path: str
    uri: str


class Dataset(Artifact):
    """Data."""


class Model(Artifact):
    """A trained model."""


class Metrics(Artifact):
    """Measurements of a model or of data."""


class Directory(Artifact):
    """A folder with everything in it, committed as one."""


KindT = TypeVar("KindT", bound=Artifact)


class Input(Generic[KindT]):
    """Annotation of a parameter that takes an artifact: `raw: Input[Dataset]`.

    Attributes:
        path: Local path that the stage reads.
        uri: The artifact's address.
    """

    path: str
    uri: str


class Output(Generic[KindT]):
    """Annotation of a parameter through which a stage writes an artifact: `raw: Output[Dataset]`.

    Attributes:
        path: Local path that the stage writes to; what is there when it succeeds is committed in one step (A1).
        uri: The address at which consumers will find it.
    """

    path: str
    uri: str


@dataclass(frozen=True, slots=True)
class UriTemplate:
    """An address with placeholders, as written.

    Args:
        template: The text.
        place: Of the call of `uri`.
    """

    template: str
    place: Place


def uri(template: str) -> Any:
    """The address of an output.

    Args:
        template: Fixed text with placeholders: `{run_date}`, the name of any pipeline parameter, `{pipeline}`,
            `{stage}` and `{name}` (of the output). A brace of its own is written twice.

    Returns:
        A value for the default of an `Output[...]` parameter, or for that argument in a call.

    >>> uri("{root}/{run_date}/raw.parquet").template
    '{root}/{run_date}/raw.parquet'
    """
    return UriTemplate(template, users_place())
