"""Which calls a draft can change at all: those that can reach an object that is another one in it.

Errs on the safe side: whatever looks like a reference is one, and what may matter to any call (sites, lists, permissions, routes,
trunks, overrides, personal settings, who has which extension) touches all. A call that is not touched goes the same way on both
versions, so that nobody has to play it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from centralita.pbx import numbering
from centralita.pbx.model.base import ConfigObject
from centralita.pbx.model.menu import Menu
from centralita.pbx.model.number import Number
from centralita.pbx.model.snapshot import Snapshot

Key = tuple[str, str]
"""Kind and id."""

_EVERYBODY = frozenset({"site", "contacts", "permission", "outbound-route", "trunk", "override", "extension"})
"""Kinds of which a change may matter to any call."""
_NOBODY = frozenset({"test"})
_LONGEST_EXTENSION = 6
_LAST_AGENT = frozenset({"last_agent_within_days", "last_agent_first"})


class Touched:
    """What a draft touches of a version that calls were made with."""

    def __init__(self, base: Snapshot, draft: Snapshot) -> None:
        self._versions = (base, draft)
        self._objects: dict[Key, list[ConfigObject]] = {}
        for version in self._versions:
            for item in _routed(version):
                self._objects.setdefault(_key(item), []).append(item)
        self._changed = set(self._differences(base, draft))
        self._all = (
            base.feeds != draft.feeds
            or any(
                base.personal[user] != own for user, own in draft.personal.items() if user in base.personal
            )
            or any(kind in _EVERYBODY for kind, _ in self._changed)
            or _extensions(base) != _extensions(draft)
        )
        self._changed_numbers = {
            item.number for key in self._changed for item in self._objects[key] if isinstance(item, Number)
        }
        self._countries = {site.country for version in self._versions for site in version.sites.values()}
        self._by_id: dict[str, list[Key]] = {}
        self._by_extension: dict[str, Key] = {}
        for key, items in self._objects.items():
            self._by_id.setdefault(key[1], []).append(key)
            for item in items:
                if extension := getattr(item, "extension", None):
                    self._by_extension[extension] = key
        self._answers: dict[str, bool] = {}

    def _differences(self, base: Snapshot, draft: Snapshot) -> Iterator[Key]:
        for key, items in self._objects.items():
            if key[0] not in _NOBODY and (
                len(items) == 1 or (items[0] is not items[1] and items[0] != items[1])
            ):
                yield key
        for user in base.devices_of.keys() & draft.devices_of.keys():
            if bool(base.devices_of[user]) is not bool(draft.devices_of[user]):
                yield "user", user

    def number(self, e164: str) -> bool:
        """Whether a call from outside to this number can go another way."""
        if self._all:
            return True
        known = self._answers.get(e164)
        if known is None:
            known = self._answers[e164] = self._reaches_change(e164)
        return known

    def _reaches_change(self, e164: str) -> bool:
        left = [
            ("number", version.numbers_by_e164[e164].id)
            for version in self._versions
            if e164 in version.numbers_by_e164
        ]
        seen: set[Key] = set()
        while left:
            key = left.pop()
            if key in seen:
                continue
            seen.add(key)
            if key in self._changed:
                return True
            for item in self._objects[key]:
                for text in _texts(item.model_dump(mode="python")):
                    if self._changed_numbers and self._is_changed_number(text):
                        return True
                    left += self._meant(text)
                if isinstance(item, Menu) and item.dial_extensions:
                    left += self._by_extension.values()
        return False

    def _is_changed_number(self, text: str) -> bool:
        """Whether a text is one of our numbers that are otherwise, as any of our countries would read it."""
        digits = text.rpartition(":")[2]
        if len(digits) <= _LONGEST_EXTENSION or not digits.removeprefix("+").isdigit():
            return False
        return any(
            numbering.normalise(digits, country) in self._changed_numbers for country in self._countries
        )

    def _meant(self, text: str) -> list[Key]:
        """Every object that a text may name."""
        if text in _LAST_AGENT:
            return [key for key in self._objects if key[0] == "user"]
        name = text.rpartition(":")[2]
        found = list(self._by_id.get(name, ()))
        if len(name) <= _LONGEST_EXTENSION and name in self._by_extension:
            found.append(self._by_extension[name])
        return found


def _routed(version: Snapshot) -> Iterator[ConfigObject]:
    for table in (
        version.sites, version.users, version.trunks, version.numbers, version.services, version.calendars, version.schedules,
        version.overrides, version.contacts, version.prompts, version.menus, version.groups, version.queues, version.flows,
        version.permissions, version.outbound_routes,
    ):  # fmt: skip
        yield from table.values()


def _key(item: ConfigObject) -> Key:
    return getattr(item, "kind"), item.id  # noqa: B009 - of every kind, not of the base


def _extensions(version: Snapshot) -> dict[str, Key]:
    return {extension: _key(holder) for extension, holder in version.by_extension.items()}


def _texts(value: object) -> Iterable[str]:
    """Every text in plain values. Names of fields count where they ask for the last agent."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in _LAST_AGENT:
                if inner:
                    yield name
            elif name == "last_agent" and isinstance(inner, Mapping):
                if inner.get("enabled"):
                    yield "last_agent_first"
            else:
                yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
