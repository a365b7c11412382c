"""One validation: a tenant's objects by kind, what they may refer to, and the problems found so far.

What the rules share; the rules themselves are in the files beside this one, by subject.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TypeVar, cast

from centralita.pbx import numbering
from centralita.pbx.configuration.explaining import Path
from centralita.pbx.configuration.forwarding import Directory
from centralita.pbx.configuration.kinds import AnyObject, Key, key_of
from centralita.pbx.configuration.problems import Problem
from centralita.pbx.model.extension import ServiceExtension
from centralita.pbx.model.flow import Flow
from centralita.pbx.model.group import Group
from centralita.pbx.model.number import Number
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Dialable
from centralita.pbx.model.user import User

_Kind = TypeVar("_Kind", bound=AnyObject)
DIALABLE = ("user", "extension", "group", "queue", "flow")


class Context:
    """The objects by kind, and the problems found so far."""

    def __init__(
        self,
        objects: list[AnyObject],
        tenant: str,
        where: Callable[[str, str, Path], str],
        unreadable: frozenset[Key],
        taken_elsewhere: frozenset[Key],
    ) -> None:
        self.problems: list[Problem] = []
        self.objects = objects
        self.tenant = tenant
        self.taken_elsewhere = taken_elsewhere
        self.unreadable_kinds = {kind for kind, _ in unreadable}
        self._where = where
        self._by_kind: dict[type[object], list[AnyObject]] = {}
        for item in objects:
            self._by_kind.setdefault(type(item), []).append(item)
        self._keys = {key_of(item) for item in objects} | unreadable
        self.sites = {site.id: site for site in self.of(Site)}
        self.users = {user.id: user for user in self.of(User)}
        self.with_extension: list[Dialable] = [
            *self.of(User),
            *self.of(ServiceExtension),
            *self.of(Group),
            *self.of(Queue),
            *self.of(Flow),
        ]
        self.holders: dict[str, Dialable] = {}
        for holder in self.with_extension:
            if holder.extension:
                self.holders.setdefault(holder.extension, holder)
        self.directory = Directory(
            {ext: holder for ext, holder in self.holders.items() if isinstance(holder, User)},
            self.holders,
            {number.number: number for number in self.of(Number)},
        )

    def of(self, kind: type[_Kind]) -> list[_Kind]:
        return cast("list[_Kind]", self._by_kind.get(kind, []))

    @cached_property
    def countries(self) -> list[str]:
        """Of the sites, by name."""
        return sorted({site.country for site in self.sites.values()})

    @cached_property
    def first_country(self) -> str:
        """Where what is dialled by nobody in particular is read."""
        return self.sites[min(self.sites)].country if self.sites else "ES"

    # --- telling ----------------------------------------------------------------------------------------------------

    def add(self, item: AnyObject, path: Path, message: str) -> None:
        name = ".".join(str(part) for part in path)
        self.problems.append(
            Problem(item.kind, item.id, name, message, self._where(item.kind, item.id, path))
        )

    def named(self, item: AnyObject, path: Path = ()) -> str:
        """An object and its place, for messages about another one."""
        place = self._where(item.kind, item.id, path)
        return f"{item.kind} {item.id}" + (f" ({place})" if place else "")

    # --- references -------------------------------------------------------------------------------------------------

    def exists(self, kind: str, ident: str) -> bool:
        return (kind, ident) in self._keys

    def refer(self, item: AnyObject, path: Path, kind: str, ident: str | None) -> bool:
        """Whether the object referred to exists, a problem where it does not. None and the empty text refer to nothing."""
        if not ident or (kind, ident) in self._keys:
            return True
        self.add(item, path, f"there is no {kind} {ident}{self._meant(kind, ident)}")
        return False

    def refer_all(self, item: AnyObject, path: Path, kind: str, idents: Iterable[str]) -> None:
        """A list of references: each must exist, and none be there twice."""
        given = list(idents)
        for index, ident in enumerate(given):
            self.refer(item, (*path, index), kind, ident)
        self.once(item, path, given)

    def once(self, item: AnyObject, path: Path, given: Iterable[str]) -> None:
        for name, count in Counter(given).items():
            if count > 1:
                self.add(item, path, f"holds {name} {'twice' if count == 2 else f'{count} times'}")

    def _meant(self, kind: str, ident: str) -> str:
        close = difflib.get_close_matches(ident, [key[1] for key in self._keys if key[0] == kind], n=1)
        if close:
            return f"; did you mean {close[0]}?"
        others = sorted(other for other, name in self._keys if name == ident and other != "device")
        return f"; there is a {others[0]} {ident}" if others else ""

    def destination(self, item: AnyObject, path: Path, text: str | None) -> None:
        """``kind:ID``, ``extension:NUMBER`` or of a service, ``external:NUMBER``, ``hang-up``; None or empty says nothing."""
        if not text or text == "hang-up":
            return
        kind, _, target = text.partition(":")
        match kind:
            case "voicemail":
                self.refer(item, path, "user", target)
            case "extension":
                known = target in self.holders or self.exists("extension", target)
                if not known and not self.may_be_unreadable(target):
                    self.add(item, path, f"nobody has the extension {target}{self._meant_extension(target)}")
            case "external":
                self.outside(item, path, target)
            case _:
                self.refer(item, path, kind, target)

    def _meant_extension(self, extension: str) -> str:
        for kind in DIALABLE:
            if self.exists(kind, extension):
                return f"; did you mean {kind}:{extension}?"
        return ""

    def outside(self, item: AnyObject, path: Path, number: str) -> None:
        """A number that we would call by ourselves."""
        for country in self.countries:
            if numbering.is_emergency(number, country):
                self.add(item, path, f"{number} is an emergency number of {country}")
                return
        if numbering.normalise(number, self.first_country) is None:
            holder = self.holders.get(number)
            hint = f"; did you mean {holder.kind}:{holder.id}?" if holder is not None else ""
            self.add(item, path, f"{number} is no telephone number as dialled in {self.first_country}{hint}")

    def may_be_unreadable(self, extension: str) -> bool:
        """Whether the extension may be that of somebody whom we could not read."""
        return extension not in self.holders and not self.unreadable_kinds.isdisjoint(DIALABLE)

    def own_number(self, item: AnyObject, path: Path, number: str) -> None:
        """A number that is shown to those called: nobody may pretend to be somebody else."""
        if number and number not in self.directory.numbers and "number" not in self.unreadable_kinds:
            close = difflib.get_close_matches(number, list(self.directory.numbers), n=1, cutoff=0.8)
            meant = f"; did you mean {close[0]}?" if close else ""
            self.add(item, path, f"{number} is no number of this tenant (kind: number){meant}")

    def country(self, item: AnyObject, path: Path, country: str) -> None:
        if not numbering.is_country(country):
            self.add(item, path, f"{country} is no country with telephone numbers (ISO 3166-1)")
