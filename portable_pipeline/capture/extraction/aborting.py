"""Which code can raise `Abort`: code that names it, and code that needs such code, across modules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portable_pipeline.capture.extraction.imports import LocalImport, attributes_of
from portable_pipeline.capture.extraction.module_code import Unit

#: A name of a module that is extracted; the module itself, under the empty name, where it travels as it is.
Node = tuple[str, str]


@dataclass(slots=True)
class Users:
    """Who needs whom, backwards.

    Args:
        verbatim: Modules that travel as they are.
    """

    verbatim: frozenset[str]
    users: dict[Node, list[Node]] = field(default_factory=dict)
    raising: list[Node] = field(default_factory=list)

    def add_unit(
        self, module: str, unit: Unit, names: Iterable[str], imports: Iterable[LocalImport], bound: Mapping[str, str]
    ) -> None:
        """What a unit needs.

        Args:
            names: Of its own module.
            imports: What it imports of the project.
            bound: Modules that its own module imports as a whole, by the names that they have there.
        """
        own = [(module, name) for name in unit.scope.binds]
        needed = [(module, name) for name in names]
        for each in imports:
            needed += self._reached(each, attributes_of(each.bound, unit.walked) if each.names is None else each.names)
        for name in names:
            if name in bound:
                needed += [(bound[name], each) for each in attributes_of(name, unit.walked)]
        self._link(own, needed)

    def add_verbatim(self, module: str, imports: Iterable[tuple[LocalImport, tuple[str, ...]]]) -> None:
        """What a module that travels as it is takes of others, each with the names."""
        self._link([(module, "")], [each for found, names in imports for each in self._reached(found, names)])

    def all_raising(self) -> set[Node]:
        """Everything that can raise it."""
        found: set[Node] = set()
        waiting = list(self.raising)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += self.users.get(node, ())
        return found

    def _reached(self, found: LocalImport, names: Iterable[str]) -> list[Node]:
        if found.module in self.verbatim:
            return [(found.module, "")]
        return [(found.module, name) for name in names]

    def _link(self, users: list[Node], needed: list[Node]) -> None:
        for each in needed:
            self.users.setdefault(each, []).extend(users)
