"""What users set for themselves, laid over what the configuration says: what a change means, and which ones are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from centralita.pbx.configuration.explaining import explain
from centralita.pbx.configuration.forwarding import FORWARDS, Directory, refusal
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.tenant import Tenant
from centralita.pbx.model.user import Personal, User
from centralita.pbx.vocabulary import TenantId


def overlay(base: Personal, own: Mapping[str, Any]) -> Personal:
    """The settings in force: what the configuration says, and over it what the user set."""
    fields = base.model_dump()
    for name, value in own.items():
        fields[name] = fields[name] | value if name == "voicemail" and isinstance(value, Mapping) else value
    return Personal.model_validate(fields)


def changed(
    objects: Mapping[Key, AnyObject], user: User, before: Mapping[str, Any], changes: Mapping[str, object]
) -> dict[str, Any]:
    """What is kept of a user's settings after a change. Raises ValueError where it is refused.

    Fields that are not named stay, None takes one out. What is kept is as the model writes it: targets without separators,
    numbers as numbers.
    """
    after = _patched(before, changes)
    try:
        effective = overlay(user.personal, after)
    except ValidationError as error:
        detail = error.errors()[0]
        name = ".".join(str(part) for part in detail["loc"])
        raise ValueError(f"{name}: {explain(Personal, detail)}") from None
    _check_forwards(objects, user, effective, changes)
    return _restricted(effective.model_dump(mode="json"), after)


def _patched(before: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """What a user set, with the changes: None takes a field out."""
    after = dict(before)
    for name, value in changes.items():
        below = after.get(name)
        if isinstance(value, Mapping):
            after[name] = _patched(below if isinstance(below, Mapping) else {}, value)
            if not after[name]:
                del after[name]
        elif value is None:
            after.pop(name, None)
        else:
            after[name] = value
    return after


def _restricted(fields: Mapping[str, Any], to: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _restricted(fields[name], value) if isinstance(value, Mapping) else fields[name]
        for name, value in to.items()
    }


def _check_forwards(
    objects: Mapping[Key, AnyObject], user: User, personal: Personal, changes: Mapping[str, object]
) -> None:
    wanted = [name for name in FORWARDS if changes.get(name)]
    if not wanted:
        return
    snapshot = Snapshot(
        TenantId(""), 0, (item for item in objects.values() if not isinstance(item, Tenant)), {}
    )
    directory = Directory(snapshot.users_by_extension, snapshot.by_extension, snapshot.numbers_by_e164)
    for name in wanted:
        message = refusal(getattr(personal, name), user, snapshot.site_of(user).country, directory)
        if message:
            raise ValueError(f"{name}: {message}")
