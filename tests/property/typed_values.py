"""Random types, with values of each, as constants and defaults hold them."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

from hypothesis import strategies as st

from portable_pipeline.ir import DictOf, ListOf, OptionalOf, Record, RecordField, Scalar, Type

#: The module that the record below is from.
MODULE = "pipeline"
POINT = Record(
    form="dataclass",
    module=MODULE,
    name="Point",
    fields=(
        RecordField(name="x", type=Scalar(name="int")),
        RecordField(name="label", type=Scalar(name="str")),
        RecordField(name="day", type=OptionalOf(item=Scalar(name="date")), required=False),
    ),
)
#: Every character that JSON and UTF-8 can carry.
texts = st.text(st.characters(codec="utf-8"), max_size=30)
scalars = st.sampled_from(
    [Scalar(name=name) for name in ("int", "float", "str", "bool", "date", "datetime", "timedelta")]
)
types: st.SearchStrategy[Type] = st.recursive(
    st.one_of(scalars, st.just(POINT)),
    lambda inner: st.one_of(
        inner.map(lambda item: ListOf(item=item)),
        inner.map(lambda value: DictOf(value=value)),
        inner.filter(lambda item: not isinstance(item, OptionalOf)).map(lambda item: OptionalOf(item=item)),
    ),
    max_leaves=3,
)


def values_of(declared: Type) -> st.SearchStrategy[Any]:
    """JSON values of a type, as constants and defaults hold them."""
    if isinstance(declared, OptionalOf):
        return st.none() | values_of(declared.item)
    if isinstance(declared, ListOf):
        return st.lists(values_of(declared.item), max_size=3)
    if isinstance(declared, DictOf):
        return st.dictionaries(texts, values_of(declared.value), max_size=3)
    if isinstance(declared, Record):
        return st.fixed_dictionaries({field.name: values_of(field.type) for field in declared.fields})
    assert isinstance(declared, Scalar)
    return SCALAR_VALUES[declared.name]


SCALAR_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "int": st.integers() | st.sampled_from([2**53 + 1, -(2**63), 10**30]),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "str": texts,
    "bool": st.booleans(),
    "date": st.dates(date(1970, 1, 1), date(2100, 1, 1)).map(date.isoformat),
    "datetime": st.datetimes(
        datetime(1970, 1, 1),
        datetime(2100, 1, 1),
        timezones=st.just(timezone.utc),
    ).map(datetime.isoformat),
    "timedelta": st.integers(0, 10**6).map(float),
}


def annotation(declared: Type) -> str:
    """A type as it stands in the source of a stage."""
    if isinstance(declared, OptionalOf):
        return f"{annotation(declared.item)} | None"
    if isinstance(declared, ListOf):
        return f"list[{annotation(declared.item)}]"
    if isinstance(declared, DictOf):
        return f"dict[str, {annotation(declared.value)}]"
    assert isinstance(declared, Record | Scalar)
    return declared.name
