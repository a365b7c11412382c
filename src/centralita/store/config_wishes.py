"""What somebody wants of the store of configurations, on its way to a version: small steps that need no database."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from centralita.pbx.configuration.draft import Draft, draft
from centralita.pbx.configuration.editing import Edit, edited
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.merging import merge
from centralita.pbx.configuration.problems import ConfigurationRefused, Problem
from centralita.pbx.model.device import Device
from centralita.pbx.model.tenant import Tenant
from centralita.pbx.model.user import User
from centralita.store.config_reports import Credentials
from centralita.store.secrets import make_password

Check = Callable[[Mapping[Key, AnyObject]], None]
"""Looks at what is there before anything is changed, and raises where it is not to be changed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be applied, and how."""

    entries: list[Entry]
    merge: bool
    author: str
    comment: str
    dry_run: bool = False
    replace_secrets: bool = False
    as_draft: bool | None = None
    skip_tests: bool = False
    edits: tuple[Edit, ...] | None = None
    """In place of entries: single objects."""
    check: Check | None = None

    def drafted(self, before: Mapping[Key, AnyObject], tenant: str) -> Draft:
        """What is wanted, on top of what is there."""
        if self.check is not None:
            self.check(before)
        if self.edits is not None:
            return edited(self.edits, before, tenant, make_password)
        return draft(self.entries, before, tenant, merge=self.merge, make_password=make_password)


def credentials(drafted: Draft) -> Iterable[Credentials]:
    for ident in drafted.passwords:
        device = drafted.objects["device", ident]
        if not isinstance(device, Device) or device.password is None or device.username is None:
            raise AssertionError(f"device {ident} was given a password and has none")
        user = drafted.objects["user", device.user]
        extension = user.extension if isinstance(user, User) else None
        yield Credentials(device.id, device.user, extension or "", device.username, device.password)


def waits(tenant: str, objects: Mapping[Key, AnyObject]) -> bool:
    """Whether what is applied to the tenant, as it is configured now, waits as a draft."""
    own = objects.get(("tenant", tenant))
    return isinstance(own, Tenant) and own.changes == "draft"


def as_written(objects: Mapping[Key, AnyObject]) -> Draft:
    """A configuration that is complete, and that nobody wrote in files just now."""
    return Draft(objects, (), frozenset(), lambda _kind, _id, _path: "", {}, ())


def noting(comment: str, note: str) -> str:
    return f"{comment} ({note})" if comment else note


def rebased(
    tenant: str,
    begun_on: int,
    current: int,
    base: Mapping[Key, AnyObject],
    mine: Mapping[Key, AnyObject],
    theirs: Mapping[Key, AnyObject],
    wanted: bool,
) -> Mapping[Key, AnyObject]:
    """The draft on top of the version in force. Raises ConfigurationRefused where that is not wanted or not possible."""
    merged, conflicts = merge(base, mine, theirs)
    if wanted and not conflicts:
        return merged
    since = f"version {current} was published since the draft was begun on version {begun_on}"
    if conflicts:
        message = f"{since}, and the two disagree: apply the draft's files again, on top of version {current}"
    else:
        message = f"{since}; they do not disagree: `centralita publish --rebase` puts the draft on top of it"
    raise ConfigurationRefused([*conflicts, Problem("tenant", tenant, "", message)])


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Within, no search for cycles: thousands of objects are made and all of them kept, and each search would look at them all."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
