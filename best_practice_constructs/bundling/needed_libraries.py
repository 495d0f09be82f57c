"""Which of the locked packages a function needs (L3)."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping

from best_practice_constructs.bundling.distribution import Distribution
from best_practice_constructs.bundling.import_graph import ModuleTree, with_parents
from best_practice_constructs.bundling.use_of_libraries import LibraryUse

_PROVIDED_BY_LAMBDA = frozenset({"urllib3", "python-dateutil", "six"})
# What finds plugins by their metadata.
_FINDERS = frozenset({"importlib.metadata", "importlib_metadata", "pkg_resources", "stevedore"})


def needed_libraries(distributions: Mapping[str, Distribution], use: LibraryUse) -> frozenset[str]:
    """Give the names of the packages that a function needs, as far as sources can tell; where they cannot, too many.

    These are the packages

    - that the bundle's modules reach by imports, in functions too, and by texts that name modules, through libraries
    - that one of these requires
    - that one of these may load: an extra of it, which it names beside a computed import
    - that have entry points, where anything looks for those
    - that the entry asks for, and nothing names: somebody had a reason to ask for them, such as data or a driver

    What Lambda's Python holds beside the AWS SDK is bundled only where the entry asks for it or such a package requires
    it, since the versions that these packages need are those of the lock.

    :param distributions: what is locked, by name.
    """
    search = _Search(distributions, use)
    kept = search.asked_for_unseen()
    while True:
        found = frozenset(distributions) if use.is_open else search.follow(kept)
        if found == kept:
            return kept - search.left_to_lambda(kept)
        kept = found


class _Search:
    def __init__(self, distributions: Mapping[str, Distribution], use: LibraryUse) -> None:
        self._distributions = distributions
        self._use = use
        self._owners_of: dict[str, set[str]] = {}
        for each in distributions.values():
            for module in each.modules:
                self._owners_of.setdefault(module, set()).add(each.name)
        files = {name: path for each in distributions.values() for name, path in each.files.items()}
        self._tree = ModuleTree(files)

    def asked_for_unseen(self) -> frozenset[str]:
        """Give what the entry asks for, or all of it if nothing tells that, as far as none of its modules names it."""
        locked = frozenset(self._distributions)
        return ((locked & self._use.declared) if self._use.declared else locked) - self._named_by_sources

    def left_to_lambda(self, kept: frozenset[str]) -> frozenset[str]:
        """Give what Lambda's Python holds, and neither the entry nor a package that is kept asks for."""
        required = {name for each in kept for name in self._distributions[each].requires}
        left = (_PROVIDED_BY_LAMBDA & kept) - self._use.declared - required
        # One of them may be the only one that requires another.
        return left | self.left_to_lambda(kept - left) if left else left

    def follow(self, kept: frozenset[str]) -> frozenset[str]:
        """Give what is needed if these are."""
        names = {part for name in self._use.names for part in with_parents(name)}
        reached = self._tree.reached_from(*names).modules
        # What is kept for another reason than an import may be called in any part.
        whole = kept - self._owners(reached)
        reached = self._tree.reached_from(
            *names, *(module for name in whole for module in self._distributions[name].modules)
        ).modules
        if any(self._tree.imports(module).is_unreadable for module in reached):
            # It is written for a newer Python than the one that reads it, and may import whatever there is.
            return frozenset(self._distributions)
        found = kept | self._owners(reached)
        opened = self._owners(module for module in reached if self._tree.imports(module).is_open)
        for name in found:
            distribution = self._distributions[name]
            found |= distribution.requires & self._distributions.keys()
            unsettled = (distribution.optional & self._distributions.keys()) - found
            for optional in unsettled:
                if optional not in self._named or (name in opened and optional in self._named_by(name)):
                    found |= {optional}
        if self._looks_for_plugins(reached):
            found |= {name for name, each in self._distributions.items() if each.is_plugin}
        return found

    def _owners(self, modules: Iterable[str]) -> frozenset[str]:
        owners = [self._owners_of[module] for module in modules]
        found = {owner for each in owners if len(each) == 1 for owner in each}
        # The parts of a namespace may share its __init__.py: a part that is reached tells which of them is meant.
        return frozenset(found.union(*(each for each in owners if found.isdisjoint(each))))

    def _looks_for_plugins(self, reached: Iterable[str]) -> bool:
        return self._use.reads_metadata or any(
            imported.module in _FINDERS or imported.target in _FINDERS
            for module in reached
            for imported in self._tree.imports(module).names
        )

    @functools.cached_property
    def _named_by_sources(self) -> frozenset[str]:
        return self._named_in((*self._use.names, *self._use.elsewhere))

    @functools.cached_property
    def _named(self) -> frozenset[str]:
        by_others = (self._named_by(name) - {name} for name in self._distributions)
        return self._named_by_sources.union(*by_others)

    @functools.cache  # noqa: B019 -- the search ends with the call that made it
    def _named_by(self, name: str) -> frozenset[str]:
        return self._named_in(text for module in self._distributions[name].modules for text in self._names_in(module))

    def _names_in(self, module: str) -> Iterator[str]:
        imports = self._tree.imports(module)
        for imported in imports.names:
            yield imported.target
        yield from imports.texts

    def _named_in(self, names: Iterable[str]) -> frozenset[str]:
        tops: dict[str, set[str]] = {}
        for module, owners in self._owners_of.items():
            tops.setdefault(module.partition(".")[0], set()).update(owners)
        # Packages that share a namespace are told apart by no more than this: each counts as named.
        return frozenset(owner for name in names for owner in tops.get(name.partition(".")[0].partition(":")[0], ()))
