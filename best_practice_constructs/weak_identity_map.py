"""What is known of objects, for as long as they live."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Generic, TypeVar
from weakref import ReferenceType, ref

K = TypeVar("K")
V = TypeVar("V")


class WeakIdentityMap(MutableMapping[K, V], Generic[K, V]):
    """A mapping whose keys are objects themselves, whatever their classes call equal, and are not kept alive by it.

    Constructs of users may be data classes, which are equal by their values and have no hash.
    """

    def __init__(self) -> None:
        self._entries: dict[int, tuple[ReferenceType[K], V]] = {}

    def __getitem__(self, key: K) -> V:
        entry = self._entries.get(id(key))
        if entry is None or entry[0]() is not key:
            raise KeyError(key)
        return entry[1]

    def __setitem__(self, key: K, value: V) -> None:
        place = id(key)

        def forget(gone: ReferenceType[K]) -> None:
            entry = self._entries.get(place)
            # Another object may be in its place by now.
            if entry is not None and entry[0] is gone:
                del self._entries[place]

        self._entries[place] = (ref(key, forget), value)

    def __delitem__(self, key: K) -> None:
        self[key]
        del self._entries[id(key)]

    def __iter__(self) -> Iterator[K]:
        for reference, _ in list(self._entries.values()):
            key = reference()
            if key is not None:
                yield key

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        entry = self._entries.get(id(key))
        return entry is not None and entry[0]() is key
