"""What users set for themselves, laid over what the configuration says: what a change means, and which ones are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from centralita.pbx.configuration.explaining import explain
from centralita.pbx.configuration.forwarding import FORWARDS, Directory, refusal, refusals
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.tenant import Tenant
from centralita.pbx.model.user import PARTS, Personal, User
from centralita.pbx.vocabulary import TenantId


def overlay(base: Personal, own: Mapping[str, Any]) -> Personal:
    """The settings in force: what the configuration says, and over it what the user set."""
    fields = base.model_dump()
    for name, value in own.items():
        fields[name] = fields[name] | value if name in PARTS and isinstance(value, Mapping) else value
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
    """What a user set, with the changes: None takes a field out. Lists, and a week, are replaced as a whole."""
    after = _with(before, {name: value for name, value in changes.items() if name not in PARTS})
    for name in PARTS:
        if name not in changes:
            continue
        value, below = changes[name], after.pop(name, None)
        if isinstance(value, Mapping):
            value = _with(below or {}, value)
        if value:
            after[name] = value
    return after


def _with(before: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    after = {**before, **changes}
    return {name: value for name, value in after.items() if value is not None or name not in changes}


def _restricted(fields: Mapping[str, Any], to: Mapping[str, Any]) -> dict[str, Any]:
    """Of the fields in force those that the user set."""
    return {
        name: {inner: fields[name][inner] for inner in value} if name in PARTS else fields[name]
        for name, value in to.items()
    }


def _check_forwards(
    objects: Mapping[Key, AnyObject], user: User, personal: Personal, changes: Mapping[str, object]
) -> None:
    wanted = [name for name in FORWARDS if changes.get(name)]
    parts = [name for name in ("follow_me", "hours") if changes.get(name)]
    if not wanted and not parts:
        return
    snapshot = Snapshot(
        TenantId(""), 0, (item for item in objects.values() if not isinstance(item, Tenant)), {}
    )
    directory = Directory(snapshot.users_by_extension, snapshot.by_extension, snapshot.numbers_by_e164)
    for name in wanted:
        message = refusal(getattr(personal, name), user, snapshot.site_of(user).country, directory)
        if message:
            raise ValueError(f"{name}: {message}")
    country = snapshot.site_of(user).country
    for path, message in refusals(personal, user, country, directory) if parts else ():
        if path[0] in parts:
            raise ValueError(f"{'.'.join(map(str, path))}: {message}")
    schedule = personal.hours.schedule
    if "hours" in parts and schedule and schedule not in snapshot.schedules:
        raise ValueError(f"hours.schedule: there is no schedule {schedule}")
