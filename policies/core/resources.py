"""The resources a control looks at: one with its inputs, and the whole stack with its graph."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from .values import UNKNOWN, Props, contains_unknown

T = TypeVar("T")
NO_DEPENDENCIES: Mapping[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Options:
    """The resource options a policy is shown."""

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    parent: str = ""
    aliases: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    delete_before_replace: bool = False


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider a resource is made by. Its properties are all texts (JSON for objects)."""

    urn: str
    type: str
    name: str
    props: Props


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One resource, equal to itself only. In the resource phase `props` are its checked inputs, in
    the stack phase its planned or real outputs, where `dependencies` and `property_dependencies`
    are filled too.
    """

    urn: str
    type: str
    name: str
    props: Props
    options: Options = field(default_factory=Options)
    provider: Provider | None = None
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    inputs: Props | None = None  # the checked inputs, in both phases, when they were seen

    def needs(self, key: str) -> tuple[str, ...]:
        """The urns of what the property was computed from."""
        return self.property_dependencies.get(key, ())

    def declared(self, key: str) -> bool:
        """True when the program (or the provider's own default) wrote the property.

        In the stack phase of a preview a left-out property that AWS computes is unknown too; the
        inputs tell it from one written with an unknown value. Without them, what depends on
        nothing counts as left out.
        """
        if self.inputs is not None:
            return self.inputs.declared(key)
        value = self.props.raw(key)
        return value is not None and (value is not UNKNOWN or key in self.property_dependencies)

    @property
    def is_custom(self) -> bool:
        """True for what a provider makes; components, the Stack and providers are not."""
        return self.provider is not None

    @property
    def is_governed(self) -> bool:
        """True for what a provider makes: no component, no provider, not the Stack itself."""
        return self.provider is not None and not self.type.startswith("pulumi:")


class Stack:
    """Every resource of the stack, with the graph between them."""

    def __init__(self, resources: Iterable[Resource], accounts: frozenset[str] | None = None):
        self.resources: tuple[Resource, ...] = tuple(resources)
        self.by_urn: dict[str, Resource] = {r.urn: r for r in self.resources}
        by_type: defaultdict[str, list[Resource]] = defaultdict(list)
        for r in self.resources:
            by_type[r.type].append(r)
        self._by_type: Mapping[str, list[Resource]] = dict(by_type)
        self._memory: dict[object, tuple[Any, bool]] = {}
        self._identities: dict[object, dict[str, Resource]] = {}
        self._references: dict[object, Reference] = {}
        #: Those of every ARN among the resources, and maybe more; None when nobody looked.
        self.accounts = accounts
        self.used_graph = False  # set when dependencies, not values, told what points where

    @property
    def governed(self) -> Sequence[Resource]:
        """What providers make: no component, no provider, not the Stack itself."""
        return self.once(
            "governed",
            lambda: [  # is_governed, without a call for each
                r
                for r in self.resources
                if r.provider is not None and not r.type.startswith("pulumi:")
            ],
        )

    @property
    def types(self) -> Collection[str]:
        """The types of the resources."""
        return self._by_type.keys()

    @property
    def providers(self) -> Mapping[int, tuple[Provider, int]]:
        """The providers of the resources by id, each with how many it makes."""
        return self.once("providers", self._providers)

    def _providers(self) -> Mapping[int, tuple[Provider, int]]:
        every = [r.provider for r in self.resources if r.provider is not None]
        found = {id(provider): provider for provider in every}
        made = Counter(map(id, every))
        return {key: (provider, made[key]) for key, provider in found.items()}

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """What `compute` gives, computed once for this stack; `key` names it."""
        known = self._memory.get(key)
        if known is None:
            before, self.used_graph = self.used_graph, False
            try:
                known = self._memory[key] = (compute(), self.used_graph)
            finally:
                self.used_graph = self.used_graph or before
        elif known[1]:
            self.used_graph = True
        return known[0]

    def of(self, *types: str) -> list[Resource]:
        """The resources of these types, in the stack's order."""
        return [r for t in types for r in self._by_type.get(t, ())]

    def sources(self, resource: Resource, key: str, *types: str) -> list[Resource]:
        """By graph: the resources of `types` (all types when none is given) that the property `key`
        was computed from. A dependency does not prove a value: see `refers_to`.
        """
        if not self.used_graph and contains_unknown(resource.props.raw(key)):
            self.used_graph = True
        by_urn = self.by_urn
        found = [by_urn[u] for u in resource.needs(key) if u in by_urn]
        return [r for r in found if r.type in types] if types else found

    def refers_to(
        self,
        resource: Resource,
        key: str,
        types: tuple[str, ...],
        identities: tuple[str, ...] = ("id", "arn", "name"),
    ) -> Reference:
        """Which resources of `types` the property (a text or a list of texts) points to.

        A left-out property points to nothing. Each known element is matched by value with one of
        the `identities` outputs of the candidates; unknown elements are decided by the graph, and
        only when it leaves no choice: as many sources of these types as there are unknown elements,
        and none of another type. A whole value that is unknown may be any or all of its sources:
        who needs one of them must see that there is no second. Worked out once for each stack.
        """
        asked = (resource, key, types, identities)
        if (known := self._references.get(asked)) is None:
            known = self._references[asked] = self._refers_to(resource, key, types, identities)
        if known.by_graph:
            self.used_graph = True
        return known

    def referring(
        self,
        types: tuple[str, ...],
        key: str,
        to: tuple[str, ...],
        identities: tuple[str, ...] = ("id", "arn", "name"),
    ) -> Referring:
        """The other way round, for every resource of `types` at once: see Referring."""
        return self.once(
            ("referring", types, key, to, identities),
            lambda: self._referring(types, key, to, identities),
        )

    def _referring(
        self,
        types: tuple[str, ...],
        key: str,
        to: tuple[str, ...],
        identities: tuple[str, ...],
    ) -> Referring:
        every = tuple((r, self.refers_to(r, key, to, identities)) for r in self.of(*types))
        by_urn: dict[str, list[tuple[Resource, Reference]]] = {}
        for resource, reference in every:
            for urn in dict.fromkeys(t.urn for t in reference.targets):
                by_urn.setdefault(urn, []).append((resource, reference))
        return Referring(every, by_urn)

    def _refers_to(
        self, resource: Resource, key: str, types: tuple[str, ...], identities: tuple[str, ...]
    ) -> Reference:
        value = resource.props.raw(key)
        if value is UNKNOWN:  # the commonest before it is deployed
            if not resource.declared(key):
                return NOTHING
            self.used_graph = True
            sources = self.sources(resource, key)
            for source in sources:
                if source.type not in types:
                    return UNDECIDED
            return Reference(tuple(sources), (), False, True) if sources else UNDECIDED
        if isinstance(value, str):  # the commonest afterwards
            one = self._by_value(types, identities).get(value)
            return Reference((), (value,), False, False) if one is None else _to(one)
        if value is None:
            return NOTHING
        elements = value if isinstance(value, Sequence) else (value,)
        by_value = self._by_value(types, identities)
        targets: list[Resource] = []
        strangers: list[str] = []
        unknown = 0
        for element in elements:
            if element is UNKNOWN:
                unknown += 1
            elif isinstance(element, str) and element in by_value:
                targets.append(by_value[element])
            else:
                strangers.append(element if isinstance(element, str) else repr(element))
        if not unknown:
            return Reference(tuple(targets), tuple(strangers), False, False)
        named = {t.urn for t in targets}
        sources = self.sources(resource, key)
        ours = [s for s in sources if s.type in types]
        graph = [s for s in ours if s.urn not in named] if named else ours
        decided = len(ours) == len(sources) and len(graph) == unknown
        found = (*targets, *graph) if decided else tuple(targets)
        return Reference(found, tuple(strangers), not decided, True)

    def _by_value(self, types: tuple[str, ...], identities: tuple[str, ...]) -> dict[str, Resource]:
        """The resources of these types, by each known identity; the first of two wins."""
        known = self._identities.get((types, identities))
        if known is None:
            known = self._identities[types, identities] = {}
            for candidate in self.of(*types):
                for identity in identities:
                    name = candidate.props.raw(identity)
                    if isinstance(name, str) and name:
                        known.setdefault(name, candidate)
        return known


class Reference(NamedTuple):
    """What a property points to: resources of this stack, values that name nothing in it, and
    whether anything was left undecided. `by_graph` says that the graph decided, not the value.
    """

    targets: tuple[Resource, ...]
    strangers: tuple[str, ...]
    undecided: bool
    by_graph: bool

    @property
    def one(self) -> Resource | None:
        """The single resource it points to; None when there are several, others, or none."""
        alone = len(self.targets) == 1 and not self.strangers and not self.undecided
        return self.targets[0] if alone else None


NOTHING = Reference((), (), False, False)
UNDECIDED = Reference((), (), True, True)


def _to(resource: Resource) -> Reference:
    return Reference((resource,), (), False, False)


class Referring(NamedTuple):
    """What one property of many resources points to: each with its reference, in the stack's
    order, and those that point to a resource by its urn. To ask it for each of n subjects costs n
    steps; to ask all of them for each subject costs n times n.
    """

    every: tuple[tuple[Resource, Reference], ...]
    by_urn: Mapping[str, Sequence[tuple[Resource, Reference]]]

    def to(self, resource: Resource) -> Sequence[tuple[Resource, Reference]]:
        """Those that point to this one."""
        return self.by_urn.get(resource.urn, ())
