"""A sequence that is never changed, only replaced, at a cost that hardly grows with its length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")

_BITS = 5
_WIDTH = 1 << _BITS


@dataclass(frozen=True, slots=True)
class PersistentTuple(Generic[Item]):
    """A tuple whose `put` copies a few dozen references rather than all: a tree of tuples, 32 wide.

    >>> old = PersistentTuple.of("abc")
    >>> new = old.put(1, "x")
    >>> list(old), list(new)
    (['a', 'b', 'c'], ['a', 'x', 'c'])
    """

    _root: tuple[Any, ...]
    _shift: int
    _length: int

    @classmethod
    def of(cls, items: Iterable[Item]) -> PersistentTuple[Item]:
        """A sequence of these items."""
        level: tuple[Any, ...] = tuple(items)
        length, shift = len(level), 0
        while len(level) > _WIDTH:
            level = tuple(level[start : start + _WIDTH] for start in range(0, len(level), _WIDTH))
            shift += _BITS
        return cls(level, shift, length)

    def __getitem__(self, index: int) -> Item:
        node, shift = self._root, self._shift
        while shift:
            node = node[(index >> shift) % _WIDTH]
            shift -= _BITS
        item: Item = node[index % _WIDTH]
        return item

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Item]:
        return _leaves(self._root, self._shift)

    def put(self, index: int, item: Item) -> PersistentTuple[Item]:
        """The same sequence with another item at that place."""
        return PersistentTuple(_put(self._root, self._shift, index, item), self._shift, self._length)

    def append(self, item: Item) -> PersistentTuple[Item]:
        """The same sequence with one more item at its end.

        >>> list(PersistentTuple.of("ab").append("c"))
        ['a', 'b', 'c']
        """
        root, shift = self._root, self._shift
        if self._length >> (shift + _BITS):
            root, shift = (root,), shift + _BITS
        return PersistentTuple(_put(root, shift, self._length, item), shift, self._length + 1)


def _put(node: tuple[Any, ...], shift: int, index: int, item: object) -> tuple[Any, ...]:
    place = (index >> shift) % _WIDTH
    child = _put(node[place] if place < len(node) else (), shift - _BITS, index, item) if shift else item
    return (*node[:place], child, *node[place + 1 :])


def _leaves(node: tuple[Any, ...], shift: int) -> Iterator[Any]:
    if not shift:
        return iter(node)
    return (item for child in node for item in _leaves(child, shift - _BITS))
