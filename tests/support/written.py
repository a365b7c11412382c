"""Tenants as people write them, in YAML, for the tests that look at whole configurations."""

from __future__ import annotations

import textwrap

from centralita.pbx.configuration.draft import draft
from centralita.pbx.configuration.kinds import AnyObject
from centralita.pbx.configuration.problems import Problem
from centralita.pbx.configuration.validation import validate
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.tenant import Tenant
from centralita.pbx.vocabulary import TenantId
from centralita.store import documents


def problems_of(text: str) -> list[str]:
    """Everything that is wrong with a tenant, as people are told."""
    return [str(problem) for problem in _read(text)[1]]


def snapshot_of(text: str, *, feeds: dict[str, str] | None = None) -> Snapshot:
    """The version that a text makes, which must be valid."""
    objects, problems = _read(text)
    assert not problems, [str(problem) for problem in problems]
    kinds = [item for item in objects if not isinstance(item, Tenant)]
    return Snapshot(TenantId("acme"), 1, kinds, {}, "Acme", feeds)


def _read(text: str) -> tuple[list[AnyObject], list[Problem]]:
    entries = documents.parse([("a.yaml", textwrap.dedent(text).encode())])
    drafted = draft(entries, {}, "acme", merge=False, make_password=lambda: "x" * 24)
    found = validate(drafted.objects.values(), "acme", where=drafted.where, unreadable=drafted.unreadable)
    return list(drafted.objects.values()), [*drafted.problems, *found]
