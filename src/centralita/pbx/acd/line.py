"""The callers of one queue in their order: by priority, then by when their place counts from.

All keep their place until they leave or talk; those who may be matched with an agent now are also found by what they ask for,
so that a free agent looks at as many callers as there are different wishes, not at all who wait.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping

from centralita.pbx.acd.records import Entry, PlaceKey, Wishes


def fits(skills: Mapping[str, int], wishes: Wishes) -> bool:
    """Whether somebody with these skills can serve a caller who asks for that."""
    for skill, level in wishes:  # noqa: SIM110 - a loop is twice as fast as all() here, and this is the innermost one
        if skills.get(skill, 0) < level:
            return False
    return True


class Line:
    __slots__ = ("_entries", "_order", "_ready")

    def __init__(self) -> None:
        self._order: list[PlaceKey] = []
        self._entries: dict[PlaceKey, Entry] = {}
        self._ready: dict[Wishes, list[PlaceKey]] = {}

    def add(self, entry: Entry) -> None:
        insort(self._order, entry.key)
        self._entries[entry.key] = entry

    def remove(self, entry: Entry) -> None:
        self.unready(entry)
        if self._entries.pop(entry.key, None) is not None:
            del self._order[bisect_left(self._order, entry.key)]

    def ready(self, entry: Entry) -> None:
        """The caller may be matched, with the wishes that they have now."""
        if not entry.is_ready:
            entry.is_ready = True
            insort(self._ready.setdefault(entry.wishes, []), entry.key)

    def unready(self, entry: Entry) -> None:
        """To be called before the wishes change."""
        if entry.is_ready:
            entry.is_ready = False
            keys = self._ready[entry.wishes]
            del keys[bisect_left(keys, entry.key)]
            if not keys:
                del self._ready[entry.wishes]

    def position(self, entry: Entry) -> int:
        """1: next."""
        return bisect_left(self._order, entry.key) + 1

    def first_for(self, skills: Mapping[str, int]) -> Entry | None:
        """Whom somebody with these skills should serve first."""
        best: PlaceKey | None = None
        for wishes, keys in self._ready.items():
            if (best is None or keys[0] < best) and fits(skills, wishes):
                best = keys[0]
        return None if best is None else self._entries[best]

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Entry]:
        """In order. A copy: callers may leave meanwhile."""
        return iter([self._entries[key] for key in self._order])
